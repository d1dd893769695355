"""What was set aside from phones (隔离区) as the console shows it: whose it is, what it says, why it was kept.

Reads only.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from patrol.permissions import Actor
from server.models.segment import WithheldOperation
from server.queries import withheld
from server.queries.paging import Page
from server.queries.people import names_of_subjects
from sync import operations as ops

#: What binds operations to each other and to bytes, and tells a reader nothing.
_PLUMBING = frozenset({"sha256", "picture", "seen", "edition", "key", "alg", "hash", "proof", "stands"})
_UID = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]")
#: Fields that name somebody or something, and the kind under which its name is found.
_NAMING: Mapping[str, str] = {
    "team": "team",
    "mine": "mine",
    "place": "place",
    "within": "place",
    "person": "user_account",
}
_SAID_NOTHING: tuple[object, ...] = (None, "", [], {})


def view_withheld(actor: Actor, wanted: Mapping[str, Any]) -> Page[dict[str, Any]]:
    """A page of what was set aside, newest first, with who wrote it, what it says, and why it was kept so far."""
    found = withheld.list_withheld(actor, wanted)
    authors = withheld.authors_of({row.chain_id for row in found.items})
    kept = withheld.kept_because(actor, [row.uid for row in found.items])
    said = {row.uid: list(_said(row)) for row in found.items}
    names = names_of_subjects(_named(said))
    rows = [_shown(row, authors[row.chain_id], kept.get(row.uid), said[row.uid], names) for row in found.items]
    return Page(rows, found.next)


def _shown(row: WithheldOperation, author: Any, kept: str | None, said: list[tuple[str, Any]], names: Any) -> Any:
    return {
        "row": row,
        "person": author.name or author.user_id,
        "phone": author.label,
        "kind": ops.decode(row.data).kind,
        "said": [(name, _told(name, value, names)) for name, value in said],
        "kept": kept,
    }


def _said(row: WithheldOperation) -> Iterator[tuple[str, Any]]:
    """The body's own words, field by field: nobody decides about what was not read."""
    body = ops.decode(row.data).body
    return _flat(msgspec.to_builtins(body)) if isinstance(body, msgspec.Struct) else iter(())


def _flat(fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in fields.items():
        if name in _PLUMBING or value in _SAID_NOTHING or (name not in _NAMING and _UID.fullmatch(str(value))):
            continue
        if isinstance(value, dict):
            yield from _flat(value)
        else:
            yield name, value


def _named(said: Mapping[str, list[tuple[str, Any]]]) -> Iterator[tuple[str, str]]:
    return ((_NAMING[name], str(value)) for fields in said.values() for name, value in fields if name in _NAMING)


def _told(name: str, value: Any, names: Mapping[str, str]) -> str:
    if isinstance(value, list):
        return "、".join(str(one) for one in value)
    return names.get(str(value), str(value)) if name in _NAMING else str(value)
