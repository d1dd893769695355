"""A value as typed → its verdict against the limits, its value in the item's own unit, or a complaint.

Every reader is made once for an item and then called for each answer. Decimals are exact; a value that is
not understood is a complaint, never an exception and never a pass.
"""

import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Literal, NamedTuple

import msgspec

from checklists.days import read_day
from checklists.decimals import plain, read_decimal, read_whole, typed
from checklists.definition import Date, Limits, Unit

#: A visit may span midnight, so a test done after it is dated one day past the visit's.
DAYS_AHEAD = 1


class Reading(msgspec.Struct, frozen=True):
    """`verdict` is None only beside a complaint."""

    verdict: Literal["pass", "fail"] | None
    value: str | None = None
    complaint: str | None = None


class Scale(NamedTuple):
    """A unit that may be typed: `factor` to the item's own unit (None = 1), and what it can plausibly show."""

    factor: Decimal | None
    least: Decimal | None
    most: Decimal | None


Reader = Callable[[object, str | None, date], Reading]

UNREADABLE = Reading(None, complaint="value_unreadable")
IMPLAUSIBLE = Reading(None, complaint="value_out_of_range")
OTHER_UNIT = Reading(None, complaint="unit_not_accepted")
NO_DATE = Reading(None, complaint="date_unreadable")
FUTURE = Reading(None, complaint="date_in_future")


def scales_of(accepts: Mapping[str, str], units: Mapping[str, Unit]) -> dict[str, Scale]:
    return {
        name: Scale(None if factor == "1" else Decimal(factor), _bound(units[name].least), _bound(units[name].most))
        for name, factor in accepts.items()
    }


def number_reader(
    own: str,
    scales: Mapping[str, Scale],
    limits: Limits | None,
    spelled: Callable[[str], Decimal | None] = read_decimal,
) -> Reader:
    """Reads a decimal in any of the scales' units; `own` is meant where no unit was typed."""
    within = _within(limits or Limits())

    def read(value: object, unit: str | None, _on: date) -> Reading:
        text = typed(value)
        number = None if text is None else spelled(text)
        if number is None:
            return UNREADABLE
        scale = scales.get(own if unit is None else unit)
        if scale is None:
            return OTHER_UNIT
        if (scale.least is not None and number < scale.least) or (scale.most is not None and number > scale.most):
            return IMPLAUSIBLE
        number = number if scale.factor is None else number * scale.factor
        return Reading("pass" if within(number) else "fail", plain(number))

    return read


def count_reader(unit: str, limits: Limits | None) -> Reader:
    return number_reader(unit, {unit: Scale(None, None, None)}, limits, read_whole)


def date_reader(answer: Date) -> Reader:
    """Reads YYYY-MM-DD; age and days left are counted from the visit's day, both limits inclusive."""
    oldest, soonest = answer.max_age_days, answer.min_days_left

    def read(value: object, _unit: str | None, on: date) -> Reading:
        day = read_day(value) if isinstance(value, str) else None
        if day is None:
            return NO_DATE
        left = (day - on).days
        if oldest is not None and left > DAYS_AHEAD:
            return FUTURE
        passed = (oldest is None or -left <= oldest) and (soonest is None or left >= soonest)
        return Reading("pass" if passed else "fail", day.isoformat())

    return read


def _bound(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _within(limits: Limits) -> Callable[[Decimal], bool]:
    sides = (
        (operator.ge, limits.min),
        (operator.le, limits.max),
        (operator.lt, limits.below),
        (operator.gt, limits.above),
    )
    tests = tuple((test, Decimal(bound)) for test, bound in sides if bound is not None)

    def within(number: Decimal) -> bool:
        for test, bound in tests:  # noqa: SIM110 - all() with a generator takes three times as long
            if not test(number, bound):
                return False
        return True

    return within
