"""Editions of the checklist as the console shows them, and what a new one would change before it is published.

Reads only; publishing is `server.services.checklists`.
"""

import base64
import binascii
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

import zstandard

from checklists.difference import Change, difference, difference_for
from checklists.editions import BadEdition, Edition
from patrol.errors import Invalid, NotFound
from patrol.mines import values_on
from patrol.permissions import Actor
from server.queries.checklists import get_edition, list_editions
from server.queries.mines import list_mines
from server.services import checklists, editions
from server.services.asked import mine_register

#: A compiled edition is some hundred kilobytes; more is no checklist.
LARGEST = 4 * 1024 * 1024
#: Items that are named to each mine; of a whole new checklist nobody reads more.
NAMED = 12
_ALL = {"limit": 500, "closed": False}


class EditionUnreadable(Invalid):
    """The file is no edition that this server understands."""

    code = "edition_unreadable"


def read_file(content: bytes) -> Edition:
    """The edition in a file. Raises EditionUnreadable with what is wrong."""
    if len(content) > LARGEST:
        raise EditionUnreadable(found="too_large")
    try:
        return Edition(content)
    except BadEdition as error:
        raise EditionUnreadable(found=f"{error.code}: {error.found}"[:200]) from error


def packed(edition: Edition) -> str:
    """The edition as a form carries it from the preview to the last word."""
    return base64.b64encode(zstandard.compress(edition.compiled)).decode()


def unpacked(carried: str) -> bytes:
    """What `packed` made. Raises EditionUnreadable."""
    try:
        return zstandard.ZstdDecompressor().decompress(base64.b64decode(carried, validate=True), LARGEST)
    except (binascii.Error, zstandard.ZstdError) as error:
        raise EditionUnreadable(found="carried") from error


def view_editions(actor: Actor, today: date) -> list[dict[str, Any]]:
    """Every edition of the county, newest first, with how it stands today."""
    rows = list_editions(actor)
    current = max((row for row in rows if row.in_force_from <= today), key=_rank, default=None)
    return [{"edition": row, "state": _state(row, current, today)} for row in rows]


def view_edition(actor: Actor, digest: str) -> dict[str, Any]:
    """One edition with its sections. Raises NotFound."""
    row = get_edition(actor, digest)
    opened = editions.find_edition(row.digest)
    if opened is None:
        raise NotFound("not_found", noun="checklist")
    return {"edition": row, "checklist": opened.checklist}


def preview(actor: Actor, after: Edition, today: date) -> dict[str, Any]:
    """What publishing would change: of the checklist, and for each mine on the edition's first day.

    Raises what publishing itself would raise for the edition.
    """
    checklists.require_publishable(actor.county, after)
    since = max(today, after.checklist.since)
    before = editions.find_in_force(actor.county, since)
    told: dict[str, Any] = {"after": after, "carried": packed(after), "before": before, "since": since}
    if before is None:
        return told | {"added": list(after.items), "removed": [], "changed": {}, "vocabulary": (), "mines": []}
    change = difference(before.checklist, after.checklist)
    titles = _titles(before) | _titles(after)
    return told | {
        "added": change.added,
        "removed": change.removed,
        "changed": {key: _lines(changes) for key, changes in change.changed.items()},
        "vocabulary": _lines(change.vocabulary),
        "titles": titles,
        "mines": [_for_mine(row, (before, after), titles, since) for row in list_mines(actor, _ALL).items],
    }


def _for_mine(mine: Any, compared: tuple[Edition, Edition], titles: Mapping[str, str], since: date) -> dict[str, Any]:
    """What one mine is asked more, no longer or otherwise: how many pairs, and the items that they are of."""
    register = mine_register(mine.id)
    change = difference_for(*compared, values_on(register.history, since), register.places, since)
    return {
        "mine": mine,
        "added": _asked(change.added, titles),
        "removed": _asked(change.removed, titles),
        "changed": _asked(change.changed, titles),
    }


def _asked(pairs: Collection[str], titles: Mapping[str, str]) -> dict[str, Any]:
    keys = dict.fromkeys(pair.partition("/")[0] for pair in pairs)
    named = [titles[key] for key in list(keys)[:NAMED]]
    return {"count": len(pairs), "named": named, "more": len(keys) - len(named)}


def _lines(changes: tuple[Change, ...]) -> list[tuple[str, str, str]]:
    return [(change.path, _word(change.before), _word(change.after)) for change in changes]


def _word(value: object) -> str:
    return "" if value is None else str(value)


def _titles(edition: Edition) -> dict[str, str]:
    return {key: item.title for key, item in edition.items.items()}


def _rank(row: Any) -> tuple[date, int]:
    return row.in_force_from, row.number


def _state(row: Any, current: Any, today: date) -> str:
    if row is current:
        return "in_force"
    return "to_come" if row.in_force_from > today else "over"
