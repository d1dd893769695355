from datetime import UTC, date, datetime

import pytest

from patrol.errors import Invalid
from patrol.steps import Field, FieldKind, read_fields

FIELDS = (
    Field("reason"),
    Field("until", FieldKind.DATE, required=False),
    Field("answer", FieldKind.CHOICE, required=False, choices=("signed", "refused")),
    Field("photos", FieldKind.IDS, required=False),
)


def test_values_are_read_and_what_nobody_asked_for_is_left_out():
    given = {"reason": " 顶板破碎 ", "until": "2026-11-30", "photos": ["a", "b"], "answer": "signed", "x": 1}
    assert read_fields(FIELDS, given) == {
        "reason": "顶板破碎",
        "until": date(2026, 11, 30),
        "photos": ("a", "b"),
        "answer": "signed",
    }


def test_a_date_may_come_as_a_date():
    assert read_fields(FIELDS, {"reason": "x", "until": date(2026, 1, 1)})["until"] == date(2026, 1, 1)


def test_everything_that_is_missing_is_named_at_once():
    with pytest.raises(Invalid) as refused:
        read_fields((Field("a"), Field("b"), Field("c")), {"b": "x", "c": ""})
    assert (refused.value.code, refused.value.details) == ("missing_fields", {"fields": ["a", "c"]})


@pytest.mark.parametrize("nothing", [None, "", [], ()])
def test_an_optional_field_may_be_left_empty(nothing):
    assert read_fields(FIELDS, {"reason": "x", "until": nothing, "photos": nothing}) == {"reason": "x"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("reason", "   "),
        ("reason", 7),
        ("reason", ["x"]),
        ("until", "30.11.2026"),
        ("until", 20261130),
        ("until", datetime(2026, 11, 30, tzinfo=UTC)),
        ("answer", "perhaps"),
        ("photos", "a"),
        ("photos", ["a", 1]),
        ("photos", ["a", ""]),
        ("photos", {"a": 1}),
    ],
)
def test_a_bad_value_is_refused_by_name(name, value):
    with pytest.raises(Invalid) as refused:
        read_fields(FIELDS, {"reason": "x"} | {name: value})
    assert (refused.value.code, refused.value.details["field"]) == ("bad_field", name)
