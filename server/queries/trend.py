"""Month by month: coverage as it is kept, findings recorded and closed. One statement each, whatever the months."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, String, and_, case, column, func, select, values

from patrol.periods import Period
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.contract import Contract
from server.models.coverage import CoverageMonth
from server.models.finding import Finding
from server.queries.reach import open_on, within


class Covered(NamedTuple):
    """A month's duties in reach: the pairs of all their mines, and how many mines are covered in full."""

    applicable: int = 0
    judged: int = 0
    mines: int = 0
    met: int = 0


def covered(actor: Actor, months: Sequence[Period]) -> dict[str, Covered]:
    """Month → what is covered of the mines that were under contract on its last day; none kept, none told."""
    columns = (column("period", String), column("last", Date))
    asked = values(*columns).data([(month.id, month.last) for month in months]).cte("asked")
    met = case((and_(CoverageMonth.applicable > 0, CoverageMonth.judged == CoverageMonth.applicable), 1), else_=0)
    seen = within(reach(actor, Verb.DUTY_READ), Contract.county_id, team=Contract.team_id, mine=Contract.mine_id)
    query = (
        select(
            CoverageMonth.month,
            func.sum(CoverageMonth.applicable),
            func.sum(CoverageMonth.judged),
            func.count(),
            func.sum(met),
        )
        .join(asked, asked.c.period == CoverageMonth.month)
        .join(
            Contract,
            and_(
                Contract.mine_id == CoverageMonth.mine_id,
                open_on(Contract.from_date, Contract.until_date, asked.c.last),
            ),
        )
        .where(seen, CoverageMonth.county_id == actor.county, CoverageMonth.month.in_([month.id for month in months]))
        .group_by(CoverageMonth.month)
    )
    return {row[0]: Covered(*(int(figure) for figure in row[1:])) for row in db.session.execute(query)}


def recorded(actor: Actor, months: Sequence[Period]) -> list[int]:
    """How many findings were recorded in each month."""
    return _counted(actor, months, Finding.recorded_at)


def closed(actor: Actor, months: Sequence[Period]) -> list[int]:
    """How many findings were closed in each month; voided ones were not."""
    return _counted(actor, months, Finding.closed_at, Finding.status == "closed")


def _counted(actor: Actor, months: Sequence[Period], at: Any, *only: ColumnElement[bool]) -> list[int]:
    seen = within(reach(actor, Verb.FINDING_READ), Finding.county_id, mine=Finding.mine_id)
    inside = [case((and_(at >= month.start, at < month.end), 1), else_=0) for month in months]
    query = select(*(func.coalesce(func.sum(one), 0) for one in inside))
    found = db.session.execute(query.where(seen, at >= months[0].start, at < months[-1].end, *only)).one()
    return [int(count) for count in found]
