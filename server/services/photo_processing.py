"""Develops photos that have arrived: smaller copies, what the camera wrote, likeness, and flags for what does not fit.

A photo is decoded in a child and nowhere else. Every step may be done again; the rows say what is left to do.
"""

import dataclasses
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import bindparam, select, update

from media.bands import signed
from media.derivatives import DERIVATIVE_MEDIA_TYPE
from media.development import Development
from media.digest import Rendition, storage_key
from media.refusals import Refusal, RefusalCode
from media.similarity import Likeness
from server.db import db, run, transaction
from server.decoding_child import ChildKilled, Outcome, develop_in_child
from server.models.photo import Photo, PhotoFile
from server.services import photo_arrival, photo_flags, visit_photos
from server.storage import AlreadyStored, current_storage

if TYPE_CHECKING:
    from obstore import Attributes

log = logging.getLogger(__name__)

#: Where cameras whose clock names no offset are set.
ZONE = ZoneInfo("Asia/Shanghai")
#: A child killed so often is taken to be the photo's doing after all.
_KILLS_BELIEVED = 5

_KILLED = (
    update(PhotoFile)
    .where(PhotoFile.digest == bindparam("of_digest"))
    .values(attempts=PhotoFile.attempts + 1)
    .returning(PhotoFile.attempts)
)
_DEVELOPED = update(PhotoFile).where(PhotoFile.digest == bindparam("of_digest"))
_PROCESSED = (
    update(Photo)
    .where(Photo.digest == bindparam("of_digest"), Photo.arrived_at.is_not(None), Photo.refusal.is_(None))
    .where(Photo.processed_at.is_(None))
    .values(processed_at=bindparam("now"))
)


def process(digest: str, now: datetime) -> bool:
    """Do whatever is left to do about a digest; whether anything was."""
    file = db.session.get(PhotoFile, digest)
    if file is None:
        return False
    outcome = None
    if file.media_type is not None and file.processed_at is None and file.refusal is None:
        outcome = _develop(digest)
        _store_copies(digest, outcome.development)
    elif not _unsettled(digest):
        return False
    _record(digest, outcome, now)
    return True


def _unsettled(digest: str) -> bool:
    """Whether somebody declared the bytes since they were dealt with."""
    waiting = Photo.processed_at.is_(None) & Photo.refusal.is_(None)
    return db.session.scalar(select(Photo.id).where(Photo.digest == digest, waiting).limit(1)) is not None


def _develop(digest: str) -> Outcome:
    content = current_storage().get(storage_key(digest))
    # Nothing of the database is held while the child works.
    db.session.rollback()
    try:
        return develop_in_child(content, ZONE)
    except ChildKilled:
        with transaction():
            kills = run(_KILLED, {"of_digest": digest}).scalar_one()
        if kills < _KILLS_BELIEVED:
            raise
        return Outcome(refusal=Refusal(RefusalCode.TOO_COSTLY, f"killed {kills} times"))


def _store_copies(digest: str, development: Development | None) -> None:
    if development is None:
        return
    copies = development.derivatives
    for rendition, copy in ((Rendition.SCREEN, copies.screen), (Rendition.THUMBNAIL, copies.thumbnail)):
        try:
            facts: Attributes = {"Content-Type": DERIVATIVE_MEDIA_TYPE, "Cache-Control": photo_arrival.IMMUTABLE}
            current_storage().put(storage_key(digest, rendition), copy.data, facts)
        except AlreadyStored:
            log.debug("the %s of %s is stored already", rendition.value, digest)


def _record(digest: str, outcome: Outcome | None, now: datetime) -> None:
    with transaction():
        homes = visit_photos.hold([digest])
        if outcome is not None:
            run(_DEVELOPED.values(**_facts(outcome, now)), {"of_digest": digest})
        photo_arrival.settle([digest], now)
        _flag(digest, outcome, now)
        run(_PROCESSED, {"of_digest": digest, "now": now})
        visit_photos.restate(homes, now)


def _flag(digest: str, outcome: Outcome | None, now: datetime) -> None:
    file = db.session.get_one(PhotoFile, digest, populate_existing=True)
    if file.refusal is not None:
        return
    development = outcome.development if outcome else None
    likeness = development.likeness if development else _stored_likeness(file)
    for photo in photo_flags.unflagged(digest):
        photo_flags.flag(photo, file, likeness, now)


def _stored_likeness(file: PhotoFile) -> Likeness | None:
    if file.likeness is None:
        return None
    stored = photo_flags.unsigned(file.likeness)
    return Likeness(stored, frozenset({stored}))


def _facts(outcome: Outcome, now: datetime) -> dict[str, Any]:
    if outcome.refusal is not None:
        return {"refusal": outcome.refusal.code.value, "refusal_detail": outcome.refusal.detail}
    found = outcome.development
    assert found is not None  # noqa: S101 - an outcome is one of the two
    return {
        "processed_at": now,
        "camera": msgspec.to_builtins(_plain(found)),
        "has_exif": not found.camera.is_empty,
        "likeness": None if found.likeness is None else signed(found.likeness.stored),
    }


def _plain(found: Development) -> dict[str, Any]:
    """The camera's facts as JSON keeps them: what is absent is left out, times in UTC."""
    said = dataclasses.asdict(found.camera)
    if found.camera.taken_at is not None:
        said["taken_at"] = found.camera.taken_at.astimezone(UTC)
    return {name: value for name, value in said.items() if value is not None}
