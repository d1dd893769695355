"""The board's facts, counted by the database: how many duties stand alike, and the rows of one page of mines.

Costs what a county has of mines, never what it has of years, and two round trips.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select

from patrol.duties import DutyFacts
from patrol.periods import Period
from patrol.permissions import Actor, Verb, reach
from server import direct
from server.direct import Question
from server.queries import board_statements as statements
from server.queries.board_statements import Scope


class Alike(NamedTuple):
    """`duties` duties of a period with the same facts, and the sums of their pairs (months only)."""

    period: str
    facts: DutyFacts
    excused: bool
    duties: int
    applicable: int = 0
    judged: int = 0


class Overview(NamedTuple):
    """What is asked of all mines in reach, and the month's rows of the first of those wanted."""

    months: list[Alike]
    weeks: list[Alike]
    #: Open findings; overdue ones, suspected and confirmed majors among them.
    findings: tuple[int, int, int]
    rows: Sequence[Any]


def overview(
    actor: Actor, month: Period, weeks: Sequence[Period], today: date, page: tuple[tuple[str, ...] | None, int]
) -> Overview:
    """Ask in one round trip. `page`: the code and id of the mine after which it begins, and how many rows."""
    rounds = [_question(actor, Verb.DUTY_READ, statements.weeks_alike, _days(week)) for week in weeks]
    months, findings, rows, *each = direct.ask_all(
        [
            _question(actor, Verb.DUTY_READ, statements.months_alike, _days(month)),
            _question(actor, Verb.FINDING_READ, statements.all_open, {"today": today}),
            _rows_of(actor, month, *page),
            *rounds,
        ]
    )
    return Overview(
        [Alike(month.id, *_told(row), row.duties, row.applicable, row.judged) for row in months],
        [
            Alike(week.id, *_told(row), row.duties)
            for week, found in zip(weeks, each, strict=True) for row in found
        ],
        tuple(findings[0]),
        rows,
    )  # fmt: skip


def of_mines(
    actor: Actor, weeks: Sequence[Period], today: date, mines: Sequence[str]
) -> tuple[dict[str, tuple[int, int, int]], list[tuple[Period, Sequence[Any]]]]:
    """Mine → its counts of open findings; and of each week one row a duty, of the mines named. One round trip."""
    named = {"shown": list(mines)}
    rounds = [_question(actor, Verb.DUTY_READ, statements.week_rows, _days(week) | named) for week in weeks]
    findings, *each = direct.ask_all(
        [_question(actor, Verb.FINDING_READ, statements.open_by_mine, {"today": today} | named), *rounds]
    )
    return {mine: (opened, overdue, major) for mine, opened, overdue, major in findings}, [
        *zip(weeks, each, strict=True)
    ]


def _told(row: Any) -> tuple[DutyFacts, bool]:
    return DutyFacts(bool(row.begun), bool(row.met), bool(row.late)), bool(row.excused)


def _days(period: Period) -> dict[str, Any]:
    return {"period": period.id, "first": period.first, "last": period.last}


def _rows_of(actor: Actor, month: Period, beyond: tuple[str, ...] | None, limit: int) -> Question:
    """One row a mine in the order of their codes: its bearer, its counts, the month's facts."""
    facts = _days(month) | {"limit": limit}
    if beyond is None:
        return _question(actor, Verb.DUTY_READ, statements.month_rows, facts)
    return _question(
        actor, Verb.DUTY_READ, statements.month_rows_beyond, facts | {"code": beyond[0], "mine": beyond[1]}
    )


def _question(actor: Actor, verb: Verb, made: Callable[[Scope], Select[Any]], facts: dict[str, Any]) -> Question:
    seen = reach(actor, verb)
    county: dict[str, Any] = facts | {"county": seen.county}
    if seen.whole:
        return made("county"), county
    return made("some"), county | {"teams": sorted(seen.teams), "mines": sorted(seen.mines)}
