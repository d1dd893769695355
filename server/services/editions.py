"""Published editions, opened once a process: opening one costs milliseconds, and it never changes.

Reads only. Publishing is `server.services.checklists`.
"""

from datetime import date

from sqlalchemy import select

from checklists.editions import Edition
from patrol.errors import NotFound
from server.db import db
from server.models.checklist import ChecklistEdition
from server.queries.checklists import definition_bytes, find_edition_in_force

#: A county keeps two or three in use at a time; one is a few megabytes in memory.
_KEPT = 64
_opened: dict[str, Edition] = {}


def find_edition(digest: str) -> Edition | None:
    """The edition with this digest, or None. Equal digests are equal bytes, in whatever county."""
    opened = _opened.get(digest)
    if opened is not None:
        return opened
    stored = db.session.scalar(select(ChecklistEdition).where(ChecklistEdition.digest == digest).limit(1))
    return None if stored is None else _keep(stored)


def edition_in_force(county: str, day: date) -> Edition:
    """The county's edition in force on a day. Raises NotFound before the first is published."""
    found = find_in_force(county, day)
    if found is None:
        raise NotFound("no_edition_in_force", day=day.isoformat())
    return found


def find_in_force(county: str, day: date) -> Edition | None:
    """The county's edition in force on a day; None before the first is published."""
    stored = find_edition_in_force(county, day)
    if stored is None:
        return None
    return _opened.get(stored.digest) or _keep(stored)


def _keep(stored: ChecklistEdition) -> Edition:
    if len(_opened) >= _KEPT:
        _opened.clear()
    opened = Edition(definition_bytes(stored))
    _opened[stored.digest] = opened
    return opened
