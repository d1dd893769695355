"""Reading an item's `answer`: its type, unit, accepted units and limits, each checked against the others."""

from collections.abc import Mapping
from decimal import Decimal

from checklists.definition import AnswerType, Count, Date, Limits, Number, PassFail, Unit
from checklists.reading import Spot
from checklists.vocabulary import conversion

BOUNDS = ("min", "max", "below", "above")
FIELDS = ("alarm", "cut", "restore")
#: What each type may say beside `type`.
KEYS = {
    "pass_fail": ("unit", "fields"),
    "number": ("unit", "fields", *BOUNDS),
    "count": ("unit", "min", "max"),
    "date": ("max_age_days", "min_days_left"),
}

Units = Mapping[str, Unit]


def read_answer(spot: Spot, accepts: Spot | None, units: Units) -> AnswerType | None:
    """The answer type, or None after a mistake that leaves nothing to build."""
    kind = _kind(spot)
    if kind is None:
        return None
    fields = spot.record(("type",), KEYS[kind])
    if accepts is not None and kind not in ("number", "pass_fail"):
        accepts.complain("accepts_belongs_to_number", kind)
    if kind == "pass_fail":
        return _pass_fail(spot, accepts, fields, units)
    if kind == "date":
        return _date(spot, fields)
    unit = _unit(spot, fields, units)
    limits = _limits(spot, {name: fields[name] for name in BOUNDS if name in fields})
    if kind == "count":
        return Count(unit=unit, limits=limits)
    return _number(spot, Number(unit=unit, accepts=_accepts(unit, accepts, units), limits=limits), fields)


def _kind(spot: Spot) -> str | None:
    fields = spot.mapping()
    if "type" not in fields:
        spot.complain("missing_key", "type")
        return None
    kind = fields["type"].one_of(KEYS)
    return kind if kind in KEYS else None


def _pass_fail(spot: Spot, accepts: Spot | None, fields: Mapping[str, Spot], units: Units) -> PassFail:
    if ("unit" in fields) != ("fields" in fields) or (accepts is not None and "unit" not in fields):
        spot.complain("unit_and_fields_go_together")
    if "unit" not in fields:
        return PassFail()
    unit = fields["unit"].one_of(units, "unknown_unit")
    return PassFail(unit=unit, accepts=_accepts(unit, accepts, units), fields=_fields(fields))


def _date(spot: Spot, fields: Mapping[str, Spot]) -> Date:
    days = {name: fields[name].whole() for name in KEYS["date"] if name in fields}
    if len(days) != 1:
        spot.complain("date_needs_one_limit")
    return Date(**days)


def _number(spot: Spot, number: Number, fields: Mapping[str, Spot]) -> Number:
    if "fields" not in fields:
        return number
    if number.limits is not None:
        spot.complain("limits_or_fields")
    return Number(unit=number.unit, accepts=number.accepts, fields=_fields(fields))


def _fields(fields: Mapping[str, Spot]) -> dict[str, Limits]:
    if "fields" not in fields:
        return {}
    named = fields["fields"].record((), FIELDS)
    if not named:
        fields["fields"].complain("fields_are_empty")
    return {name: _limits(spot, spot.record((), BOUNDS)) or Limits() for name, spot in named.items()}


def _unit(spot: Spot, fields: Mapping[str, Spot], units: Units) -> str:
    if "unit" not in fields:
        spot.complain("missing_key", "unit")
        return ""
    return fields["unit"].one_of(units, "unknown_unit")


def _accepts(unit: str, spot: Spot | None, units: Units) -> dict[str, str]:
    accepts = {unit: "1"}
    for typed in () if spot is None else spot.sequence():
        name = typed.one_of(units, "unknown_unit")
        if name not in units or unit not in units:
            continue
        factor = conversion(units[name], units[unit])
        if factor is None:
            typed.complain("no_exact_conversion", f"{name} → {unit}")
        accepts[name] = factor or "1"
    return accepts


def _limits(spot: Spot, bounds: Mapping[str, Spot]) -> Limits | None:
    said = {name: bound.decimal() for name, bound in bounds.items() if name in BOUNDS}
    if {"min", "above"} <= set(said) or {"max", "below"} <= set(said):
        spot.complain("two_bounds_on_one_side")
    low, high = (said.get("min") or said.get("above")), (said.get("max") or said.get("below"))
    if low and high and not _possible(Decimal(low), Decimal(high), strict="min" not in said or "max" not in said):
        spot.complain("limits_exclude_everything", f"{low} … {high}")
    return Limits(**said) if said else None


def _possible(low: Decimal, high: Decimal, *, strict: bool) -> bool:
    return low < high or (low == high and not strict)
