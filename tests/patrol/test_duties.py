from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from patrol.contracts import hand_over
from patrol.duties import DutyFacts, DutyKind, DutyState, Excuse, duties_of, standing
from patrol.errors import Invalid
from patrol.periods import parse
from tests.patrol.factories import contract

WEEK = parse("2026-W47")
MONTH = parse("2026-11")
NOTHING = DutyFacts()
DONE = DutyFacts(begun=True, met=True)


def excuse(**more):
    facts = {
        "id": "e1",
        "mine": "m1",
        "kinds": frozenset(DutyKind),
        "from_date": date(2026, 11, 1),
        "until_date": date(2026, 11, 30),
        "reason": "矿井停产, 井口已封闭",
        "excused_by": "supervisor-1",
        "excused_at": datetime(2026, 11, 1, tzinfo=UTC),
    }
    return Excuse(**(facts | more))


def duty(period=MONTH, contracts=None):
    return duties_of(contracts or [contract()], period)[0]


def state(facts=NOTHING, excuses=(), today=date(2026, 11, 18), period=MONTH):
    return standing(duty(period), facts, excuses, today).state


def test_each_contract_owes_a_round_a_week_and_full_coverage_a_month():
    held = [contract("c2", mine="m2"), contract("c1", mine="m1")]
    week, month = duties_of(held, WEEK), duties_of(held, MONTH)
    assert [(d.kind, d.mine) for d in week] == [(DutyKind.WEEKLY_ROUND, m) for m in ("m1", "m2")]
    assert [(d.kind, d.mine) for d in month] == [(DutyKind.MONTHLY_FULL, m) for m in ("m1", "m2")]


def test_the_team_of_the_last_day_bears_the_duty_after_a_hand_over_in_mid_period():
    both = hand_over(contract("c1", "t1"), "t2", date(2026, 11, 22), "c2")
    held = [both.ended, both.begun]
    assert [d.team for d in duties_of(held, WEEK)] == ["t2"]
    assert [d.team for d in duties_of(held, MONTH)] == ["t2"]
    assert [d.team for d in duties_of(held, WEEK.previous)] == ["t1"]


def test_a_hand_over_at_the_year_end_gives_the_week_that_spans_it_to_the_new_team():
    both = hand_over(contract("c1", "t1"), "t2", date(2027, 1, 1), "c2")
    held = [both.ended, both.begun]
    assert duties_of(held, parse("2026-W53"))[0].team == "t2"
    assert duties_of(held, parse("2026-12"))[0].team == "t1"


def test_no_contract_on_the_last_day_is_no_duty():
    assert duties_of([contract(until_date=date(2026, 11, 29))], MONTH) == ()


def test_a_contract_that_begins_on_the_last_day_owes_the_whole_period():
    assert len(duties_of([contract(from_date=date(2026, 11, 30))], MONTH)) == 1


@pytest.mark.parametrize(
    ("facts", "today", "expected"),
    [
        (DutyFacts(), date(2026, 11, 1), DutyState.DUE),
        (DutyFacts(), date(2026, 10, 1), DutyState.DUE),
        (DutyFacts(begun=True), date(2026, 11, 30), DutyState.UNDER_WAY),
        (DutyFacts(begun=True), date(2026, 12, 1), DutyState.MISSED),
        (DutyFacts(), date(2026, 12, 1), DutyState.MISSED),
        (DONE, date(2026, 11, 2), DutyState.MET),
        (DONE, date(2026, 12, 1), DutyState.MET),
    ],
)
def test_a_duty_is_due_until_begun_under_way_until_met_and_missed_after_the_last_day(facts, today, expected):
    assert state(facts, today=today) is expected


def test_an_idle_sealed_mine_is_excused_with_the_excuse_at_hand():
    idle = excuse()
    stood = standing(duty(), DutyFacts(), [idle], date(2026, 12, 5))
    assert (stood.state, stood.excuse) == (DutyState.EXCUSED, idle)


def test_what_is_met_needs_no_excuse():
    assert state(DONE, [excuse()]) is DutyState.MET


def test_late_work_meets_a_missed_duty_and_says_so():
    facts = replace(DONE, late=True)
    stood = standing(duty(), facts, [], date(2026, 12, 9))
    assert (stood.state, stood.late) == (DutyState.MET, True)


@pytest.mark.parametrize(
    "change",
    [
        {"from_date": date(2026, 11, 2)},
        {"until_date": date(2026, 11, 29)},
        {"mine": "m2"},
        {"kinds": frozenset({DutyKind.WEEKLY_ROUND})},
        {"withdrawn_at": datetime(2026, 11, 2, tzinfo=UTC)},
    ],
)
def test_an_excuse_that_does_not_cover_the_whole_duty_excuses_nothing(change):
    assert state(excuses=[excuse(**change)]) is DutyState.DUE


def test_an_excuse_of_a_month_excuses_the_weeks_inside_it_only():
    assert state(excuses=[excuse()], period=WEEK) is DutyState.EXCUSED
    assert state(excuses=[excuse()], period=parse("2026-W44")) is DutyState.MISSED
    assert state(excuses=[excuse()], period=parse("2026-W49")) is DutyState.DUE


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"until_date": date(2026, 10, 31)}, "excuse_ends_before_it_begins"),
        ({"reason": "  "}, "excuse_without_reason"),
        ({"kinds": frozenset()}, "excuse_without_duty"),
    ],
)
def test_an_excuse_without_reason_duty_or_days_is_refused(change, code):
    with pytest.raises(Invalid) as refused:
        excuse(**change)
    assert refused.value.code == code
