"""The kept weeks equal what the rules say of the visits, whatever wrote them, on both databases."""

from datetime import date, datetime

import pytest

from patrol.periods import parse
from server.db import db as the_db
from server.db import transaction
from server.models.contract import Contract
from server.models.coverage import WeekRound
from server.models.mine import Mine
from server.models.visit import Visit
from server.services import week_rounds
from tests.counties import COUNTY, NOON, TEAM, add_county

WEEK = "2026-W48"


@pytest.fixture
def mine(db):
    add_county()
    with transaction():
        db.session.add(Mine(id="mine", county_id=COUNTY, code="M1", name="示例矿", township="镇"))
        db.session.flush()
        db.session.add(
            Contract(id="c", county_id=COUNTY, team_id=TEAM, mine_id="mine", from_date=date(2026, 1, 1), feed_seq=0)
        )
    return "mine"


def add_visit(
    name, day=date(2026, 11, 24), submitted: datetime | None = NOON, received=NOON, answered=64, status="submitted"
):
    with transaction():
        the_db.session.add(
            Visit(
                id=name, county_id=COUNTY, team_id=TEAM, mine_id="mine", kind="round", local_date=day, ordinal=1,
                week=WEEK, month="2026-11", edition_digest="e", status=status, opened_at=NOON, received_at=NOON,
                changed_at=NOON, submitted_at=submitted, submission_received_at=received, round_required=64,
                round_answered=answered,
            )
        )  # fmt: skip
        the_db.session.flush()
        week_rounds.recount(COUNTY, "mine", [parse(WEEK)])


def kept():
    row = the_db.session.get(WeekRound, (COUNTY, WEEK, "mine"))
    return (row.begun, row.met, row.late)


def test_a_whole_submitted_round_meets_the_week(mine):
    add_visit("v")

    assert kept() == (True, True, False)


def test_a_round_that_lacks_an_answer_only_begins_it(mine):
    add_visit("v", answered=63)

    assert kept() == (True, False, False)


def test_a_round_submitted_after_the_week_is_late(mine):
    add_visit("v", received=parse(WEEK).end)

    assert kept() == (True, True, True)


def test_a_void_visit_counts_for_nothing(mine):
    add_visit("v", status="void")

    assert kept() == (False, False, False)


def test_a_visit_of_a_day_without_a_contract_counts_for_nothing(mine):
    add_visit("v")
    with transaction():
        the_db.session.get_one(Contract, "c").until_date = date(2026, 11, 23)
        the_db.session.flush()
        week_rounds.recount_since(COUNTY, "mine", date(2026, 11, 23))

    assert kept() == (False, False, False)
