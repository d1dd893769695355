"""Contracts (包保) and excuses from their duties."""

from schemas.fields import Count, Day, Identifier, Moment, Nested, OneOf, Prose, QueryFlag, Shape
from schemas.page import PageQuery

DUTY_KINDS = ("weekly_round", "monthly_full")


class Contract(Shape):
    """A team contracted to a mine from a day to a day, inclusive; open-ended when `until_date` is null."""

    id = Identifier(required=True)
    county_id = Identifier(required=True)
    team_id = Identifier(required=True)
    mine_id = Identifier(required=True)
    from_date = Day(required=True)
    until_date = Day(required=True, allow_none=True)
    version = Count(1, required=True)


class NewContract(Shape):
    """A contract to begin."""

    team_id = Identifier(required=True)
    mine_id = Identifier(required=True)
    from_date = Day(required=True)
    until_date = Day(load_default=None)


class HandOver(Shape):
    """The team that takes the mine over, and its first day; the old contract ends the day before."""

    team_id = Identifier(required=True)
    from_date = Day(required=True)


class HandedOver(Shape):
    """Both contracts after a hand-over."""

    ended = Nested(Contract, required=True)
    begun = Nested(Contract, required=True)


class ContractQuery(PageQuery):
    """Filters of the list of contracts; `on` keeps those in force that day."""

    team = Identifier()
    mine = Identifier()
    on = Day()


class Excuse(Shape):
    """Why a duty of a mine is not owed between two days; withdrawn, never deleted."""

    id = Identifier(required=True)
    mine_id = Identifier(required=True)
    duty_kind = OneOf(*DUTY_KINDS, "both", required=True)
    from_date = Day(required=True)
    until_date = Day(required=True)
    reason = Prose(1000, required=True)
    excused_by = Identifier(required=True)
    excused_at = Moment(required=True)
    withdrawn_at = Moment(required=True, allow_none=True)


class NewExcuse(Shape):
    """An excuse to be granted."""

    mine_id = Identifier(required=True)
    duty_kind = OneOf(*DUTY_KINDS, "both", required=True)
    from_date = Day(required=True)
    until_date = Day(required=True)
    reason = Prose(1000, required=True)


class ExcuseQuery(PageQuery):
    """Filters of the list of excuses."""

    mine = Identifier()
    on = Day()
    withdrawn = QueryFlag()
