"""What an actor may see, as SQL, and whose a row is, as a subject of the permission table.

There is no unscoped list query: each adds `within` to its WHERE.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from patrol.permissions import Reach, Subject
from server.models.contract import Contract
from server.models.device import Device
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.team import Team
from server.models.user import User
from server.models.visit import Visit

#: An attribute of a model, or an expression over some.
Column = Any


def within(
    reach: Reach,
    county: Column,
    *,
    team: Column | None = None,
    mine: Column | None = None,
    person: Column | None = None,
) -> ColumnElement[bool]:
    """Make the condition that keeps the rows in reach; a column that a table lacks is left out."""
    if reach.is_empty:
        return false()
    own: ColumnElement[bool] = county == reach.county
    if reach.whole:
        return own
    named = ((team, reach.teams), (mine, reach.mines), (person, reach.persons))
    terms = [column.in_(sorted(ids)) for column, ids in named if column is not None and ids]
    return and_(own, or_(false(), *terms))


def open_on(first: Any, last: Any, day: Any) -> ColumnElement[bool]:
    """Make the condition that a dated row is in force on a day; `last` null means no end."""
    return and_(first <= day, or_(last.is_(None), last >= day))


def named(column: Column, part: str | None) -> ColumnElement[bool]:
    """Make the condition that a name contains `part`, taken literally; everything without one."""
    wanted: ColumnElement[bool] = true() if part is None else column.contains(part, autoescape=True)
    return wanted


def subject_of(row: Mine | Team | User | Contract | Visit | Finding | Device) -> Subject:
    """Tell whose a row is, for `require`."""
    county = row.county_id
    match row:
        case Mine():
            return Subject(county, mine=row.id)
        case Team():
            return Subject(county, team=row.id)
        case User():
            return Subject(county, person=row.id)
        case Finding():
            return Subject(county, mine=row.mine_id)
        case Device():
            return Subject(county, team=row.team_id, person=row.id)
        case _:
            return Subject(county, team=row.team_id, mine=row.mine_id)
