"""The language of `applies`: what is written → the condition that phones evaluate."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from checklists.definition import Attribute
from checklists.expression import BadExpression, names_in, parse
from checklists.sentences import test_text as written

ATTRIBUTES = {
    "status": Attribute(title="状态", type="enum", values=("生产", "停产 整顿", "and")),
    "gas": Attribute(title="瓦斯", type="enum", values=("低", "高", "突出")),
    "belt": Attribute(title="皮带", type="bool"),
    "hoist": Attribute(title="提升", type="bool"),
    "capacity": Attribute(title="能力", type="number"),
}

BELT, HOIST = ["true", "belt"], ["true", "hoist"]

READ = [
    ("belt", BELT),
    ("  belt  ", BELT),
    ("(belt)", BELT),
    ("((belt))", BELT),
    ("not belt", ["not", BELT]),
    ("not not belt", ["not", ["not", BELT]]),
    ("not belt and hoist", ["and", ["not", BELT], HOIST]),
    ("not (belt and hoist)", ["not", ["and", BELT, HOIST]]),
    ("belt and hoist and belt", ["and", BELT, HOIST, BELT]),
    ("belt or hoist and belt", ["or", BELT, ["and", HOIST, BELT]]),
    ("(belt or hoist) and belt", ["and", ["or", BELT, HOIST], BELT]),
    ("gas = 突出", ["in", "gas", ["突出"]]),
    ("gas=突出", ["in", "gas", ["突出"]]),
    ("gas in (高, 突出)", ["in", "gas", ["高", "突出"]]),
    ("gas in(高,突出)", ["in", "gas", ["高", "突出"]]),
    ("status = '停产 整顿'", ["in", "status", ["停产 整顿"]]),
    ("status = 'and'", ["in", "status", ["and"]]),
    ("capacity >= 90", [">=", "capacity", "90"]),
    ("capacity<-0.5", ["<", "capacity", "-0.5"]),
    ("capacity > 1 and capacity <= 2", ["and", [">", "capacity", "1"], ["<=", "capacity", "2"]]),
]


@pytest.mark.parametrize(("text", "condition"), READ)
def test_an_expression_is_read(text, condition):
    assert parse(text, ATTRIBUTES) == condition


REFUSED = [
    ("", "attribute_expected", "end of the expression"),
    ("belt and", "attribute_expected", "end of the expression"),
    ("and belt", "attribute_expected", "and"),
    ("belt or or hoist", "attribute_expected", "or"),
    ("(belt", "unexpected", "end of the expression"),
    ("belt)", "unexpected", ")"),
    ("belt hoist", "unexpected", "hoist"),
    ("belt = true", "unexpected", "="),
    ("belt & hoist", "unexpected", "& hoist"),
    ("gas != 高", "unexpected", "!= 高"),
    ("gas", "enum_needs_values", "gas"),
    ("gas > 高", "enum_needs_values", "gas"),
    ("gas in 高", "unexpected", "高"),
    ("gas in (高 突出)", "unexpected", "突出"),
    ("gas in (高,)", "value_expected", ")"),
    ("gas = 超", "unknown_value", "超"),
    ("gas = 高，低", "unknown_value", "高，低"),
    ("gaz = 高", "unknown_attribute", "gaz"),
    ("status = and", "value_expected", "and"),
    ("capacity", "number_needs_comparison", "capacity"),
    ("capacity = 90", "number_needs_comparison", "capacity"),
    ("capacity > 1e3", "number_expected", "1e3"),
    ("capacity > belt", "number_expected", "belt"),
    ("(" * 21 + "belt" + ")" * 21, "too_deep", "("),
]


@pytest.mark.parametrize(("text", "code", "found"), REFUSED)
def test_an_expression_is_refused_with_what_was_met(text, code, found):
    with pytest.raises(BadExpression) as raised:
        parse(text, ATTRIBUTES)
    assert (raised.value.code, raised.value.found) == (code, found)


def test_the_names_of_a_condition_are_known():
    assert names_in(parse("not (belt or gas = 高) and capacity > 3", ATTRIBUTES)) == {"belt", "gas", "capacity"}


tests = st.one_of(
    st.sampled_from([BELT, HOIST]),
    st.lists(st.sampled_from(["低", "高", "突出"]), min_size=1, max_size=3, unique=True).map(
        lambda v: ["in", "gas", v]
    ),
    st.sampled_from(["<", "<=", ">", ">="]).map(lambda sign: [sign, "capacity", "90"]),
)
conditions = st.recursive(
    tests,
    lambda inner: st.one_of(
        inner.map(lambda part: ["not", part]),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=2, max_size=3)).map(lambda p: [p[0], *p[1]]),
    ),
    max_leaves=12,
)


def spelled(condition):
    if condition[0] == "not":
        return f"not ({spelled(condition[1])})"
    if condition[0] in ("and", "or"):
        return f" {condition[0]} ".join(f"({spelled(part)})" for part in condition[1:])
    return written(condition)


@given(conditions)
def test_whatever_is_written_out_is_read_back(condition):
    assert parse(spelled(condition), ATTRIBUTES) == condition


@given(st.text(alphabet="abelt gas()<>=,'高notandori9.", max_size=40))
def test_any_text_is_read_or_refused_and_nothing_else(text):
    with suppress(BadExpression):
        assert parse(text, ATTRIBUTES)
