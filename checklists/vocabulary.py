"""The words that items may use: attributes of mines, kinds of place, units, standards, the notice's ledger."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, get_args, get_type_hints

from checklists.decimals import plain, ratio
from checklists.definition import Attribute, PlaceKind, Standard, Unit
from checklists.reading import Spot

ATTRIBUTE_TYPES = get_args(get_type_hints(Attribute)["type"])
PLACE_CLASSES = get_args(get_type_hints(PlaceKind)["place_class"])
LEDGER_LISTS = ("section", "L1", "L2", "L3")


class LedgerRow(NamedTuple):
    """One item of the notice's lists, or a section; `why_not` says why no patrol can check it."""

    list: str
    title: str
    patrol: bool
    why_not: str = ""
    departments: tuple[str, ...] = ()
    due: str = ""
    text: str = ""


class Vocabulary(NamedTuple):
    """Everything that an item may refer to, by slug."""

    attributes: Mapping[str, Attribute]
    places: Mapping[str, PlaceKind]
    units: Mapping[str, Unit]
    standards: Mapping[str, Standard]
    ledger: Mapping[str, LedgerRow]


def read_attribute(spot: Spot) -> tuple[str, Attribute]:
    fields = spot.record(("name", "title", "type"), ("values",))
    kind: Any = fields["type"].one_of(ATTRIBUTE_TYPES) if "type" in fields else ""
    values = fields["values"].texts() if "values" in fields else ()
    if (kind == "enum") != bool(values):
        spot.complain("values_belong_to_enum", kind)
    return _text(fields, "name"), Attribute(title=_text(fields, "title"), type=kind, values=values)


def read_place_kind(spot: Spot) -> tuple[str, PlaceKind]:
    fields = spot.record(("kind", "title", "class"))
    place_class: Any = fields["class"].one_of(PLACE_CLASSES) if "class" in fields else ""
    return _text(fields, "kind"), PlaceKind(title=_text(fields, "title"), place_class=place_class)


def read_unit(spot: Spot) -> tuple[str, Unit]:
    fields = spot.record(("unit", "title", "quantity", "factor"), ("substance", "least", "most"))
    bounds = {name: fields[name].decimal() for name in ("least", "most") if name in fields}
    unit = Unit(
        title=_text(fields, "title"),
        quantity=_text(fields, "quantity"),
        factor=_factor(fields["factor"]) if "factor" in fields else "1",
        substance=_text(fields, "substance") or None,
        **bounds,
    )
    return _text(fields, "unit"), unit


def _factor(spot: Spot) -> str:
    factor = spot.decimal() or "1"
    if Decimal(factor) <= 0:
        spot.complain("factor_must_be_positive", factor)
        return "1"
    return factor


def read_standard(spot: Spot) -> tuple[str, Standard]:
    fields = spot.record(("slug", "title", "document", "from"), ("until", "supersedes"))
    since = fields["from"].day() if "from" in fields else date.min
    until = fields["until"].day() if "until" in fields else None
    if until is not None and until < since:
        fields["until"].complain("ends_before_it_begins", until.isoformat())
    standard = Standard(
        title=_text(fields, "title"),
        document=_text(fields, "document"),
        since=since,
        until=until,
        supersedes=fields["supersedes"].texts() if "supersedes" in fields else (),
    )
    return _text(fields, "slug"), standard


def read_ledger_row(spot: Spot) -> tuple[str, LedgerRow]:
    fields = spot.record(("id", "list", "title", "patrol"), ("why_not", "departments", "due", "text"))
    patrol = fields["patrol"].boolean() if "patrol" in fields else True
    if patrol == ("why_not" in fields):
        spot.complain("why_not_belongs_to_patrol_false")
    row = LedgerRow(
        list=fields["list"].one_of(LEDGER_LISTS) if "list" in fields else "",
        title=_text(fields, "title"),
        patrol=patrol,
        why_not=_text(fields, "why_not"),
        departments=fields["departments"].texts() if "departments" in fields else (),
        due=_text(fields, "due"),
        text=_text(fields, "text"),
    )
    return _text(fields, "id"), row


def _text(fields: Mapping[str, Spot], name: str) -> str:
    return fields[name].text() if name in fields else ""


def conversion(typed: Unit, own: Unit) -> str | None:
    """The exact factor from the one unit to the other, or None if there is none."""
    substances = {typed.substance, own.substance} - {None}
    if typed.quantity != own.quantity or len(substances) > 1:
        return None
    factor = ratio(Decimal(typed.factor), Decimal(own.factor))
    return None if factor is None else plain(factor)
