"""The board's facts, counted by the database: how many duties stand alike, and the rows of one page of mines.

Costs what a county has of mines, never what it has of years. The SQL only tells facts apart;
which state they amount to is `patrol.duties`.
"""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    CTE,
    ColumnElement,
    Date,
    Row,
    Select,
    String,
    and_,
    case,
    column,
    false,
    func,
    or_,
    select,
    values,
)

from patrol.duties import DutyFacts, DutyKind
from patrol.periods import Period
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.contract import Contract, Excuse
from server.models.coverage import CoverageMonth, WeekRound
from server.models.finding import Finding
from server.models.mine import Mine
from server.queries.findings import is_overdue
from server.queries.reach import open_on, within


class Alike(NamedTuple):
    """`duties` duties of a period with the same facts, and the sums of their pairs (months only)."""

    period: str
    facts: DutyFacts
    excused: bool
    duties: int
    applicable: int = 0
    judged: int = 0


def months_alike(actor: Actor, month: Period) -> list[Alike]:
    """The month's duties in reach, counted by their facts."""
    facts = _month_facts(actor, month).subquery()
    sums = (func.count(), func.coalesce(func.sum(facts.c.applicable), 0), func.coalesce(func.sum(facts.c.judged), 0))
    told = (facts.c.begun, facts.c.met, facts.c.late, facts.c.excused)
    query = select(*told, *sums).group_by(*told)
    return [
        Alike(month.id, DutyFacts(bool(begun), bool(met), bool(late)), bool(excused), duties, applicable, judged)
        for begun, met, late, excused, duties, applicable, judged in db.session.execute(query)
    ]


def weeks_alike(actor: Actor, weeks: Sequence[Period]) -> list[Alike]:
    """The weeks' duties in reach, counted by their facts."""
    facts = _week_facts(actor, weeks).subquery()
    told = (facts.c.week, facts.c.begun, facts.c.met, facts.c.late, facts.c.excused)
    query = select(*told, func.count()).group_by(*told)
    return [
        Alike(week, DutyFacts(bool(begun), bool(met), bool(late)), bool(excused), duties)
        for week, begun, met, late, excused, duties in db.session.execute(query)
    ]


def month_rows(actor: Actor, month: Period, beyond: tuple[str, ...] | None, limit: int) -> Sequence[Row[Any]]:
    """One row a mine in the order of their codes: its bearer, its counts, the month's facts."""
    query = _month_facts(actor, month).order_by(Mine.code, Mine.id).limit(limit)
    if beyond is not None:
        query = query.where(or_(Mine.code > beyond[0], and_(Mine.code == beyond[0], Mine.id > beyond[1])))
    return db.session.execute(query).all()


def week_rows(actor: Actor, weeks: Sequence[Period], mines: Collection[str]) -> Sequence[Row[Any]]:
    """One row a duty of a week, of the mines named."""
    return db.session.execute(_week_facts(actor, weeks, mines)).all()


def open_findings(actor: Actor, today: date, mines: Collection[str]) -> dict[str, tuple[int, int, int]]:
    """Mine → open findings, overdue ones, suspected and confirmed majors among them."""
    query = _open_findings(actor, today).where(Finding.mine_id.in_(mines)).add_columns(Finding.mine_id)
    found = db.session.execute(query.group_by(Finding.mine_id))
    return {mine: (count, overdue, major) for count, overdue, major, mine in found}


def all_open_findings(actor: Actor, today: date) -> tuple[int, int, int]:
    """The same counts of all mines in reach."""
    count, overdue, major = db.session.execute(_open_findings(actor, today)).one()
    return count, overdue, major


def _open_findings(actor: Actor, today: date) -> Select[Any]:
    seen = reach(actor, Verb.FINDING_READ)
    overdue = func.coalesce(func.sum(case((is_overdue(today), 1), else_=0)), 0)
    major = func.coalesce(func.sum(case((Finding.severity.in_(("suspected_major", "major")), 1), else_=0)), 0)
    return select(func.count(), overdue, major).where(
        within(seen, Finding.county_id, mine=Finding.mine_id), Finding.closed_at.is_(None)
    )


def _bearers(actor: Actor) -> ColumnElement[bool]:
    seen = reach(actor, Verb.DUTY_READ)
    return within(seen, Contract.county_id, team=Contract.team_id, mine=Contract.mine_id)


def _month_facts(actor: Actor, month: Period) -> Select[Any]:
    """One row a duty of the month."""
    excused = _excused(actor, _asked([month]), DutyKind.MONTHLY_FULL)
    kept = (CoverageMonth.mine_id == Mine.id) & (CoverageMonth.month == month.id)
    judged, applicable = func.coalesce(CoverageMonth.judged, 0), func.coalesce(CoverageMonth.applicable, 0)
    told: tuple[Any, ...] = (
        Mine.id,
        Mine.code,
        Mine.name,
        Mine.township,
        Contract.team_id,
        applicable.label("applicable"),
        judged.label("judged"),
        func.coalesce(CoverageMonth.unseen, 0).label("unseen"),
        func.coalesce(CoverageMonth.failed, 0).label("failed"),
        (judged + func.coalesce(CoverageMonth.unseen, 0) > 0).label("begun"),
        and_(applicable > 0, judged == applicable).label("met"),
        (func.coalesce(CoverageMonth.late_operations, 0) > 0).label("late"),
        excused.c.mine.is_not(None).label("excused"),
    )
    return (
        select(*told)
        .select_from(Contract)
        .join(Mine, Mine.id == Contract.mine_id)
        .outerjoin(CoverageMonth, kept)
        .outerjoin(excused, excused.c.mine == Mine.id)
        .where(_bearers(actor), open_on(Contract.from_date, Contract.until_date, month.last))
    )


def _week_facts(actor: Actor, weeks: Sequence[Period], mines: Collection[str] | None = None) -> Select[Any]:
    """One row a duty of a week: which mine, which week, and what its visits come to."""
    asked = _asked(weeks)
    excused, done = _excused(actor, asked, DutyKind.WEEKLY_ROUND), _rounds(actor, weeks, mines)
    told: tuple[Any, ...] = (
        Contract.mine_id.label("mine"),
        asked.c.period.label("week"),
        func.coalesce(done.c.begun, false()).label("begun"),
        func.coalesce(done.c.met, false()).label("met"),
        func.coalesce(done.c.late, false()).label("late"),
        excused.c.mine.is_not(None).label("excused"),
    )
    query = (
        select(*told)
        .select_from(Contract)
        .join(asked, open_on(Contract.from_date, Contract.until_date, asked.c.last))
        .outerjoin(done, (done.c.mine_id == Contract.mine_id) & (done.c.week == asked.c.period))
        .outerjoin(excused, (excused.c.mine == Contract.mine_id) & (excused.c.period == asked.c.period))
        .where(_bearers(actor))
    )
    return query if mines is None else query.where(Contract.mine_id.in_(mines))


def _rounds(actor: Actor, weeks: Sequence[Period], mines: Collection[str] | None) -> Any:
    """The kept rounds of these weeks. The weeks are named outright: joined by them alone, a planner reads all years."""
    query = select(WeekRound.mine_id, WeekRound.week, WeekRound.begun, WeekRound.met, WeekRound.late).where(
        WeekRound.county_id == actor.county, WeekRound.week.in_([week.id for week in weeks])
    )
    return (query if mines is None else query.where(WeekRound.mine_id.in_(mines))).subquery("done")


def _asked(periods: Sequence[Period]) -> CTE:
    """The periods as rows: id, first and last day."""
    columns = (column("period", String), column("first", Date), column("last", Date))
    return values(*columns).data([(period.id, period.first, period.last) for period in periods]).cte("asked")


def _excused(actor: Actor, asked: CTE, kind: DutyKind) -> Any:
    """(mine, period) for which an excuse covers every day."""
    covers = and_(Excuse.from_date <= asked.c.first, Excuse.until_date >= asked.c.last)
    return (
        select(Excuse.mine_id.label("mine"), asked.c.period)
        .join(asked, covers)
        .where(
            Excuse.county_id == actor.county,
            Excuse.duty_kind.in_((kind.value, "both")),
            Excuse.withdrawn_at.is_(None),
        )
        .distinct()
        .subquery("excused")
    )
