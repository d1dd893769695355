"""The server's epochs: a new one whenever the database may have lost what phones were told was stored (SPEC, part EP).

In a new epoch every phone offers everything again that is not known to be in a second copy; that costs bytes, a missed
rollback costs evidence. So whatever cannot be told is taken for a rollback.
"""

from datetime import datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from server import direct
from server.highwater import HighWater, Mark, Unreadable
from server.models.audit import AuditEntry
from server.models.feed import ServerEpoch
from server.models.segment import Segment
from server.queries.log import milliseconds
from server.tokens import new_id

_CROSSING = 1000
_CLUSTER = text(
    "SELECT (SELECT system_identifier FROM pg_control_system())::text"
    " || '/' || substr(pg_walfile_name(pg_current_wal_insert_lsn()), 1, 8)"
    " || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
)


#: The epoch in force.
NEWEST = select(ServerEpoch.id).order_by(ServerEpoch.number.desc()).limit(1)


def current() -> str:
    """The id of the epoch in force."""
    return str(direct.ask(*asked())[0].id)


def asked() -> direct.Question:
    """What `current` asks."""
    return NEWEST, {}


def begin(session: Session, reason: str, now: datetime) -> ServerEpoch:
    """Start a new epoch. Two that start one at once: the number is the key, and one of them fails."""
    newest = session.scalar(select(func.max(ServerEpoch.number))) or 0
    epoch = ServerEpoch(number=newest + 1, id=new_id(), reason=reason, started_at=now)
    session.add(epoch)
    session.flush()
    return epoch


def rollback_suspected(session: Session, mark: HighWater) -> str | None:
    """Why this database may be an older copy of what this server has held, as a code; None where it is not.

    The mark is read before the database, so a server that is at work meanwhile is never taken for one that came back.
    """
    try:
        held = mark.read()
    except Unreadable:
        return "mark_unreadable"
    if session.scalar(select(func.count()).select_from(ServerEpoch)) == 0:
        return "first"
    return "mark_missing" if held is None else _difference(session, held)


def present(session: Session) -> Mark:
    """How far this database is. It has an epoch."""
    return Mark(
        epoch=_newest(session),
        store=_store(session),
        received=_newest_push(session),
        audit=session.scalar(select(func.max(AuditEntry.id))) or 0,
    )


def _newest(session: Session) -> str:
    return str(session.connection().execute(NEWEST).scalar_one())


def _newest_push(session: Session) -> int:
    """Ids are given out before commits and times may cross, so a few of the newest rows are looked at."""
    newest = select(Segment.received_at).order_by(Segment.id.desc()).limit(_CROSSING).subquery()
    received = session.scalar(select(func.max(newest.c.received_at)))
    return milliseconds(received) if received else 0


def _difference(session: Session, held: Mark) -> str | None:
    found = present(session)
    if session.scalar(select(ServerEpoch.number).where(ServerEpoch.id == held.epoch)) is None:
        return "older_copy"
    if held.store != found.store:
        return "another_database"
    if found.received < held.received or found.audit < held.audit:
        return "rolled_back"
    return None


def _store(session: Session) -> str:
    """Names the cluster, its timeline (a recovery to a point in time and a promoted replica begin a new one) and the
    database. SQLite has no such name: there the counts must tell.
    """
    if session.get_bind().dialect.name == "sqlite":
        return "sqlite"
    return str(session.scalars(_CLUSTER).one())
