"""The county's board: which mine is not covered, which week has no round, what is overdue. Reads only."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from patrol.coverage import Figures
from patrol.duties import DutyFacts, DutyState, state_of
from patrol.errors import Invalid
from patrol.pace import pace
from patrol.periods import Period, PeriodKind, parse, periods_between
from patrol.permissions import Actor
from server.queries import board as queries
from server.queries.board import Alike, Overview
from server.queries.paging import decode_cursor, encode_cursor

_NOTHING = (0, 0, 0)


def view_board(actor: Actor, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Totals of everything in reach, and one page of mines × weeks. Raises Invalid for a month that there is not."""
    month = parse(wanted["month"])
    if month.kind is not PeriodKind.MONTH:
        raise Invalid("bad_period", period=wanted["month"])
    weeks = periods_between(PeriodKind.WEEK, month.first, month.last)
    beyond = decode_cursor(wanted["cursor"], 2) if wanted.get("cursor") else None
    limit = wanted["limit"]
    found = queries.overview(actor, month, weeks, today, (beyond, limit + 1))
    shown = found.rows[:limit]
    return {
        "month": month.id,
        "weeks": [{"week": week.id, "first_day": week.first, "last_day": week.last} for week in weeks],
        "totals": _totals(found, month, weeks, today),
        "items": _items(actor, shown, month, weeks, today),
        "next": encode_cursor([shown[-1].code, shown[-1].id]) if len(found.rows) > limit else None,
    }


def _totals(found: Overview, month: Period, weeks: Iterable[Period], today: date) -> dict[str, Any]:
    opened, overdue, major = found.findings
    return {
        "mines": sum(alike.duties for alike in found.months),
        "applicable": sum(alike.applicable for alike in found.months),
        "judged": sum(alike.judged for alike in found.months),
        "monthly": _states(found.months, month, today),
        "weekly": [
            {"week": week.id} | _states((alike for alike in found.weeks if alike.period == week.id), week, today)
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


def _items(
    actor: Actor, shown: Sequence[Any], month: Period, weeks: Sequence[Period], today: date
) -> list[dict[str, Any]]:
    findings, kept = queries.of_mines(actor, weeks, today, [row.id for row in shown])
    rounds = _rounds(kept, today)
    return [_mine(row, month, today) | _found(findings.get(row.id, _NOTHING), rounds.get(row.id, [])) for row in shown]


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


def _found(findings: tuple[int, int, int], rounds: list[dict[str, Any]]) -> dict[str, Any]:
    opened, overdue, major = findings
    return {"open_findings": opened, "overdue_findings": overdue, "major_findings": major, "weeks": rounds}


def _rounds(kept: Iterable[tuple[Period, Sequence[Any]]], today: date) -> dict[str, list[dict[str, Any]]]:
    """Mine → how its rounds stand, in the order of the weeks."""
    found: dict[str, list[dict[str, Any]]] = {}
    for week, rows in kept:
        name = week.id
        for row in rows:
            facts = DutyFacts(bool(row.begun), bool(row.met), bool(row.late))
            state = state_of(week, facts, today, excused=bool(row.excused))
            told = {"week": name, "state": state.value, "late": facts.met and facts.late}
            found.setdefault(row.mine, []).append(told)
    return found
