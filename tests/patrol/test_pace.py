from datetime import date

import pytest

from patrol.coverage import Figures, MonthCoverage
from patrol.pace import difference, freeze, pace
from patrol.periods import parse

DAY = date(2026, 11, 5)
NOVEMBER = parse("2026-11")


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (date(2026, 10, 31), 0),
        (date(2026, 11, 1), 3),
        (date(2026, 11, 15), 50),
        (date(2026, 11, 29), 96),
        (date(2026, 11, 30), 100),
        (date(2026, 12, 25), 100),
    ],
)
def test_expected_is_the_share_of_days_gone_by_today_included(today, expected):
    assert pace(Figures(applicable=100), NOVEMBER, today).expected == expected


def test_pace_says_how_many_pairs_are_behind_and_never_less_than_none():
    assert pace(Figures(100, judged=40), NOVEMBER, date(2026, 11, 15)).behind == 10
    assert pace(Figures(100, judged=60), NOVEMBER, date(2026, 11, 15)).behind == 0


def test_a_leap_february_expects_everything_on_the_29th_only():
    february = parse("2024-02")
    assert pace(Figures(58), february, date(2024, 2, 28)).expected == 56
    assert pace(Figures(58), february, date(2024, 2, 29)).expected == 58


def month(*said, pairs=("A/1", "A/2", "B/-")):
    made = MonthCoverage()
    made.set_applicable(pairs)
    for visit, pair, outcome in said:
        made.apply(visit, DAY, [(pair, outcome)])
    return made


def test_a_report_that_still_says_what_is_so_has_no_difference():
    made = month(("v1", "A/1", "pass"))
    assert difference(freeze(made), made).is_empty


def test_a_visit_that_arrives_after_the_report_is_listed_with_what_it_judged():
    made = month(("v1", "A/1", "pass"))
    sent = freeze(made)
    made.apply("v2", DAY, [("B/-", "fail"), ("A/2", "unseen")], late=True)
    changed = difference(sent, made)
    assert (changed.newly_judged, changed.newly_seen_visits) == (("B/-",), ("v2",))
    assert (changed.before.judged, changed.after.judged) == (1, 2)
    assert not changed.is_empty
    assert sent.figures.judged == 1


def test_a_voided_visit_and_a_changed_mind_are_listed_too():
    made = month(("v1", "A/1", "pass"), ("v2", "A/2", "pass"))
    sent = freeze(made)
    made.drop_visit("v1")
    made.apply("v2", DAY, [("A/2", "fail")])
    changed = difference(sent, made)
    assert changed.no_longer_judged == ("A/1",)
    assert changed.judged_otherwise == ("A/2",)
    assert changed.dropped_visits == ("v1",)


def test_pairs_that_began_or_ceased_to_apply_are_listed():
    made = month()
    sent = freeze(made)
    made.set_applicable(["A/1", "A/2", "C/-"])
    changed = difference(sent, made)
    assert changed.newly_applicable == ("C/-",)
    assert changed.no_longer_applicable == ("B/-",)
    assert changed.before == changed.after
    assert not changed.is_empty
