"""The county's board: which mine is not covered, which week has no round, what is overdue. Reads only."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from patrol.coverage import Figures
from patrol.duties import DutyFacts, DutyState, state_of
from patrol.errors import Invalid
from patrol.pace import pace
from patrol.periods import Period, PeriodKind, parse, periods_between
from patrol.permissions import Actor
from server.queries import board as queries
from server.queries.board import Alike
from server.queries.paging import decode_cursor, encode_cursor

_NOTHING = (0, 0, 0)


def view_board(actor: Actor, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Totals of everything in reach, and one page of mines × weeks. Raises Invalid for a month that there is not."""
    month = parse(wanted["month"])
    if month.kind is not PeriodKind.MONTH:
        raise Invalid("bad_period", period=wanted["month"])
    weeks = periods_between(PeriodKind.WEEK, month.first, month.last)
    items, following = _page(actor, month, weeks, wanted, today)
    return {
        "month": month.id,
        "weeks": [{"week": week.id, "first_day": week.first, "last_day": week.last} for week in weeks],
        "totals": _totals(actor, month, weeks, today),
        "items": items,
        "next": following,
    }


def _totals(actor: Actor, month: Period, weeks: Iterable[Period], today: date) -> dict[str, Any]:
    months = queries.months_alike(actor, month)
    rounds = queries.weeks_alike(actor, tuple(weeks))
    opened, overdue, major = queries.all_open_findings(actor, today)
    return {
        "mines": sum(alike.duties for alike in months),
        "applicable": sum(alike.applicable for alike in months),
        "judged": sum(alike.judged for alike in months),
        "monthly": _states(months, month, today),
        "weekly": [
            {"week": week.id} | _states((alike for alike in rounds if alike.period == week.id), week, today)
            for week in weeks
        ],
        "open_findings": opened,
        "overdue_findings": overdue,
        "major_findings": major,
    }


def _states(alikes: Iterable[Alike], period: Period, today: date) -> dict[str, int]:
    counted: Counter[str] = Counter({state.value: 0 for state in DutyState})
    for alike in alikes:
        counted[state_of(period, alike.facts, today, excused=alike.excused).value] += alike.duties
    return dict(counted)


def _page(
    actor: Actor, month: Period, weeks: tuple[Period, ...], wanted: Mapping[str, Any], today: date
) -> tuple[list[dict[str, Any]], str | None]:
    beyond = decode_cursor(wanted["cursor"], 2) if wanted.get("cursor") else None
    limit = wanted["limit"]
    rows = queries.month_rows(actor, month, beyond, limit + 1)
    shown = rows[:limit]
    mines = [row.id for row in shown]
    findings = queries.open_findings(actor, today, mines)
    rounds = _rounds(actor, weeks, mines, today)
    items = [_mine(row, month, today) | _found(findings.get(row.id, _NOTHING), rounds.get(row.id, {})) for row in shown]
    following = encode_cursor([shown[-1].code, shown[-1].id]) if len(rows) > limit else None
    return items, following


def _mine(row: Any, month: Period, today: date) -> dict[str, Any]:
    figures = Figures(row.applicable, row.judged, row.unseen, row.failed)
    facts = DutyFacts(bool(row.begun), bool(row.met), bool(row.late))
    return {
        "mine_id": row.id,
        "code": row.code,
        "name": row.name,
        "township": row.township,
        "team_id": row.team_id,
        "applicable": figures.applicable,
        "judged": figures.judged,
        "unseen": figures.unseen,
        "failed": figures.failed,
        "ratio": figures.ratio,
        "expected": pace(figures, month, today).expected,
        "state": state_of(month, facts, today, excused=bool(row.excused)).value,
        "late": facts.met and facts.late,
    }


def _found(findings: tuple[int, int, int], rounds: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    opened, overdue, major = findings
    return {
        "open_findings": opened,
        "overdue_findings": overdue,
        "major_findings": major,
        "weeks": [rounds[week] for week in sorted(rounds)],
    }


def _rounds(
    actor: Actor, weeks: tuple[Period, ...], mines: list[str], today: date
) -> dict[str, dict[str, dict[str, Any]]]:
    """Mine → week → how its round stands."""
    named = {week.id: week for week in weeks}
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for row in queries.week_rows(actor, weeks, mines):
        facts = DutyFacts(bool(row.begun), bool(row.met), bool(row.late))
        state = state_of(named[row.week], facts, today, excused=bool(row.excused))
        told = {"week": row.week, "state": state.value, "late": facts.met and facts.late}
        found.setdefault(row.mine, {})[row.week] = told
    return found
