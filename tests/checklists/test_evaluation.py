"""Judging, for every answer that a person may type."""

from datetime import date
from fractions import Fraction

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.evaluation import GRAVITY
from tests.checklists import oracle
from tests.checklists.cases import Entered, edition

EDITION = edition()
RAW = msgspec.json.decode(EDITION.compiled)
ITEMS = {item["key"]: item for section in RAW["sections"] for item in section["items"]}
ON = date(2026, 11, 23)

anything = st.one_of(
    st.none(), st.text(max_size=12), st.integers(), st.floats(), st.sampled_from(["0.75", "2026-11-01"])
)
given_values = anything.filter(lambda value: value is not None)
answers = st.builds(
    Entered,
    outcome=st.sampled_from([*GRAVITY, "ok", ""]),
    value=anything,
    unit=st.sampled_from([None, "", "%CH4", "%CO", "ppm", "m", "mm", "人"]),
    settings=st.none() | st.dictionaries(st.sampled_from(["alarm", "cut", "restore", "x"]), given_values, max_size=3),
    reason=st.none() | st.sampled_from(["", " ", "停电"]),
)
keys = st.sampled_from([*ITEMS, "OLD-001"])


@given(keys, answers)
def test_any_answer_is_judged_and_none_raises(key, answer):
    assert EDITION.judge(key, answer, ON).outcome in GRAVITY


@given(keys, answers, st.sampled_from([1, 1.0, "1", True]))
def test_a_remembered_outcome_is_that_of_the_judgement_whatever_was_asked_before(key, answer, alike):
    for entered in (answer, msgspec.structs.replace(answer, value=alike, settings=None)):
        assert EDITION.outcome(key, entered, ON) == EDITION.judge(key, entered, ON).outcome


@given(keys, answers)
def test_nothing_makes_an_answer_lighter_than_what_the_person_said(key, answer):
    if answer.outcome in GRAVITY:
        assert GRAVITY[EDITION.judge(key, answer, ON).outcome] >= GRAVITY[answer.outcome]


@given(keys, answers)
def test_a_complaint_is_never_a_pass(key, answer):
    judgement = EDITION.judge(key, answer, ON)
    if judgement.complaints:
        assert judgement.outcome in ("unseen", "fail")


decimals = st.decimals(-99999999, 99999999, allow_nan=False, allow_infinity=False, places=9).map(lambda d: f"{d:f}")


@given(st.sampled_from(["GAS-003", "GAS-004", "GAS-005"]), decimals, st.sampled_from(["m", "mm", "m/s"]))
def test_numbers_are_judged_as_fractions_would_be(key, value, unit):
    asked = ITEMS[key]["answer"]
    if unit not in asked["accepts"] or (unit == "m/s" and Fraction(value) < 0):
        return
    said = {"outcome": "pass", "value": value, "unit": unit}
    judgement = EDITION.judge(key, Entered(**said), ON)
    assert {"outcome": judgement.outcome, "value": judgement.value} == oracle.judge(RAW, ITEMS[key], "2026-11-23", said)


@given(st.dates(date(2000, 1, 1), date(2026, 11, 24)), st.sampled_from(["DAT-001", "DAT-003"]))
def test_a_date_passes_until_its_age_is_over_and_never_again(day, key):
    limit = ITEMS[key]["answer"]["max_age_days"]
    passed = EDITION.judge(key, Entered("pass", day.isoformat()), ON).outcome == "pass"
    assert passed == (ON.toordinal() - day.toordinal() <= limit)


@pytest.mark.parametrize(
    ("key", "answer", "answered"),
    [
        ("STA-003", Entered("pass"), True),
        ("STA-003", Entered("na", reason="停产"), True),
        ("STA-003", Entered("unseen", reason="停电"), True),
        ("STA-003", Entered("unseen"), False),
        ("STA-003", Entered("na"), False),
        ("GAS-001", Entered("pass"), False),
        ("GAS-001", Entered("pass", "?"), False),
        ("GAS-001", Entered("fail"), True),
        ("GAS-001", Entered("pass", "0.9"), True),
    ],
)
def test_a_round_counts_what_was_judged_or_reasoned_and_no_slip(key, answer, answered):
    assert EDITION.judge(key, answer, ON).answered is answered


def test_a_whole_number_too_long_to_spell_is_unreadable():
    judgement = EDITION.judge("GAS-004", Entered("pass", 10**5000), ON)
    assert judgement.complaints == ("value_unreadable",)
