"""Patrol groups and who is in them."""

from schemas.fields import Count, Day, Identifier, OneOf, QueryFlag, Shape, Text
from schemas.page import PageQuery

SPECIALTIES = ("mining", "ventilation", "electromechanical", "geology", "safety")


class Team(Shape):
    """A patrol group (五人小组)."""

    id = Identifier(required=True)
    county_id = Identifier(required=True)
    name = Text(required=True)
    dissolved_on = Day(required=True, allow_none=True)
    version = Count(1, required=True)


class NewTeam(Shape):
    """A team to be founded."""

    name = Text(80, required=True)


class TeamChange(Shape):
    """What may be changed of a team."""

    name = Text(80)
    dissolved_on = Day(allow_none=True)


class TeamQuery(PageQuery):
    """Filters of the list of teams."""

    name = Text(80)
    dissolved = QueryFlag()


class Member(Shape):
    """A person in a team from a day to a day, inclusive."""

    id = Identifier(required=True)
    team_id = Identifier(required=True)
    user_id = Identifier(required=True)
    name = Text(required=True)
    role = OneOf("member", "leader", required=True)
    specialty = OneOf(*SPECIALTIES, required=True)
    from_date = Day(required=True)
    until_date = Day(required=True, allow_none=True)


class NewMember(Shape):
    """A person to join the team."""

    user_id = Identifier(required=True)
    role = OneOf("member", "leader", required=True)
    specialty = OneOf(*SPECIALTIES, required=True)
    from_date = Day(required=True)
    until_date = Day(load_default=None)


class MemberQuery(Shape):
    """`on` gives the members of that day instead of everybody ever."""

    on = Day()
