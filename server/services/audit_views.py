"""The audit trail as the console shows it: who did what to what, each change with before and after. Reads only."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from patrol.permissions import Actor
from server.models.audit import AuditEntry
from server.queries import audit, people
from server.queries.paging import Page
from server.services import editions

#: Kinds of rows that have a page of their own, and where.
_PAGES = {
    "user_account": "/users",
    "team": "/teams",
    "mine": "/mines",
    "contract": "/contracts",
    "device": "/phones",
    "visit": "/visits",
    "finding": "/findings",
}
#: So much of an id tells things apart for a reader.
_ENOUGH = 8
#: What tells a reader nothing: counters of changes, the row's own id, which stands beside it, and the reader's own
#: county.
_COUNTED = frozenset({"version", "feed_seq", "id", "operation", "county_id", "picture"})
#: Columns that hold the id of something with a name: of which kind.
_NAMED = {
    "user_id": "user_account",
    "excused_by": "user_account",
    "published_by": "user_account",
    "recorded_by": "user_account",
    "confirmed_by": "user_account",
    "revoked_by": "user_account",
    "mine_id": "mine",
    "team_id": "team",
    "place_id": "place",
    "device_id": "device",
}
#: Columns that hold a key of the checklist, by the kind of row.
_ENTITLED = frozenset({("place", "kind"), ("mine_attribute", "name")})
Change = tuple[str, Any, Any]


def view_trail(actor: Actor, wanted: Mapping[str, Any], today: date) -> Page[dict[str, Any]]:
    """A page of the trail, newest first."""
    found = audit.list_entries(actor, wanted)
    names = people.names_of(entry.actor_id for entry in found.items)
    changed = {entry.id: changes(entry.before, entry.after) for entry in found.items}
    subjects = people.names_of_subjects(
        [(entry.subject_kind, entry.subject_id) for entry in found.items]
        + [pair for of_entry in changed.values() for pair in _ids(of_entry)]
    )
    titles = _titles(actor.county, today)
    rows = [
        {
            "entry": entry,
            "who": names.get(entry.actor_id or "", entry.actor_id),
            "subject": subjects.get(entry.subject_id, entry.subject_id[:_ENOUGH]),
            "is_new": entry.before is None and not _is_act(entry.after),
            "address": _address(entry),
            "changes": [_entitled(_by_name(change, subjects), entry, titles) for change in changed[entry.id]],
        }
        for entry in found.items
    ]
    return Page(rows, found.next)


def _ids(of_entry: Iterable[Change]) -> Iterator[tuple[str, str]]:
    for column, *values in of_entry:
        if kind := _NAMED.get(column):
            yield from ((kind, value) for value in values if value)


def _by_name(change: Change, names: Mapping[str, str]) -> Change:
    column, before, after = change
    return (column, names.get(before, before), names.get(after, after)) if column in _NAMED else change


def _entitled(change: Change, entry: AuditEntry, titles: Mapping[str, str]) -> Change:
    column, before, after = change
    if (entry.subject_kind, column) not in _ENTITLED:
        return change
    return column, titles.get(before, before), titles.get(after, after)


def _titles(county: str, today: date) -> dict[str, str]:
    """What the checklist in force calls kinds of place and attributes of mines."""
    edition = editions.find_in_force(county, today)
    if edition is None:
        return {}
    kinds, names = edition.checklist.places, edition.checklist.attributes
    return {key: one.title for key, one in kinds.items()} | {key: one.title for key, one in names.items()}


def changes(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """(column, before, after) of what differs; of a new row everything that it has."""
    old, new = _acted(_flat(after or {})) if _is_act(after) else (_flat(before or {}), _flat(after or {}))
    columns = [*new, *(column for column in old if column not in new)]
    return [
        (column, old.get(column), new.get(column))
        for column in columns
        if column not in _COUNTED and old.get(column) != new.get(column)
    ]


def _is_act(after: Mapping[str, Any] | None) -> bool:
    """Whether the entry holds a signed operation of the office instead of a row."""
    return after is not None and set(after) == {"operation", "body"}


def _acted(said: Mapping[str, Any]) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """As the thing stood when it was acted on, and what the act says."""
    stood = {name.removeprefix("stands."): value for name, value in said.items() if name.startswith("stands.")}
    return stood, stood | {name: value for name, value in said.items() if not name.startswith("stands.")}


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """Name → value; what is nested in a body stands by its own name."""
    flat: dict[str, Any] = {}
    for name, value in row.items():
        inner = _flat(value) if isinstance(value, Mapping) else {name: value}
        prefix = "stands." if name == "stands" else ""
        flat |= {f"{prefix}{one}": said for one, said in inner.items()}
    return flat


def _address(entry: AuditEntry) -> str | None:
    folder = _PAGES.get(entry.subject_kind)
    return f"{folder}/{entry.subject_id}" if folder else None
