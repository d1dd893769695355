"""What unknown attributes may and may not do, for every condition."""

import itertools
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from checklists.conditions import decisive, truth
from tests.checklists.test_expression import conditions

WHOLE = {
    "belt": (True, False),
    "hoist": (True, False),
    "gas": ("低", "高", "突出"),
    "capacity": (Decimal(45), Decimal(90)),
}

mines = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in WHOLE.items()})


def completions(mine):
    """Every mine that this one may turn out to be."""
    choices = [(mine[name],) if name in mine else values for name, values in WHOLE.items()]
    return [dict(zip(WHOLE, values, strict=True)) for values in itertools.product(*choices)]


@given(conditions, mines)
def test_a_condition_is_false_only_if_it_is_false_whatever_the_unknown_turns_out_to_be(condition, mine):
    if truth(condition, mine) is False:
        assert not any(truth(condition, complete) for complete in completions(mine))


@given(conditions, mines)
def test_a_condition_is_true_only_if_it_is_true_whatever_the_unknown_turns_out_to_be(condition, mine):
    if truth(condition, mine) is True:
        assert all(truth(condition, complete) for complete in completions(mine))


@given(conditions, mines)
def test_of_a_mine_that_is_wholly_known_nothing_is_unknown(condition, mine):
    for complete in completions(mine):
        assert truth(condition, complete) is not None


@given(conditions, mines)
def test_the_decisive_tests_alone_decide(condition, mine):
    reasons = decisive(condition, mine)
    assert reasons
    names = {reason.test[1] for reason in reasons}
    only_those = {name: value for name, value in mine.items() if name in names}
    assert truth(condition, only_those) is truth(condition, mine)
