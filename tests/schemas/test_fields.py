"""The wire's fields refuse what only looks right."""

import time

import pytest
from marshmallow import ValidationError

from schemas import fields
from schemas.page import PageQuery, page_of


def errors_of(field, value):
    shape = fields.Shape.from_dict({"it": field})()
    try:
        shape.load({"it": value})
    except ValidationError as error:
        return error.messages["it"]
    return []


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        (fields.Count(), True, "not_integer"),
        (fields.Count(), 2.0, "not_integer"),
        (fields.Count(), "2", "not_integer"),
        (fields.Count(), 2**31, "range"),
        (fields.Count(), -1, "range"),
        (fields.Number(0, 10), "5", "not_number"),
        (fields.Number(0, 10), True, "not_number"),
        (fields.Number(0, 10), float("nan"), "not_number"),
        (fields.Number(0, 10), float("inf"), "not_number"),
        (fields.Number(0, 10), 11, "range"),
        (fields.Flag(), "true", "not_boolean"),
        (fields.Flag(), 1, "not_boolean"),
        (fields.Text(), 3, "not_text"),
        (fields.Text(), "", "length"),
        (fields.Text(5), "六个字太长了", "length"),
        (fields.Text(), "   ", "pattern"),
        (fields.Text(), "a\x00b", "pattern"),
        (fields.Text(), "two\nlines", "pattern"),
        (fields.Text(), "trailing\n", "pattern"),
        (fields.Text(), "lone \ud800 surrogate", "pattern"),
        (fields.Prose(), "a\x00b", "pattern"),
        (fields.Prose(), "\n\n", "pattern"),
        (fields.Identifier(), "a/b", "pattern"),
        (fields.Identifier(), "id\n", "pattern"),
        (fields.Day(), "2026-02-30", "not_day"),
        (fields.Day(), "20261123", "not_day"),
        (fields.Day(), "0001-01-01", "range"),
        (fields.Day(), "9999-12-31", "range"),
        (fields.Day(), 3, "not_day"),
        (fields.Moment(), "2026-11-23T08:00:00", "not_moment"),
        (fields.Moment(), "9999-12-31T00:00:00Z", "range"),
        (fields.OneOf("a", "b"), "c", "choice"),
        (fields.OneOf("a", "b"), ["a"], "not_text"),
        (fields.Text(), None, "null"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_with_its_code(field, value, code):
    assert errors_of(field, value)[:1] == [code]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (fields.Count(), 0),
        (fields.Number(0, 10), 2),
        (fields.Number(0, 10), 2.5),
        (fields.Flag(), False),
        (fields.Text(5), "五个字 𠮷"),
        (fields.Prose(), "第一行\n第二行"),
        (fields.Day(), "2024-02-29"),
        (fields.Moment(), "2026-11-23T08:00:00+08:00"),
    ],
)
def test_a_value_of_the_right_kind_passes(field, value):
    assert errors_of(field, value) == []


def test_a_moment_is_given_back_in_utc():
    shape = fields.Shape.from_dict({"it": fields.Moment()})()
    loaded = shape.load({"it": "2026-11-23T08:00:00+08:00"})
    assert shape.dump(loaded) == {"it": "2026-11-23T00:00:00+00:00"}


def test_a_shape_names_what_it_does_not_know():
    with pytest.raises(ValidationError) as caught:
        PageQuery().load({"colour": "red"})
    assert caught.value.messages == {"colour": ["unknown"]}


def test_a_page_says_whether_there_is_another():
    item = type("Thing", (fields.Shape,), {"id": fields.Identifier(required=True)})
    assert page_of(item)().dump({"items": [{"id": "a"}], "next": None}) == {
        "items": [{"id": "a"}],
        "next": None,
    }


@pytest.mark.parametrize("field", [fields.Text(), fields.Prose()])
@pytest.mark.parametrize("value", ["a" * 1_000_000 + "\x00", " " * 1_000_000, "a " * 500_000 + "\x00"])
def test_a_megabyte_of_text_is_refused_at_once(field, value):
    begun = time.process_time()
    assert errors_of(field, value) == ["length", "pattern"]
    assert time.process_time() - begun < 1
