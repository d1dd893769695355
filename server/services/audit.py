"""Writes the audit trail: each office change with the row before and after, in the same transaction as the change."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import inspect

from patrol.permissions import Actor
from server.db import Base, db
from server.models.audit import AuditEntry
from server.models.user import User

#: Never copied into the trail, whatever the table.
SECRET_COLUMNS = frozenset({"password_hash", "token_hash", "code_hash", "check_code", "public_key", "sealed_seed"})
_SKIPPED = SECRET_COLUMNS | {"feed_seq", "registers", "data", "definition"}


def snapshot(row: Base) -> dict[str, Any]:
    """The row's columns as JSON, without secrets and blobs."""
    columns = inspect(row).mapper.column_attrs
    return {c.key: _plain(getattr(row, c.key)) for c in columns if c.key not in _SKIPPED}


def record(actor: Actor, now: datetime, verb: str, row: Base, before: Mapping[str, Any] | None) -> None:
    """Enter what `actor` did to `row`; `before` is its snapshot from earlier, None for what is new."""
    _enter(AuditEntry(at=now, county_id=actor.county, actor_id=actor.person, verb=verb), row, before)


def record_own(user: User, now: datetime, verb: str, before: Mapping[str, Any] | None, row: Base | None = None) -> None:
    """Enter what a person did to their own account, or to a `row` of it."""
    entry = AuditEntry(at=now, county_id=user.county_id, actor_id=user.id, verb=verb)
    _enter(entry, row or user, before)


def _enter(entry: AuditEntry, row: Base, before: Mapping[str, Any] | None) -> None:
    db.session.flush()
    entry.subject_kind, entry.subject_id = row.__tablename__, _key(row)
    entry.before = None if before is None else dict(before)
    entry.after = snapshot(row)
    db.session.add(entry)
    db.session.flush()


def _key(row: Base) -> str:
    """The id, or of a row known by a secret's hash the first half of that hash: enough to tell rows apart."""
    key = inspect(row).mapper.primary_key_from_instance(row)[0]
    hashed = inspect(row).mapper.primary_key[0].name in SECRET_COLUMNS
    return str(key)[:32] if hashed else str(key)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
