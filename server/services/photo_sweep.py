"""Finds photos with whom something is left to do, whatever became of the queue. The rows are the truth."""

import logging
import time
from datetime import datetime, timedelta

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

_LEFT = union(
    select(PhotoFile.digest).where(
        PhotoFile.processed_at.is_(None), PhotoFile.refusal.is_(None), PhotoFile.arrived_at <= bindparam("before")
    ),
    select(Photo.digest)
    .join(PhotoFile, PhotoFile.digest == Photo.digest)
    .where(Photo.processed_at.is_(None), Photo.refusal.is_(None))
    .where(or_(PhotoFile.processed_at.is_not(None), PhotoFile.refusal.is_not(None))),
).limit(_AT_MOST)


def left(now: datetime) -> list[str]:
    """Digests that wait longer than the doorbell should take."""
    found = [row.digest for row in run(_LEFT, {"before": now - GRACE})]
    db.session.rollback()
    return found


def sweep(now: datetime) -> int:
    """Process what is left, as much as fits into one job, and remove parts that expired; returns how many."""
    photo_parts.sweep(now)
    until, done = time.monotonic() + WORKS_S, 0
    for digest in left(now):
        if time.monotonic() > until:
            break
        done += _process(digest, now)
    return done


def _process(digest: str, now: datetime) -> bool:
    """One photo that cannot be processed must not keep the rest waiting."""
    try:
        return photo_processing.process(digest, now)
    except Exception:
        log.exception("photo %s is left to the next sweep", digest)
        return False
    finally:
        db.session.rollback()
