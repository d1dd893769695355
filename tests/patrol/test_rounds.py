from dataclasses import replace
from datetime import date

import pytest

from patrol.contracts import hand_over
from patrol.duties import DutyFacts
from patrol.periods import parse
from patrol.rounds import RoundVisit, round_progress, week_facts
from tests.patrol.factories import contract

WEEK = parse("2026-W47")
WHOLE = RoundVisit("v1", "t1", "m1", date(2026, 11, 18), required=90, answered=90, submitted=True)


def facts(*visits, contracts=None, week=WEEK):
    return week_facts(visits, contracts or [contract()], "m1", week)


def test_a_round_is_complete_when_every_pair_is_answered_in_whatever_way():
    progress = round_progress(["A/1", "A/2"], {"A/1": "unseen", "A/2": "na", "B/-": "pass"})
    assert progress.complete
    assert (progress.required, progress.answered, progress.missing) == (2, 2, ())


def test_a_round_names_what_it_has_not_answered_in_checklist_order():
    progress = round_progress(["C/-", "A/1", "B/-"], {"A/1"})
    assert not progress.complete
    assert progress.missing == ("C/-", "B/-")


def test_a_round_that_asks_nothing_is_none():
    assert not round_progress([], []).complete
    assert not facts(replace(WHOLE, required=0, answered=0)).met


def test_one_submitted_whole_visit_meets_the_week():
    assert facts(WHOLE) == DutyFacts(begun=True, met=True)


def test_a_week_without_a_visit_is_not_begun():
    assert facts() == DutyFacts()


@pytest.mark.parametrize("change", [{"submitted": False}, {"answered": 89}])
def test_an_unsubmitted_or_unfinished_round_is_under_way(change):
    assert facts(replace(WHOLE, **change)) == DutyFacts(begun=True)


def test_two_halves_are_not_a_round():
    half = replace(WHOLE, answered=45)
    assert facts(half, replace(half, visit="v2")) == DutyFacts(begun=True)


@pytest.mark.parametrize("change", [{"team": "t2"}, {"mine": "m2"}, {"day": date(2026, 11, 23)}])
def test_a_visit_of_another_team_mine_or_week_does_not_count(change):
    assert facts(replace(WHOLE, **change)) == DutyFacts()


def test_a_round_made_before_a_hand_over_in_mid_week_counts_for_the_mine():
    both = hand_over(contract(), "t2", date(2026, 11, 19), "c2")
    held = [both.ended, both.begun]
    assert facts(WHOLE, contracts=held).met
    assert not facts(replace(WHOLE, day=date(2026, 11, 19)), contracts=held).met
    assert facts(replace(WHOLE, team="t2", day=date(2026, 11, 22)), contracts=held).met


def test_the_week_that_spans_the_year_end_takes_visits_of_both_years():
    week = parse("2026-W53")
    for day in (date(2026, 12, 31), date(2027, 1, 3)):
        assert facts(replace(WHOLE, day=day), week=week).met


def test_a_round_that_arrived_late_meets_the_week_and_says_so():
    late = replace(WHOLE, late=True)
    assert facts(late) == DutyFacts(begun=True, met=True, late=True)
    assert not facts(late, replace(WHOLE, visit="v2")).late
