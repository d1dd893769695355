from datetime import date

import msgspec
import pytest

from patrol.coverage import Figures, MonthCoverage, PairState
from patrol.errors import Invalid
from patrol.outcomes import Outcome

DAY = date(2026, 11, 5)
FOUR = ["A/1", "A/2", "B/-", "C/-"]


def month(pairs=FOUR, lapsed=()):
    made = MonthCoverage()
    made.set_applicable(pairs, lapsed)
    return made


def test_an_untouched_month_has_everything_left():
    fresh = month()
    assert fresh.figures == Figures(applicable=4)
    assert fresh.left() == FOUR
    assert fresh.figures.ratio == 0.0
    assert not fresh.duty_facts().begun


def test_passed_failed_and_not_applicable_are_judged_and_could_not_see_stays_open():
    made = month()
    made.apply("v1", DAY, [("A/1", "pass"), ("A/2", "fail"), ("B/-", "na"), ("C/-", "unseen")])
    assert made.figures == Figures(applicable=4, judged=3, unseen=1, failed=1)
    assert made.figures.ratio == 0.75
    assert made.left() == ["C/-"]
    assert [made.state(pair) for pair in FOUR] == [PairState.JUDGED] * 3 + [PairState.UNSEEN]


def test_full_coverage_is_met_and_an_empty_table_is_not():
    made = month(["A/1"])
    made.apply("v1", DAY, [("A/1", "pass")])
    assert made.figures.met
    assert made.duty_facts().met
    assert not month([]).figures.met
    assert month([]).figures.ratio is None


def test_whoever_judged_in_whichever_visit_it_counts_once():
    made = month()
    made.apply("v1", DAY, [("A/1", "unseen"), ("A/2", "pass")])
    made.apply("v2", date(2026, 11, 12), [("A/1", "pass"), ("A/2", "pass")])
    assert made.figures == Figures(applicable=4, judged=2)
    assert made.said("A/1") == {"v1": Outcome.UNSEEN, "v2": Outcome.PASS}


def test_a_fail_of_any_visit_counts_for_the_month():
    made = month()
    made.apply("v1", DAY, [("A/1", "fail"), ("A/2", "na")])
    made.apply("v2", DAY, [("A/1", "pass"), ("A/2", "unseen")])
    assert made.outcome("A/1") is Outcome.FAIL
    assert made.outcome("A/2") is Outcome.NA
    assert made.outcome("B/-") is None
    assert made.figures.failed == 1


def test_what_could_only_not_be_seen_is_shown_as_that():
    made = month()
    made.apply("v1", DAY, [("A/1", "unseen")])
    assert made.outcome("A/1") is Outcome.UNSEEN


def test_a_withdrawn_answer_opens_the_pair_again():
    made = month()
    made.apply("v1", DAY, [("A/1", "fail")])
    made.apply("v1", DAY, [("A/1", None)])
    assert made.figures == Figures(applicable=4)
    assert made.said("A/1") == {}


def test_saying_the_same_again_changes_nothing():
    made = month()
    for _ in range(3):
        made.apply("v1", DAY, [("A/1", "fail")])
    assert made.figures == Figures(applicable=4, judged=1, failed=1)


def test_a_voided_visit_takes_what_only_it_said_with_it():
    made = month()
    made.apply("v1", DAY, [("A/1", "pass"), ("X/9", "fail")], late=True)
    made.apply("v2", DAY, [("A/2", "pass"), ("A/1", "unseen")])
    made.drop_visit("v1")
    assert made.figures == Figures(applicable=4, judged=1, unseen=1)
    assert made.said("A/2") == {"v2": Outcome.PASS}
    assert (made.visits, made.stray, made.late) == (["v2"], {}, [])
    made.drop_visit("v1")
    assert made.visits == ["v2"]


def test_an_answer_to_a_pair_that_does_not_apply_is_kept_and_not_counted():
    made = month()
    made.apply("v1", DAY, [("X/9", "pass")])
    assert made.figures == Figures(applicable=4)
    assert made.said("X/9") == {"v1": Outcome.PASS}
    made.apply("v1", DAY, [("X/9", None)])
    assert made.stray == {}


def test_when_a_new_place_makes_a_pair_apply_what_was_said_of_it_counts():
    made = month()
    made.apply("v1", DAY, [("X/9", "pass")])
    made.set_applicable([*FOUR, "X/9"])
    assert made.figures == Figures(applicable=5, judged=1)
    assert made.stray == {}


def test_a_pair_that_stopped_applying_unjudged_is_listed_as_left_unchecked():
    made = month()
    made.apply("v1", DAY, [("A/1", "pass"), ("C/-", "unseen")])
    made.set_applicable(["B/-"], lapsed=["A/1", "A/2", "B/-", "C/-"])
    assert made.figures == Figures(applicable=1)
    assert made.left_unchecked() == ["A/2", "C/-"]


def test_a_late_answer_to_a_lapsed_pair_takes_it_off_the_list():
    made = month(["A/1"], lapsed=["A/2"])
    made.apply("v1", DAY, [("A/2", "pass")], late=True)
    assert made.left_unchecked() == []
    assert made.figures == Figures(applicable=1)
    made.apply("v1", DAY, [("A/2", None)])
    assert made.left_unchecked() == ["A/2"]


def test_a_pair_that_applies_again_is_left_as_before():
    made = month(["A/1"], lapsed=["A/2"])
    made.set_applicable(["A/1", "A/2"])
    assert made.left_unchecked() == []
    assert made.left() == ["A/1", "A/2"]


def test_what_is_left_is_grouped_as_the_caller_asks():
    made = month()
    made.apply("v1", DAY, [("A/1", "pass")])
    assert made.left_by(lambda pair: pair.partition("/")[2]) == {"2": ["A/2"], "-": ["B/-", "C/-"]}


def test_late_work_is_named_once_by_its_visit():
    made = month()
    made.apply("v1", DAY, [("A/1", "pass")], late=True)
    made.apply("v1", DAY, [("A/2", "pass")], late=True)
    made.apply("v2", DAY, [("B/-", "pass")])
    assert made.late == ["v1"]
    assert made.duty_facts().late


def test_an_outcome_that_is_none_of_the_four_is_refused():
    with pytest.raises(Invalid) as refused:
        month().apply("v1", DAY, [("A/1", "maybe")])
    assert refused.value.code == "unknown_outcome"


def test_the_figures_of_mines_add_up():
    assert Figures(4, 3, 1, 1) + Figures(6, 2, 0, 1) == Figures(10, 5, 1, 2)
    assert sum([Figures(4, 3), Figures(6, 2)], Figures()).ratio == 0.5


def test_a_month_is_stored_and_restored_by_one_call_of_a_codec():
    made = month(lapsed=["L/1"])
    made.apply("v1", DAY, [("A/1", "pass"), ("X/9", "na"), ("L/1", "unseen")], late=True)
    stored = msgspec.msgpack.encode(made)
    assert msgspec.msgpack.decode(stored, type=MonthCoverage) == made


def test_more_visits_than_bits_in_a_word_are_no_trouble():
    made = month(["A/1"])
    for number in range(300):
        made.apply(f"v{number}", DAY, [("A/1", "unseen")])
    made.apply("v299", DAY, [("A/1", "pass")])
    assert len(made.said("A/1")) == 300
    assert made.figures.met


def test_figures_by_a_group_count_each_pair_in_its_group_and_add_up():
    made = month()
    made.apply("v1", DAY, [("A/1", "pass"), ("A/2", "fail"), ("B/-", "unseen")])

    by_item = made.figures_by(lambda pair: pair.partition("/")[0])

    assert by_item == {"A": Figures(2, 2, 0, 1), "B": Figures(1, 0, 1, 0), "C": Figures(1)}
    assert sum(by_item.values(), Figures()) == made.figures
