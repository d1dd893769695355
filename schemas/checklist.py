"""Editions of the checklist, and what of one is asked of a mine and why."""

from schemas.fields import Anything, Count, Day, Identifier, Listed, Moment, Nested, OneOf, Shape, Text

DIGEST = r"^[0-9a-f]{64}$"


class Edition(Shape):
    """A published edition; its bytes are under its digest."""

    digest = Text(64, DIGEST, required=True)
    number = Count(1, required=True)
    in_force_from = Day(required=True)
    item_count = Count(required=True)
    published_at = Moment(required=True)
    published_by = Identifier(required=True, allow_none=True)


class ApplicabilityQuery(Shape):
    """The day (today without one), the edition (the one in force without one) and the cadence."""

    on = Day()
    edition = Text(64, DIGEST)
    cadence = OneOf("round", "monthly", load_default="monthly")


class Asked(Shape):
    """What a mine is asked of one item, at which places, and why or why not."""

    item = Text(required=True)
    title = Text(required=True)
    places = Listed(Text(), longest=10_000, required=True)
    because = OneOf("always", "true", "unknown", "false", "not_in_round", required=True)
    placing = OneOf("mine", "places", "no_open_place", required=True)
    tests = Listed(Anything(), required=True)


class Applicability(Shape):
    """What applies to a mine on a day under an edition."""

    mine_id = Identifier(required=True)
    on = Day(required=True)
    edition = Text(64, DIGEST, required=True)
    pairs = Count(required=True)
    items = Listed(Nested(Asked), longest=10_000, required=True)
