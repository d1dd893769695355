"""The list of mines, and the book of one (一矿一册): what it is, who holds it, what was done there. Reads only."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from checklists.definition import Checklist
from patrol.coverage import Figures
from patrol.pace import pace
from patrol.periods import month_of
from patrol.permissions import Actor, Verb, scopes
from patrol.plates import plate_of
from server.models.mine import Mine, MineAttribute
from server.queries import contracts, findings, mine_file, mines, visits
from server.queries.board_records import team_names
from server.services import editions

#: Rows of each list in the book; the rest is one link away.
SHOWN = 12
_NOTHING = (0, 0, 0)


def view_mines(actor: Actor, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of mines, each with its bearer, its month and its open findings; and how many the filters leave."""
    asked = {**wanted, "on": today}
    page = mine_file.find_mines(actor, asked)
    ids = [mine.id for mine in page.items]
    held = mine_file.bearers(actor, ids, today)
    counts = mine_file.month_counts(actor, ids, month_of(today).id)
    found = mine_file.open_findings(actor, ids, today)
    rows = [
        {"mine": mine, "bearer": held.get(mine.id), "findings": found.get(mine.id, _NOTHING)}
        | _month(counts.get(mine.id), today)
        for mine in page.items
    ]
    return {
        "rows": rows,
        "next": page.next,
        "count": mine_file.count_mines(actor, asked),
        "townships": [(name, name) for name in mine_file.townships(actor)],
        "teams": sorted(team_names(actor).items(), key=lambda team: team[1]) if _may(actor, Verb.CONTRACT_READ) else [],
    }


def _month(row: Any, today: date) -> dict[str, Any]:
    if row is None:
        return {"figures": None, "expected": 0}
    figures = Figures(row.applicable, row.judged, row.unseen, row.failed)
    return {"figures": figures, "expected": pace(figures, month_of(today), today).expected}


def view_mine(actor: Actor, mine_id: str, today: date) -> dict[str, Any]:
    """The book of a mine; chapters that the actor may not read are None. Raises NotFound."""
    mine = mines.get_mine(actor, mine_id)
    checklist = _checklist(mine, today)
    counts = mine_file.month_counts(actor, [mine.id], month_of(today).id).get(mine.id)
    return {
        "mine": mine,
        "today": today,
        "month": month_of(today),
        "bearer": mine_file.bearers(actor, [mine.id], today).get(mine.id),
        "open": mine_file.open_findings(actor, [mine.id], today).get(mine.id, _NOTHING),
        "attributes": attributes_told(mines.list_attributes(actor, mine.id, None), today, checklist),
        "places": places_told(mine_file.place_rows(mine.id), today, checklist),
        "contracts": _contracts(actor, mine) if _may(actor, Verb.CONTRACT_READ) else None,
        "teams": team_names(actor),
        "excuses": _excuses(actor, mine) if _may(actor, Verb.DUTY_READ) else None,
        "visits": _of(visits.list_visits, actor, mine) if _may(actor, Verb.VISIT_READ) else None,
        "findings": findings.list_findings(actor, {"mine": mine.id, "open": True, "limit": SHOWN}, today),
        "repeats": mine_file.repeats(actor, mine.id, SHOWN),
        "shows_coverage": _may(actor, Verb.COVERAGE_READ),
    } | _month(counts, today)


def _may(actor: Actor, verb: Verb) -> bool:
    return bool(scopes(actor.role, verb))


def _of(lister: Any, actor: Actor, mine: Mine) -> Any:
    return lister(actor, {"mine": mine.id, "limit": SHOWN})


def _contracts(actor: Actor, mine: Mine) -> Sequence[Any]:
    return contracts.list_contracts(actor, {"mine": mine.id, "limit": 100}).items


def _excuses(actor: Actor, mine: Mine) -> Sequence[Any]:
    return contracts.list_excuses(actor, {"mine": mine.id, "limit": 100}).items


def _checklist(mine: Mine, today: date) -> Checklist | None:
    edition = editions.find_in_force(mine.county_id, today)
    return edition.checklist if edition else None


def attributes_told(history: Iterable[MineAttribute], today: date, checklist: Checklist | None) -> list[dict[str, Any]]:
    """One entry an attribute of the mine itself: its title, the value in force, and its whole history, newest first.

    Grades and numbers come first, then what the mine has, then what it has not.
    """
    known = checklist.attributes if checklist else {}
    by_name: dict[str, list[MineAttribute]] = {}
    for entry in history:
        if entry.place_id is None:
            by_name.setdefault(entry.name, []).append(entry)
    told = [_attribute(n, known[n].title if n in known else n, entries, today) for n, entries in by_name.items()]
    return sorted(told, key=lambda one: (_rank(one["now"]), one["title"]))


def _rank(entry: MineAttribute | None) -> int:
    """What is so or not comes after the grades."""
    value = entry.value if entry else None
    return 1 if value is True else 2 if value is False else 0


def _attribute(name: str, title: str, entries: Sequence[MineAttribute], today: date) -> dict[str, Any]:
    newest_first = sorted(entries, key=lambda entry: (entry.from_date, entry.recorded_at), reverse=True)
    standing = next((entry for entry in newest_first if entry.from_date <= today), None)
    return {"name": name, "title": title, "now": standing, "history": newest_first}


def places_told(rows: Iterable[Any], today: date, checklist: Checklist | None) -> list[dict[str, Any]]:
    """Places by kind, each with its plate and whether it is in use today."""
    kinds = checklist.places if checklist else {}
    return [
        {
            "place": row,
            "kind": kinds[row.kind].title if row.kind in kinds else row.kind,
            "plate": plate_of(row.id, row.code),
            "in_use": row.opened_on <= today and (row.closed_on is None or today <= row.closed_on),
        }
        for row in rows
    ]


def view_plates(actor: Actor, mine_id: str, today: date) -> dict[str, Any]:
    """The plates of the confirmed places in use. Raises NotFound."""
    mine = mines.get_mine(actor, mine_id)
    told = places_told(mine_file.place_rows(mine.id), today, _checklist(mine, today))
    hanging = [
        one for one in told if one["place"].status == "confirmed" and (one["in_use"] or one["place"].opened_on > today)
    ]
    return {"mine": mine, "plates": hanging}
