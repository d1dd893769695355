"""Holds what the office types against the words of the checklist in force: attributes of mines, kinds of place."""

import math
from datetime import date

import msgspec

from checklists.definition import Attribute, Checklist
from patrol.errors import Conflict, Invalid
from server.queries.checklists import definition_bytes, find_edition_in_force


def check_attribute(county: str, name: str, value: object, day: date) -> None:
    """Raise Invalid unless the vocabulary knows the attribute and the value fits its type."""
    attribute = _in_force(county, day).attributes.get(name)
    if attribute is None:
        raise Invalid("attribute_unknown", name=name)
    if not _fits(attribute, value):
        raise Invalid("attribute_value", name=name, expected=attribute.type)


def check_place_kind(county: str, kind: str, day: date) -> None:
    """Raise Invalid unless the vocabulary knows the kind of place."""
    if kind not in _in_force(county, day).places:
        raise Invalid("place_kind_unknown", kind=kind)


def _in_force(county: str, day: date) -> Checklist:
    edition = find_edition_in_force(county, day)
    if edition is None:
        raise Conflict("no_checklist_in_force", on=day.isoformat())
    return msgspec.json.decode(definition_bytes(edition), type=Checklist)


def _fits(attribute: Attribute, value: object) -> bool:
    match attribute.type:
        case "enum":
            return isinstance(value, str) and value in attribute.values
        case "bool":
            return isinstance(value, bool)
        case "number":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and math.isfinite(value)  # type: ignore[arg-type]
