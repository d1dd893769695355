"""Moves what a visit says of its photos: its counts, its state where that hangs on bytes, and its rows in the feed.

The one place where a visit's header follows the arrival and the processing of bytes. Decides nothing: which photos
stand and what the state is follows from the sheet, and is `sync`'s to say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from server.db import db, run
from server.models.photo import Photo
from server.models.visit import Visit, VisitSheet
from server.services import feed
from sync.sheets import decode
from sync.visits import photos, state_of

_HOMES = (
    select(Photo.visit_id, Visit.team_id)
    .join(Visit, Visit.id == Photo.visit_id)
    .where(Photo.digest == bindparam("digest"))
    .distinct()
)
_VISIT = (
    select(Visit.status, VisitSheet.data)
    .join(VisitSheet, VisitSheet.visit_id == Visit.id)
    .where(Visit.id == bindparam("visit"))
)
_PHOTOS = select(Photo.id, Photo.digest, Photo.arrived_at, Photo.processed_at, Photo.refusal).where(
    Photo.visit_id == bindparam("visit")
)
_MOVE = (
    update(Visit)
    .where(Visit.id == bindparam("of_visit"))
    .values(
        status=bindparam("to_status"),
        changed_at=bindparam("now"),
        photos_declared=bindparam("declared"),
        photos_arrived=bindparam("arrived"),
        photos_processed=bindparam("processed"),
        photos_refused=bindparam("refused"),
        photos_seq=bindparam("seq"),
        feed_seq=func.coalesce(bindparam("status_seq"), Visit.feed_seq),
    )
)


@dataclass(frozen=True, slots=True)
class Home:
    """A visit that names a photo, and the team whose phones are told."""

    visit: str
    team: str


def hold(digest: str) -> tuple[Home, ...]:
    """The visits that name `digest`, their streams locked until the commit, in the order of everybody."""
    homes = tuple(Home(row.visit_id, row.team_id) for row in run(_HOMES, {"digest": digest}))
    streams = [f"visit:{home.visit}" for home in homes] + [f"team:{home.team}" for home in homes]
    if streams:
        feed.lock_streams(db.session(), streams)
    return homes


def restate(homes: Sequence[Home], now: datetime) -> None:
    """Make the headers of visits that are held say what is true of their photos now."""
    for home in homes:
        _restate(home, now)


def _restate(home: Home, now: datetime) -> None:
    stored = run(_VISIT, {"visit": home.visit}).one()
    sheet = decode(stored.data)
    rows = {row.id: row for row in run(_PHOTOS, {"visit": home.visit})}
    here = {row.digest for row in rows.values() if row.arrived_at is not None}
    status, _ = state_of(sheet, here)
    standing = [rows[photo.photo] for photo in photos(sheet) if photo.photo in rows]
    moved = status != stored.status
    seq = feed.advance(db.session(), f"team:{home.team}", 1 + moved)
    to: dict[str, object] = {
        "of_visit": home.visit,
        "to_status": status,
        "now": now,
        "seq": seq,
        "status_seq": seq + 1 if moved else None,
    }
    run(_MOVE, to | _counted(standing))


def _counted(standing: Sequence[Any]) -> dict[str, object]:
    return {
        "declared": len(standing),
        "arrived": sum(row.arrived_at is not None for row in standing),
        "processed": sum(row.processed_at is not None for row in standing),
        "refused": sum(row.refusal is not None for row in standing),
    }
