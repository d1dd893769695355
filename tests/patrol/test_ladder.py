"""The ladder of deadlines: what is due soon, what is overdue by how much, what is listed."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from patrol.deadlines import RUNGS, rung_of, rung_span
from patrol.findings import Status
from tests.patrol import factories

TODAY = date(2026, 11, 23)


def on(status: Status, late: int):
    return replace(factories.finding(), status=status, deadline=TODAY - timedelta(days=late))


@pytest.mark.parametrize(
    ("late", "rung"),
    [(-4, None), (-3, "soon"), (0, "soon"), (1, "late_3"), (3, "late_3"), (4, "late_7"), (7, "late_7"),
     (8, "late_30"), (30, "late_30"), (31, "late"), (400, "late")],
)  # fmt: skip
def test_a_finding_stands_on_one_rung_by_the_days_since_its_deadline(late, rung):
    assert rung_of(on(Status.RECTIFYING, late), TODAY) == rung


def test_what_is_listed_and_in_time_is_on_the_rung_of_the_listed():
    assert rung_of(on(Status.LISTED, -40), TODAY) == "listed"
    assert rung_of(on(Status.LISTED, 2), TODAY) == "late_3"


@pytest.mark.parametrize("status", [Status.RECORDED, Status.AWAITING_RECHECK, Status.CLOSED, Status.VOID])
def test_where_the_mine_owes_nothing_there_is_no_rung(status):
    assert rung_of(on(status, 10), TODAY) is None


def test_the_rungs_leave_no_day_out_and_share_none():
    dated = [rung_span(rung, TODAY) for rung in RUNGS if rung != "listed"]
    for day in range(-3, 500):
        inside = [span for span in dated if span[0] <= TODAY - timedelta(days=day) <= span[1]]
        assert len(inside) == 1
