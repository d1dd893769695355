"""Plausible answers: a reading on the right side of its limit, or on the wrong one. Every choice is the dice's."""

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from checklists.definition import Count, Date, Item, Limits, Number, PassFail
from server.demo.material import county
from sync.bodies import Answer


def passing(item: Item, on: date, dice: random.Random) -> Answer:
    """An answer that passes, with a value where the item asks for one."""
    match item.answer:
        case PassFail():
            return Answer("pass")
        case Number(fields=fields, unit=unit) if fields:
            return Answer("pass", unit=unit, settings={name: _inside(limits, dice) for name, limits in fields.items()})
        case Number(unit=unit, limits=limits):
            return Answer("pass", value=_inside(_plausible(limits or Limits(), unit), dice), unit=unit)
        case Count(limits=limits):
            return Answer("pass", value=str(_whole_inside(limits or Limits(), dice)))
        case Date(max_age_days=oldest):
            return Answer("pass", value=(on + _days_inside(oldest, dice)).isoformat())


def failing(item: Item, on: date, dice: random.Random) -> Answer:
    """An answer that fails: the value itself is on the wrong side where there is one."""
    note = dice.choice(county()["words"]["note"])
    match item.answer:
        case Number(unit=unit, fields=fields) if fields:
            return Answer("fail", unit=unit, note=note, settings={n: _outside(f, dice) for n, f in fields.items()})
        case Number(unit=unit, limits=limits) if limits:
            return Answer("fail", value=_outside(limits, dice), unit=unit, note=note)
        case Count(limits=limits) if limits and limits.max is not None:
            return Answer("fail", value=str(int(limits.max) + dice.randint(1, 2)), note=note)
        case Date(max_age_days=oldest) if oldest is not None:
            return Answer("fail", value=(on - timedelta(days=oldest + dice.randint(1, 9))).isoformat(), note=note)
        case Number() | Count() | Date():
            return Answer("fail", value=passing(item, on, dice).value, unit=passing(item, on, dice).unit, note=note)
        case PassFail():
            return Answer("fail", note=note)


def unseen(dice: random.Random) -> Answer:
    """Could not see it, and why."""
    return Answer("unseen", reason=dice.choice(county()["words"]["unseen"]))


def not_applicable(dice: random.Random) -> Answer:
    """Does not apply here, and why."""
    return Answer("na", reason=dice.choice(county()["words"]["not_applicable"]))


def _plausible(limits: Limits, unit: str) -> Limits:
    """No air holds more than all of a gas."""
    whole = unit.startswith("%") and unit != "%" and limits.max is None and limits.below is None
    return Limits(min=limits.min, above=limits.above, max="99") if whole else limits


def _inside(limits: Limits, dice: random.Random) -> str:
    low, high = limits.min or limits.above, limits.max or limits.below
    bottom = Decimal(low) if low is not None else Decimal(high or "10") * Decimal("0.2")
    top = Decimal(high) if high is not None else bottom * Decimal("1.6") + 1
    share = Decimal(dice.randint(15, 60)) / 100
    return _shortened(bottom + (top - bottom) * share)


def _outside(limits: Limits, dice: random.Random) -> str:
    share = Decimal(dice.randint(3, 20)) / 100
    high = limits.max or limits.below
    if high is not None:
        return _shortened(Decimal(high) * (1 + share) if Decimal(high) else Decimal(1))
    low = limits.min or limits.above
    return _shortened(Decimal(low or "0") * (1 - share) - (0 if low and Decimal(low) else 1))


def _shortened(value: Decimal) -> str:
    """Three digits that count, as an instrument shows."""
    return format(Decimal(f"{value:.3g}"), "f")


def _whole_inside(limits: Limits, dice: random.Random) -> int:
    low = int(limits.min) if limits.min is not None else 0
    return min(low + dice.randint(0, 2), int(limits.max)) if limits.max is not None else low + dice.randint(0, 2)


def _days_inside(oldest: int | None, dice: random.Random) -> timedelta:
    if oldest is None:
        return timedelta(days=dice.randint(120, 700))
    return timedelta(days=-dice.randint(0, min(oldest, 6)))


def read(value: str) -> dict[str, Any]:
    """An answer's fields from the JSON that a screen holds."""
    return msgspec.json.decode(value, type=dict[str, Any])
