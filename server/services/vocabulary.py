"""Holds what the office types against the words of the checklist in force: attributes of mines, kinds of place."""

import math
from datetime import date

from checklists.definition import Attribute
from patrol.errors import Invalid
from server.services.editions import edition_in_force


def check_attribute(county: str, name: str, value: object, day: date) -> None:
    """Raise Invalid unless the vocabulary knows the attribute and the value fits its type."""
    attribute = edition_in_force(county, day).checklist.attributes.get(name)
    if attribute is None:
        raise Invalid("attribute_unknown", name=name)
    if not _fits(attribute, value):
        raise Invalid("attribute_value", name=name, expected=attribute.type)


def check_place_kind(county: str, kind: str, day: date) -> None:
    """Raise Invalid unless the vocabulary knows the kind of place."""
    if kind not in edition_in_force(county, day).checklist.places:
        raise Invalid("place_kind_unknown", kind=kind)


def _fits(attribute: Attribute, value: object) -> bool:
    match attribute.type:
        case "enum":
            return isinstance(value, str) and value in attribute.values
        case "bool":
            return isinstance(value, bool)
        case "number":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return number and math.isfinite(value)  # type: ignore[arg-type]
