"""Evaluating a condition against what is known of a mine, in three values: true, false, unknown (None).

Unknown never hides an item: only a condition that is plainly false does. Phones do the same with the
same JSON; conformance/conditions.json holds both to it. Never reads text expressions, never raises for
a wrong attribute value: a value outside the vocabulary is simply not known.
"""

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import NamedTuple

from checklists.decimals import read_decimal, typed
from checklists.definition import Attribute, Condition

Known = Mapping[str, str | bool | Decimal]
Truth = bool | None


class Tested(NamedTuple):
    """A single test of a condition and how it came out."""

    test: Condition
    truth: Truth


COMPARE: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def known(values: Mapping[str, object], attributes: Mapping[str, Attribute]) -> Known:
    """Of the recorded values those that the vocabulary understands; the rest counts as unknown."""
    recorded = ((name, understood(values[name], kind)) for name, kind in attributes.items() if name in values)
    return {name: value for name, value in recorded if value is not None}


def understood(value: object, attribute: Attribute) -> str | bool | Decimal | None:
    """The value as conditions compare it, or None if the attribute cannot have it."""
    if attribute.type == "bool":
        return value if isinstance(value, bool) else None
    if attribute.type == "enum":
        return value if isinstance(value, str) and value in attribute.values else None
    text = typed(value)
    return None if text is None else read_decimal(text)


def truth(condition: Condition, about: Known) -> Truth:
    """Kleene's logic: `and` is its worst part, `or` its best, in the order false, unknown, true."""
    head = condition[0]
    if head == "and":
        return _worst([truth(part, about) for part in condition[1:]])
    if head == "or":
        return _negated(_worst([_negated(truth(part, about)) for part in condition[1:]]))
    if head == "not":
        return _negated(truth(condition[1], about))
    return _test(condition, about)


def _test(test: Condition, about: Known) -> Truth:
    value = about.get(test[1])
    if value is None:
        return None
    if test[0] == "true":
        return value is True
    if test[0] == "in":
        return value in test[2]
    return COMPARE[test[0]](Decimal(value), Decimal(test[2]))


def _worst(parts: list[Truth]) -> Truth:
    if False in parts:
        return False
    return None if None in parts else True


def _negated(value: Truth) -> Truth:
    return None if value is None else not value


def decisive(condition: Condition, about: Known) -> tuple[Tested, ...]:
    """The single tests that made the condition come out as it did: the reason to show a person."""
    head = condition[0]
    if head == "not":
        return decisive(condition[1], about)
    if head not in ("and", "or"):
        return (Tested(condition, _test(condition, about)),)
    whole = truth(condition, about)
    parts = (part for part in condition[1:] if truth(part, about) is whole)
    return tuple(tested for part in parts for tested in decisive(part, about))
