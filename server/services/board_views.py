"""The board's page: which mine is not covered, which finding is overdue, which phone holds unsent work. Reads only.

Gathers what the page shows in a number of statements that does not grow with the mines; the states and the ranking are
the rules' to say.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from patrol.attention import MineMonth, attention
from patrol.duties import DutyState
from patrol.periods import Period, local_date, month_of, parse
from patrol.permissions import Actor
from server.queries import board_records as records
from server.services.board import view_board

#: Mines on one page of the matrix: more than a county has.
ROWS = 500
GROUPS = ("team", "township")


def view_board_page(actor: Actor, wanted: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Everything on the board of a month; `wanted` may hold month, group, team, township, state.

    Raises Invalid for a month that there is not.
    """
    today = local_date(now)
    month = parse(wanted["month"]) if wanted.get("month") else month_of(today)
    board = view_board(actor, {"month": month.id, "limit": ROWS}, today)
    teams = records.team_names(actor)
    rows = [_row(row, teams) for row in board["items"]]
    shown = [row for row in rows if _is_wanted(row, wanted)]
    mines = records.mines_working(actor)
    return {
        "today": today,
        "month": month,
        "is_running": today in month,
        "weeks": [_week(week, today) for week in board["weeks"]],
        "totals": board["totals"],
        "more": board["next"] is not None,
        "has_mines": bool(mines),
        "all_rows": len(rows),
        "groups": _grouped(shown, wanted.get("group", "team")),
        "choices": _choices(rows),
        "attention": _attention(rows, today),
        "uncontracted": [mine for mine in mines if mine.id not in {row["mine_id"] for row in rows}],
        "grave": records.grave_findings(actor),
        "overdue": [_overdue(row, today) for row in records.overdue_findings(actor, today)],
        "phones": phones_as_told(actor, now),
        "excuses": records.excuses_touching(actor, month),
        "late": [row for row in rows if row["late"] or any(week["late"] for week in row["weeks"])],
        "points": map_points(mines, rows),
    }


def _row(row: Mapping[str, Any], teams: Mapping[str, str]) -> dict[str, Any]:
    """A mine's row with its team's name and its rounds by week."""
    return {**row, "team": teams.get(row["team_id"], ""), "rounds": {week["week"]: week for week in row["weeks"]}}


def _week(week: Mapping[str, Any], today: date) -> dict[str, Any]:
    return {**week, "number": int(week["week"][-2:]), "is_running": week["first_day"] <= today <= week["last_day"]}


def _is_wanted(row: Mapping[str, Any], wanted: Mapping[str, Any]) -> bool:
    equal = (("team", "team_id"), ("township", "township"))
    if any(wanted.get(name) not in (None, row[column]) for name, column in equal):
        return False
    state = wanted.get("state")
    if state in (None, row["state"]):
        return True
    return bool(state == "overdue" and row["overdue_findings"]) or bool(state == "major" and row["major_findings"])


def _grouped(rows: Iterable[Mapping[str, Any]], group: str) -> list[dict[str, Any]]:
    """Rows under their team or township with the sums of the group, in the order in which the groups first appear."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["township"] if group == "township" else row["team"], []).append(row)
    return [{"name": name, "rows": rows, **_sums(rows)} for name, rows in sorted(found.items())]


def _sums(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    owed = [row for row in rows if row["state"] != DutyState.EXCUSED]
    sums = {name: sum(row[name] for row in owed) for name in ("applicable", "judged", "expected")}
    findings = {name: sum(row[name] for row in rows) for name in ("open_findings", "overdue_findings")}
    met = sum(row["state"] == DutyState.MET for row in rows)
    ratio = sums["judged"] / sums["applicable"] if sums["applicable"] else None
    return sums | findings | {"met": met, "ratio": ratio}


def _choices(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the filters offer, with how many mines each leaves."""
    return {
        "teams": sorted(Counter((row["team_id"], row["team"]) for row in rows).items(), key=lambda found: found[0][1]),
        "townships": sorted(Counter(row["township"] for row in rows).items()),
        "states": Counter(row["state"] for row in rows),
        "overdue": sum(row["overdue_findings"] > 0 for row in rows),
        "major": sum(row["major_findings"] > 0 for row in rows),
    }


def _attention(rows: Sequence[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    by_id = {row["mine_id"]: row for row in rows}
    return [{"row": by_id[one.mine], "told": one} for one in attention(map(_month_of, rows), today)]


def _month_of(row: Mapping[str, Any]) -> MineMonth:
    rounds = [(parse(week["week"]), DutyState(week["state"])) for week in row["weeks"]]
    figures = (row["applicable"], row["judged"], row["expected"])
    return MineMonth(row["mine_id"], DutyState(row["state"]), *figures, rounds)


def _overdue(row: Any, today: date) -> dict[str, Any]:
    return {"finding": row, "days": (today - row.due_on).days}


#: Silent for longer than a shift and the way home.
SILENT_AFTER_H = 24
#: A clock that is wrong by more makes times on records doubtful.
CLOCK_WRONG_MS = 5 * 60_000


def phones_as_told(actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Each phone in use as it last told of itself; nothing here is known to be so now."""
    return [_phone(row, now) for row in records.phones(actor)]


def _phone(row: Any, now: datetime) -> dict[str, Any]:
    hours = None if row.told_at is None else (now - row.told_at).total_seconds() / 3600
    return {
        "phone": row,
        "unsent": row.unsent_operations + row.unsent_photos,
        "silent": hours is None or hours > SILENT_AFTER_H,
        "clock_minutes": None if row.clock_error_ms is None else round(row.clock_error_ms / 60_000),
        "clock_wrong": row.clock_error_ms is not None and abs(row.clock_error_ms) > CLOCK_WRONG_MS,
    }


def map_points(mines: Iterable[Any], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Mines with a point, and the state that the month gives each; one without a contract has none."""
    by_id = {row["mine_id"]: row for row in rows}
    return [_point(mine, by_id.get(mine.id)) for mine in mines if mine.latitude is not None]


def _point(mine: Any, row: Mapping[str, Any] | None) -> dict[str, Any]:
    grave = row is not None and row["major_findings"] > 0
    return {
        "id": mine.id,
        "name": mine.name,
        "at": [mine.longitude, mine.latitude],
        "datum": mine.datum,
        "state": "none" if row is None else row["state"],
        "ratio": None if row is None else row["ratio"],
        "grave": grave,
        "overdue": 0 if row is None else row["overdue_findings"],
    }


#: Months that the picker offers: five years are kept, two are looked at.
_OFFERED = 24


def months_offered(today: date, shown: Period) -> list[Period]:
    """The months to choose from, the newest first; the one shown is always among them."""
    month = month_of(today)
    found = {shown}
    for _ in range(_OFFERED):
        found.add(month)
        month = month.previous
    return sorted(found, reverse=True)
