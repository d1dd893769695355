"""What the duties of a period are judged from: who bears them, visits of the week, counts of the month, excuses."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import or_, select

from patrol.contracts import Contract as ContractValue
from patrol.coverage import Figures
from patrol.duties import DutyFacts, DutyKind
from patrol.duties import Excuse as ExcuseValue
from patrol.periods import Period
from patrol.permissions import Actor, Verb, reach
from patrol.rounds import RoundVisit
from server.db import db
from server.models.contract import Contract, Excuse
from server.models.coverage import CoverageMonth
from server.models.visit import Visit
from server.queries.contracts import value_of
from server.queries.paging import Order, Page, page
from server.queries.reach import open_on, within

_KINDS = {kind.value: frozenset({kind}) for kind in DutyKind} | {"both": frozenset(DutyKind)}


def list_bearers(actor: Actor, period: Period, wanted: Mapping[str, Any]) -> Page[Contract]:
    """A page, by mine, of the contracts that hold on the period's last day; filters `team`, `mine`."""
    seen = reach(actor, Verb.DUTY_READ)
    query = select(Contract).where(
        within(seen, Contract.county_id, team=Contract.team_id, mine=Contract.mine_id),
        open_on(Contract.from_date, Contract.until_date, period.last),
    )
    if "team" in wanted:
        query = query.where(Contract.team_id == wanted["team"])
    if "mine" in wanted:
        query = query.where(Contract.mine_id == wanted["mine"])
    return page(query, Order((Contract.mine_id, Contract.id)), wanted)


def contracts_within(mines: Collection[str], period: Period) -> list[ContractValue]:
    """Every contract of the mines that holds on some day of the period."""
    query = select(Contract).where(
        Contract.mine_id.in_(mines),
        Contract.from_date <= period.last,
        or_(Contract.until_date.is_(None), Contract.until_date >= period.first),
    )
    return [value_of(row) for row in db.session.scalars(query)]


def round_visits(mines: Collection[str], week: Period) -> list[RoundVisit]:
    """The week's visits at the mines, void ones left out."""
    query = select(
        Visit.id,
        Visit.team_id,
        Visit.mine_id,
        Visit.local_date,
        Visit.round_required,
        Visit.round_answered,
        Visit.submitted_at,
        Visit.submission_received_at,
    ).where(
        Visit.mine_id.in_(mines),
        Visit.local_date.between(week.first, week.last),
        Visit.status != "void",
    )
    return [
        RoundVisit(
            visit=row.id,
            team=row.team_id,
            mine=row.mine_id,
            day=row.local_date,
            required=row.round_required,
            answered=row.round_answered,
            submitted=row.submitted_at is not None,
            late=row.submission_received_at is not None and row.submission_received_at >= week.end,
        )
        for row in db.session.execute(query)
    ]


def month_facts(mines: Collection[str], month: Period) -> dict[str, DutyFacts]:
    """Mine → what its monthly duty is judged from; mines that nobody has visited are left out."""
    query = select(
        CoverageMonth.mine_id,
        CoverageMonth.applicable,
        CoverageMonth.judged,
        CoverageMonth.unseen,
        CoverageMonth.late_operations,
    ).where(CoverageMonth.mine_id.in_(mines), CoverageMonth.month == month.id)
    return {
        row.mine_id: DutyFacts(
            begun=row.judged + row.unseen > 0,
            met=Figures(row.applicable, row.judged).met,
            late=row.late_operations > 0,
        )
        for row in db.session.execute(query)
    }


def excuses_within(mines: Collection[str], period: Period) -> list[ExcuseValue]:
    """The mines' excuses that cover the whole period and stand."""
    query = select(Excuse).where(
        Excuse.mine_id.in_(mines),
        Excuse.from_date <= period.first,
        Excuse.until_date >= period.last,
        Excuse.withdrawn_at.is_(None),
    )
    return [
        ExcuseValue(
            id=row.id,
            mine=row.mine_id,
            kinds=_KINDS[row.duty_kind],
            from_date=row.from_date,
            until_date=row.until_date,
            reason=row.reason,
            excused_by=row.excused_by,
            excused_at=row.excused_at,
        )
        for row in db.session.scalars(query)
    ]
