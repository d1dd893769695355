"""Month by month: coverage as it is kept, findings recorded and closed. One statement each, whatever the months."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, and_, case, func, literal, select

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
    # A column of last days would be a statement of its own for every caller; cases are compiled once.
    last = case(*((CoverageMonth.month == month.id, literal(month.last, Date)) for month in months))
    met = case((and_(CoverageMonth.applicable > 0, CoverageMonth.judged == CoverageMonth.applicable), 1), else_=0)
    seen = within(reach(actor, Verb.DUTY_READ), Contract.county_id, team=Contract.team_id, mine=Contract.mine_id)
    held = and_(Contract.mine_id == CoverageMonth.mine_id, open_on(Contract.from_date, Contract.until_date, last))
    sums = (func.sum(CoverageMonth.applicable), func.sum(CoverageMonth.judged), func.count(), func.sum(met))
    query = (
        select(CoverageMonth.month, *sums)
        .join(Contract, held)
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
    # The newest month first: most of what is asked for ends at the first comparison.
    which = case(*((at >= month.start, number) for number, month in reversed(list(enumerate(months)))))
    query = select(which, func.count()).where(seen, at >= months[0].start, at < months[-1].end, *only)
    found = {row[0]: int(row[1]) for row in db.session.execute(query.group_by(which))}
    return [found.get(number, 0) for number in range(len(months))]
