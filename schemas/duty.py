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


class BoardQuery(PageQuery):
    """The month that the board shows."""

    month = Text(7, MONTH, required=True)


class States(Shape):
    """How many duties stand in each state."""

    met = Count(required=True)
    under_way = Count(required=True)
    due = Count(required=True)
    missed = Count(required=True)
    excused = Count(required=True)


class BoardWeek(Shape):
    """A week that has a day in the month."""

    week = Text(8, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True)


class WeekStates(States):
    """The same of one week's rounds."""

    week = Text(8, required=True)


class BoardTotals(Shape):
    """Everything in reach."""

    mines = Count(required=True)
    applicable = Count(required=True)
    judged = Count(required=True)
    monthly = Nested(States, required=True)
    weekly = Listed(Nested(WeekStates), longest=6, required=True)
    open_findings = Count(required=True)
    overdue_findings = Count(required=True)
    major_findings = Count(required=True, metadata={"description": "Suspected and confirmed."})


class BoardRound(Shape):
    """How a week's round stands."""

    week = Text(8, required=True)
    state = OneOf(*STATES, required=True)
    late = Flag(required=True)


class BoardMine(Shape):
    """A mine's month and its weeks."""

    mine_id = Identifier(required=True)
    code = Text(required=True)
    name = Text(required=True)
    township = Text(required=True)
    team_id = Identifier(required=True)
    applicable = Count(required=True)
    judged = Count(required=True)
    unseen = Count(required=True)
    failed = Count(required=True)
    ratio = Number(0, 1, required=True, allow_none=True)
    expected = Count(required=True)
    state = OneOf(*STATES, required=True)
    late = Flag(required=True)
    open_findings = Count(required=True)
    overdue_findings = Count(required=True)
    major_findings = Count(required=True)
    weeks = Listed(Nested(BoardRound), longest=6, required=True)


class Board(Shape):
    """Mines × weeks of a month: totals, and one page of mines by code."""

    month = Text(7, required=True)
    weeks = Listed(Nested(BoardWeek), longest=6, required=True)
    totals = Nested(BoardTotals, required=True)
    items = Listed(Nested(BoardMine), longest=200, required=True)
    next = Text(512, required=True, allow_none=True)
