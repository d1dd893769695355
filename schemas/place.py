"""The place register of a mine."""

from schemas.fields import Count, Day, Identifier, OneOf, QueryFlag, Shape, Slug, Text
from schemas.page import PageQuery

PLACE_STATUSES = ("proposed", "confirmed", "declined")


class Place(Shape):
    """A named working place, chamber, roadway or fixed device."""

    id = Identifier(required=True)
    mine_id = Identifier(required=True)
    kind = Slug(required=True)
    name = Text(required=True)
    code = Text(40, required=True)
    opened_on = Day(required=True)
    closed_on = Day(required=True, allow_none=True)
    status = OneOf(*PLACE_STATUSES, required=True)
    version = Count(1, required=True)


class NewPlace(Shape):
    """A place to be registered; what the office registers is confirmed at once."""

    kind = Slug(required=True)
    name = Text(80, required=True)
    code = Text(40, required=True)
    opened_on = Day(required=True)


class PlaceChange(Shape):
    """What may be corrected of a place."""

    kind = Slug()
    name = Text(80)
    code = Text(40)
    opened_on = Day()


class PlaceClosure(Shape):
    """The last day on which the place existed."""

    closed_on = Day(required=True)


class PlaceQuery(PageQuery):
    """Filters of a mine's places."""

    kind = Slug()
    status = OneOf(*PLACE_STATUSES)
    closed = QueryFlag()
