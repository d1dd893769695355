"""The list of findings as its page shows it: rows with names and days, totals, the ladder, filters. Reads only."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from patrol.deadlines import MINE_OWES
from patrol.periods import local_date
from patrol.permissions import Actor, Verb, scopes
from server.models.finding import Finding
from server.queries import finding_lists, visit_lists
from server.queries.board_records import team_names
from server.services import editions
from server.services.finding_bulk import BULK, quick_step, steps_for


def view_rows(actor: Actor, wanted: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A page of findings; the counts are of all that the filters leave, not of the page."""
    today = local_date(now)
    page = finding_lists.list_rows(actor, wanted, today)
    names = finding_lists.names_of(page.items)
    edition = editions.find_in_force(actor.county, today)
    titles = {key: item.title for key, item in edition.items.items()} if edition else {}
    return {
        "rows": [_row(row, names, titles, actor, today) for row in page.items],
        "next": page.next,
        "counts": finding_lists.count_rows(actor, {k: v for k, v in wanted.items() if k != "rung"}, today),
        "total": finding_lists.count_rows(actor, wanted, today).total,
        "mines": list(visit_lists.mine_names(actor).items()),
        "teams": _teams(actor),
        "townships": finding_lists.townships(actor),
        "bulk": steps_for(actor.role),
        "today": today,
    }


def _teams(actor: Actor) -> list[tuple[str, str]]:
    if not scopes(actor.role, Verb.TEAM_READ):
        return []
    return sorted(team_names(actor).items(), key=lambda team: team[1])


def _row(
    row: Finding, names: Mapping[str, Mapping[str, str]], titles: Mapping[str, str], actor: Actor, today: date
) -> dict[str, Any]:
    days = (row.due_on - today).days if row.due_on else None
    quick = quick_step(actor.role, row.status)
    return {
        "finding": row,
        "mine": names["mines"].get(row.mine_id, ""),
        "place": names["places"].get(row.place_id or "", ""),
        "item": titles.get(row.item_key or "", row.item_key or ""),
        "recorder": names["people"].get(row.recorded_by, ""),
        "days": days,
        "counting": row.status in MINE_OWES,
        "quick": quick,
        "key": BULK[quick] if quick else "",
    }
