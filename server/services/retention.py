"""What is kept for a time only. Evidence is not among it: operations, photos, sealed records and the trail stay."""

from datetime import datetime, timedelta

from sqlalchemy import Delete, delete

from server.db import db
from server.models.device import EnrolmentCode
from server.models.segment import RefusedPush
from server.models.user import ConsoleSession, OneTimeLink
from server.services import device_tokens

#: Bytes that contradict a chain wait this long for whoever has to understand them (SPEC, CH).
REFUSED_KEPT = timedelta(days=90)
#: A code is answered again to the phone that used it, should its first answer have been lost.
CODES_KEPT = timedelta(days=30)


def forget_refused(now: datetime) -> int:
    """Remove refused pushes older than 90 days; returns how many."""
    return _remove(delete(RefusedPush).where(RefusedPush.received_at < now - REFUSED_KEPT))


def forget_secrets(now: datetime) -> int:
    """Remove tokens, sessions, links and codes that open nothing any more; returns how many."""
    return (
        device_tokens.sweep(now)
        + _remove(delete(ConsoleSession).where(ConsoleSession.expires_at <= now))
        + _remove(delete(OneTimeLink).where(OneTimeLink.expires_at <= now))
        + _remove(delete(EnrolmentCode).where(EnrolmentCode.expires_at <= now - CODES_KEPT))
    )


def _remove(statement: Delete) -> int:
    return int(db.session.connection().execute(statement).rowcount)
