"""What a server does before it serves: notice a database that came back from an older copy.

Run once at the start, before the first request, and by the sweep every minute. Never changes anything but the epoch
and the mark.
"""

import fcntl
import logging
from datetime import datetime

from server.config import Config
from server.db import db, transaction
from server.highwater import HighWater, high_water
from server.services import epochs

log = logging.getLogger(__name__)


def arrive(config: Config, now: datetime) -> str | None:
    """Begin a new epoch where the database may be an older copy; returns why, as a code, or None.

    Needs an application context. Of several processes that start together one begins the epoch.
    """
    config.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    mark = high_water()
    with (config.data_dir / "arrival.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _check(mark, now)


def _check(mark: HighWater, now: datetime) -> str | None:
    with transaction():
        reason = epochs.rollback_suspected(db.session(), mark)
        if reason is not None:
            log.warning("a new epoch begins: %s", reason)
            epochs.begin(db.session(), reason, now)
        found = epochs.present(db.session())
    if reason is not None:
        mark.write(found)
    else:
        # Others may have raised it since the database was read: only raise, never set.
        mark.note(received=found.received, audit=found.audit)
    return reason


def begin_epoch(reason: str, now: datetime) -> str:
    """Begin an epoch because somebody says so; returns its id."""
    with transaction():
        epoch = epochs.begin(db.session(), reason, now).id
        found = epochs.present(db.session())
    high_water().write(found)
    return epoch
