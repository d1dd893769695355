"""Duties and how they stand, and coverage by mine and month."""

from schemas.fields import Count, Day, Flag, Identifier, Listed, Moment, Nested, Number, OneOf, Shape, Text
from schemas.page import PageQuery
from schemas.team import SPECIALTIES
from schemas.visit import MONTH

PERIOD = r"^\d{4}-(W\d{2}|\d{2})$"
STATES = ("met", "under_way", "due", "missed", "excused")


class DutyQuery(PageQuery):
    """`period` is a week `2026-W47` or a month `2026-11`."""

    period = Text(8, PERIOD, required=True)
    team = Identifier()
    mine = Identifier()


class Duty(Shape):
    """What a team owes a mine in a period, and how it stands today."""

    kind = OneOf("weekly_round", "monthly_full", required=True)
    period = Text(8, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)
    mine_id = Identifier(required=True)
    team_id = Identifier(required=True)
    contract_id = Identifier(required=True)
    state = OneOf(*STATES, required=True)
    late = Flag(required=True)
    excuse_id = Identifier(required=True, allow_none=True)


class CoverageQuery(PageQuery):
    """The month whose coverage is asked."""

    month = Text(7, MONTH, required=True)


class Coverage(Shape):
    """A mine's month in figures; `ratio` is null where nothing applies."""

    mine_id = Identifier(required=True)
    month = Text(7, required=True)
    edition_digest = Text(64, required=True)
    applicable = Count(required=True)
    judged = Count(required=True)
    unseen = Count(required=True)
    failed = Count(required=True)
    ratio = Number(0, 1, required=True, allow_none=True)
    expected = Count(required=True, metadata={"description": "Pairs that pace asks for by today."})
    late_operations = Count(required=True)
    changed_at = Moment(required=True, allow_none=True)


class LeftQuery(Shape):
    """Filters of what is left."""

    specialty = OneOf(*SPECIALTIES)
    domain = Text(64, r"^[a-z][a-z0-9-]{0,63}$")
    place = Text(64, r"^[A-Za-z0-9_-]{1,64}$")


class LeftPair(Shape):
    """A pair that nobody has judged this month; `unseen`: looked for and not seen."""

    item = Text(required=True)
    title = Text(required=True)
    domain = Text(required=True)
    specialty = OneOf(*SPECIALTIES, required=True)
    place = Text(required=True)
    unseen = Flag(required=True)


class Left(Shape):
    """What is left of a mine's month, in the checklist's order, and what lapsed without a judgement."""

    mine_id = Identifier(required=True)
    month = Text(7, required=True)
    items = Listed(Nested(LeftPair), longest=10_000, required=True)
    left_unchecked = Listed(Text(), longest=10_000, required=True)
