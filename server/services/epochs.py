"""The server's epochs: a new one whenever the database may have lost what phones were told was stored (SPEC, part EP).

In a new epoch every phone offers everything again that is not known to be in a second copy; that costs bytes, a missed
rollback costs evidence. So whatever cannot be told is taken for a rollback.
"""

from datetime import datetime

from sqlalchemy import func, select, text

from server.db import db
from server.highwater import HighWater, Mark, Unreadable
from server.models.audit import AuditEntry
from server.models.feed import ServerEpoch
from server.models.segment import Segment
from server.tokens import new_id

_CLUSTER = text(
    "SELECT (SELECT system_identifier FROM pg_control_system())::text"
    " || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)"
    " || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def current() -> str:
    """The id of the epoch in force."""
    newest = select(ServerEpoch.id).order_by(ServerEpoch.number.desc()).limit(1)
    return db.session.scalars(newest).one()


def begin(reason: str, now: datetime) -> ServerEpoch:
    """Start a new epoch. Two that start one at once: the number is the key, and one of them fails."""
    newest = db.session.scalar(select(func.max(ServerEpoch.number))) or 0
    epoch = ServerEpoch(number=newest + 1, id=new_id(), reason=reason, started_at=now)
    db.session.add(epoch)
    db.session.flush()
    return epoch


def rollback_suspected(mark: HighWater) -> str | None:
    """Why this database may be an older copy of what this server has held, as a code; None where it is not.

    The mark is read before the database, so a server that is at work meanwhile is never taken for one that came back.
    """
    try:
        held = mark.read()
    except Unreadable:
        return "mark_unreadable"
    if db.session.scalar(select(func.count()).select_from(ServerEpoch)) == 0:
        return "first"
    return "mark_missing" if held is None else _difference(held, present())


def present() -> Mark:
    """How far this database is. It has an epoch."""
    return Mark(
        epoch=current(),
        store=_store(),
        segment=db.session.scalar(select(func.max(Segment.id))) or 0,
        audit=db.session.scalar(select(func.max(AuditEntry.id))) or 0,
    )


def _difference(held: Mark, found: Mark) -> str | None:
    known = db.session.scalar(select(ServerEpoch.number).where(ServerEpoch.id == held.epoch))
    if known is None:
        return "older_copy"
    if held.store != found.store:
        return "another_database"
    if found.segment < held.segment or found.audit < held.audit:
        return "rolled_back"
    return None


def _store() -> str:
    """Names the cluster, its timeline (a recovery to a point in time and a promoted replica begin a new one) and the
    database. SQLite has no such name: there the counts must tell.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        return "sqlite"
    return str(db.session.scalars(_CLUSTER).one())
