"""Finds photos with whom something is left to do, whatever became of the queue. The rows are the truth."""

import logging
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, or_, select, union

from server.db import db, run
from server.models.photo import Photo, PhotoFile
from server.services import photo_parts, photo_processing

log = logging.getLogger(__name__)

#: So long the doorbell has precedence.
GRACE = timedelta(seconds=30)
#: Below the time limit of a job.
WORKS_S = 240
_AT_MOST = 1000
_FOR_EVER = datetime.max.replace(tzinfo=UTC)
#: In whose name a digest is held while it is processed, so that two workers do not both.
_WORKER = "worker"

_LEFT = union(
    select(PhotoFile.digest).where(
        PhotoFile.processed_at.is_(None), PhotoFile.refusal.is_(None), PhotoFile.arrived_at <= bindparam("before")
    ),
    select(Photo.digest)
    .join(PhotoFile, PhotoFile.digest == Photo.digest)
    .where(Photo.processed_at.is_(None), Photo.refusal.is_(None))
    .where(or_(PhotoFile.processed_at.is_not(None), PhotoFile.refusal.is_not(None))),
).limit(_AT_MOST)


def left(before: datetime) -> list[str]:
    """Digests that have waited since `before`."""
    found = [row.digest for row in run(_LEFT, {"before": before})]
    db.session.rollback()
    return found


def sweep(now: datetime) -> int:
    """Process what is left, as much as fits into one job, and remove parts that expired; returns how many."""
    photo_parts.sweep(now)
    return _process_all(now - GRACE, now, time.monotonic() + WORKS_S)


def process_waiting(now: datetime) -> int:
    """Process whatever waits, what arrives meanwhile too, as much as fits into one job; returns how many."""
    until, total = time.monotonic() + WORKS_S, 0
    while done := _process_all(_FOR_EVER, now, until):
        total += done
    return total


def _process_all(before: datetime, now: datetime, until: float) -> int:
    done = 0
    for digest in left(before):
        if time.monotonic() > until:
            break
        done += _process(digest, now)
    return done


def _process(digest: str, now: datetime) -> bool:
    """One photo that cannot be processed must not keep the rest waiting."""
    try:
        with photo_parts.held(_WORKER, digest) as mark:
            try:
                return photo_processing.process(digest, now)
            finally:
                mark.discard()
    except photo_parts.BeingWritten:
        return False
    except Exception:
        log.exception("photo %s is left to the next sweep", digest)
        return False
    finally:
        db.session.rollback()
