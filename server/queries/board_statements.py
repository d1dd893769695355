"""The board's statements, each made once for whoever sees the county, once for whoever sees some teams or mines of it.

They leave open `county`, `teams`, `mines`; of the period `period`, `first`, `last`; `today`; `shown`, a page's mines;
`code`, `mine`, `limit`. The SQL only tells facts apart; which state they amount to is `patrol.duties`.
"""

from functools import lru_cache, partial
from typing import Any, Literal

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, case, func, literal, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from patrol.duties import DutyKind
from server.among import among
from server.models.contract import Contract, Excuse
from server.models.coverage import CoverageMonth, WeekRound
from server.models.finding import Finding
from server.models.mine import Mine
from server.queries.findings import is_overdue
from server.queries.reach import open_on

#: An attribute of a model.
Column = InstrumentedAttribute[Any]
Scope = Literal["county", "some"]
GRAVE = ("suspected_major", "major")


def _own(scope: Scope, county: Column, mine: Column, team: Column | None = None) -> ColumnElement[bool]:
    """`within` with its values left open."""
    own: ColumnElement[bool] = county == bindparam("county")
    if scope == "county":
        return own
    terms = [among(mine, "mines")] if team is None else [among(team, "teams"), among(mine, "mines")]
    return and_(own, or_(*terms))


_bearers = partial(_own, county=Contract.county_id, mine=Contract.mine_id, team=Contract.team_id)


def _borne(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Contracts in reach that hold on the period's last day."""
    return _bearers(scope), open_on(Contract.from_date, Contract.until_date, bindparam("last"))


def _excused(kind: DutyKind) -> ColumnElement[bool]:
    """Whether an excuse covers every day of the period for the contract's mine."""
    covering = select(Excuse.mine_id).where(
        Excuse.county_id == bindparam("county"),
        Excuse.duty_kind.in_((literal(kind.value), literal("both"))),
        Excuse.withdrawn_at.is_(None),
        Excuse.from_date <= bindparam("first"),
        Excuse.until_date >= bindparam("last"),
    )
    return Contract.mine_id.in_(covering).label("excused")


_KEPT_MONTH = and_(
    CoverageMonth.mine_id == Contract.mine_id,
    CoverageMonth.county_id == bindparam("county"),
    CoverageMonth.month == bindparam("period"),
)
_KEPT_ROUND = and_(
    WeekRound.county_id == bindparam("county"),
    WeekRound.week == bindparam("period"),
    WeekRound.mine_id == Contract.mine_id,
)
_APPLICABLE, _JUDGED, _UNSEEN, _FAILED, _LATE = (
    func.coalesce(column, 0)
    for column in (
        CoverageMonth.applicable,
        CoverageMonth.judged,
        CoverageMonth.unseen,
        CoverageMonth.failed,
        CoverageMonth.late_operations,
    )
)
_MONTH_TOLD: tuple[Any, ...] = (
    (_JUDGED + _UNSEEN > 0).label("begun"),
    and_(_APPLICABLE > 0, _JUDGED == _APPLICABLE).label("met"),
    (_LATE > 0).label("late"),
    _excused(DutyKind.MONTHLY_FULL),
)
_WEEK_TOLD: tuple[Any, ...] = (
    WeekRound.begun,
    WeekRound.met,
    WeekRound.late,
    _excused(DutyKind.WEEKLY_ROUND),
)


@lru_cache
def months_alike(scope: Scope) -> Select[Any]:
    """The month's duties in reach, counted by their facts."""
    facts = (
        select(*_MONTH_TOLD, _APPLICABLE.label("applicable"), _JUDGED.label("judged"))
        .select_from(Contract)
        .outerjoin(CoverageMonth, _KEPT_MONTH)
        .where(*_borne(scope))
        .subquery()
    )
    told = (facts.c.begun, facts.c.met, facts.c.late, facts.c.excused)
    sums = (func.sum(facts.c.applicable).label("applicable"), func.sum(facts.c.judged).label("judged"))
    return select(*told, func.count().label("duties"), *sums).group_by(*told)


@lru_cache
def weeks_alike(scope: Scope) -> Select[Any]:
    """A week's duties in reach, counted by their facts; those without a round have none."""
    facts = (
        select(*_WEEK_TOLD)
        .select_from(Contract)
        .outerjoin(WeekRound, _KEPT_ROUND)
        .where(*_borne(scope))
        .subquery()
    )  # fmt: skip
    told = (facts.c.begun, facts.c.met, facts.c.late, facts.c.excused)
    return select(*told, func.count().label("duties")).group_by(*told)


@lru_cache
def month_rows(scope: Scope) -> Select[Any]:
    told: tuple[Any, ...] = (
        Mine.id,
        Mine.code,
        Mine.name,
        Mine.township,
        Contract.team_id,
        _APPLICABLE.label("applicable"),
        _JUDGED.label("judged"),
        _UNSEEN.label("unseen"),
        _FAILED.label("failed"),
        *_MONTH_TOLD,
    )
    return (
        select(*told)
        .select_from(Mine)
        .join(Contract, Contract.mine_id == Mine.id)
        .outerjoin(CoverageMonth, _KEPT_MONTH)
        .where(Mine.county_id == bindparam("county"), *_borne(scope))
        .order_by(Mine.code, Mine.id)
        .limit(bindparam("limit", type_=Integer))
    )


@lru_cache
def month_rows_beyond(scope: Scope) -> Select[Any]:
    return month_rows(scope).where(
        Mine.code >= bindparam("code"), or_(Mine.code > bindparam("code"), Mine.id > bindparam("mine"))
    )


@lru_cache
def week_rows(scope: Scope) -> Select[Any]:
    return (
        select(Contract.mine_id.label("mine"), *_WEEK_TOLD)
        .select_from(Contract)
        .outerjoin(WeekRound, _KEPT_ROUND)
        .where(*_borne(scope), among(Contract.mine_id, "shown"))
    )


def _counted() -> tuple[Any, ...]:
    told = {
        "overdue": is_overdue(bindparam("today")),
        "major": Finding.severity.in_([literal(severity) for severity in GRAVE]),
    }
    sums = (func.coalesce(func.sum(case((one, 1), else_=0)), 0).label(name) for name, one in told.items())
    return (func.count().label("opened"), *sums)


def _open(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    return _own(scope, Finding.county_id, Finding.mine_id), Finding.closed_at.is_(None)


@lru_cache
def all_open(scope: Scope) -> Select[Any]:
    return select(*_counted()).where(*_open(scope))


@lru_cache
def open_by_mine(scope: Scope) -> Select[Any]:
    named = among(Finding.mine_id, "shown")
    return select(Finding.mine_id, *_counted()).where(*_open(scope), named).group_by(Finding.mine_id)
