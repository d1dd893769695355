"""Mines and their dated attributes."""

from schemas.fields import (
    Anything,
    Count,
    Day,
    Identifier,
    Moment,
    Number,
    OneOf,
    Prose,
    QueryFlag,
    Shape,
    Slug,
    Text,
)
from schemas.page import PageQuery

DATUMS = ("WGS84", "CGCS2000", "GCJ02", "BD09")
CODE = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$"


class Mine(Shape):
    """A coal mine; the coordinates are as surveyed, `datum` names their system."""

    id = Identifier(required=True)
    county_id = Identifier(required=True)
    code = Text(40, CODE, required=True)
    name = Text(required=True)
    township = Text(required=True)
    latitude = Number(-90, 90, required=True, allow_none=True)
    longitude = Number(-180, 180, required=True, allow_none=True)
    datum = OneOf(*DATUMS, required=True, allow_none=True)
    radius_m = Count(required=True)
    closed_on = Day(required=True, allow_none=True)
    version = Count(1, required=True)


class NewMine(Shape):
    """A mine to be registered."""

    code = Text(40, CODE, required=True)
    name = Text(80, required=True)
    township = Text(80, required=True)
    latitude = Number(-90, 90, load_default=None, allow_none=True)
    longitude = Number(-180, 180, load_default=None, allow_none=True)
    datum = OneOf(*DATUMS, load_default=None, allow_none=True)
    radius_m = Count(50, 50_000, load_default=2000)


class MineChange(Shape):
    """What may be corrected of a mine; attributes that have a history are recorded apart."""

    code = Text(40, CODE)
    name = Text(80)
    township = Text(80)
    latitude = Number(-90, 90, allow_none=True)
    longitude = Number(-180, 180, allow_none=True)
    datum = OneOf(*DATUMS, allow_none=True)
    radius_m = Count(50, 50_000)
    closed_on = Day(allow_none=True)


class MineQuery(PageQuery):
    """Filters of the list of mines."""

    name = Text(80)
    township = Text(80)
    closed = QueryFlag()


class Attribute(Shape):
    """The value of an attribute from a day on, until the next of its name."""

    id = Identifier(required=True)
    mine_id = Identifier(required=True)
    place_id = Identifier(required=True, allow_none=True)
    name = Slug(required=True)
    value = Anything(required=True, allow_none=True)
    from_date = Day(required=True)
    source = Prose(400, required=True)
    recorded_by = Identifier(required=True, allow_none=True)
    recorded_at = Moment(required=True)


class NewAttribute(Shape):
    """A value to be recorded, of the mine or one place of it, and the report or decision that it comes from."""

    place_id = Identifier(load_default=None)
    name = Slug(required=True)
    value = Anything(required=True)
    from_date = Day(required=True)
    source = Prose(400, required=True)


class AttributeQuery(Shape):
    """`on` gives the values in force that day instead of the whole history."""

    on = Day()
