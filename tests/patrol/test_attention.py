"""Attention: the mines that a supervisor must hear of first, and nothing about those in order."""

from datetime import date

import pytest

from patrol.attention import Concern, MineMonth, attention
from patrol.duties import DutyState
from patrol.periods import week_of

MONDAY, THURSDAY, FRIDAY, SUNDAY = (date(2026, 11, day) for day in (23, 26, 27, 29))
THIS_WEEK, LAST_WEEK = week_of(MONDAY), week_of(date(2026, 11, 16))


def month(mine="mine", state=DutyState.UNDER_WAY, judged=80, expected=80, **but):
    return MineMonth(mine, state, 100, judged, expected, **but)


def concerns(one, today=MONDAY):
    return [concern for found in attention([one], today) for concern in found.concerns]


def test_a_mine_in_order_is_not_told():
    rounds = ((LAST_WEEK, DutyState.MET), (THIS_WEEK, DutyState.DUE))

    assert attention([month(rounds=rounds)], MONDAY) == []


def test_a_missed_month_is_the_gravest_and_not_told_as_behind_too():
    assert concerns(month(state=DutyState.MISSED, judged=0, expected=100)) == [Concern.MONTH_MISSED]


def test_every_missed_round_counts():
    (found,) = attention([month(rounds=[(LAST_WEEK, DutyState.MISSED), (THIS_WEEK, DutyState.MISSED)])], MONDAY)

    assert (found.concerns, found.rounds_missed) == ((Concern.ROUND_MISSED,), 2)


@pytest.mark.parametrize(
    ("today", "at_risk"),
    [(MONDAY, False), (THURSDAY, False), (FRIDAY, True), (SUNDAY, True), (date(2026, 12, 1), False)],
)
def test_a_round_is_at_risk_in_the_last_three_days_of_its_week(today, at_risk):
    for state in (DutyState.DUE, DutyState.UNDER_WAY):
        assert (concerns(month(rounds=[(THIS_WEEK, state)]), today) == [Concern.ROUND_AT_RISK]) is at_risk


@pytest.mark.parametrize("state", [DutyState.MET, DutyState.EXCUSED, DutyState.MISSED])
def test_a_round_that_is_met_excused_or_over_is_not_at_risk(state):
    assert Concern.ROUND_AT_RISK not in concerns(month(rounds=[(THIS_WEEK, state)]), FRIDAY)


@pytest.mark.parametrize(("judged", "told"), [(60, False), (59, True), (0, True)])
def test_behind_is_told_from_more_than_a_fifth_of_the_table_on(judged, told):
    assert (concerns(month(judged=judged, expected=80)) == [Concern.FAR_BEHIND]) is told


@pytest.mark.parametrize("state", [DutyState.MET, DutyState.EXCUSED])
def test_a_month_that_is_not_owed_any_more_is_never_behind(state):
    assert concerns(month(state=state, judged=0, expected=100)) == []


def test_the_gravest_come_first_and_equals_in_the_order_of_their_ids():
    months = [
        month("b", judged=10),
        month("a", judged=10),
        month("c", judged=0),
        month("d", rounds=[(LAST_WEEK, DutyState.MISSED)]),
        month("e", state=DutyState.MISSED),
    ]

    assert [one.mine for one in attention(months, MONDAY)] == ["e", "d", "c", "a", "b"]
