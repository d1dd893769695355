"""Moves what a visit says of its photos: its counts, its state where that hangs on bytes, and its rows in the feed.

The one place where a visit's header follows the arrival and the processing of bytes. Decides nothing: which photos
stand and what the state is follows from the sheet, and is `sync`'s to say.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect, String, bindparam, func, select, update
from sqlalchemy.orm import InstrumentedAttribute

from server.among import among
from server.db import db
from server.direct import ahead, ask, write
from server.models.feed import StreamHead
from server.models.photo import Photo
from server.models.visit import Visit, VisitSheet
from server.services import feed
from sync.findings import proofs
from sync.known import FindingWrite, VisitWrite
from sync.sheets import decode
from sync.visits import photos, state_of

_HOMES = (
    select(Photo.visit_id, Visit.team_id)
    .join(Visit, Visit.id == Photo.visit_id)
    .where(among(Photo.digest, "digests"))
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
_OF_VISIT = Photo.visit_id == bindparam("of_visit", type_=String)


def _number(column: InstrumentedAttribute[Any]) -> ScalarSelect[int]:
    """How many of the visit's photos that stand have the column."""
    return select(func.count(column)).where(_OF_VISIT, Photo.stands).scalar_subquery()


#: Takes the counts from the rows.
_COUNT = (
    update(Visit)
    .where(Visit.id == bindparam("of_visit"))
    .values(
        changed_at=bindparam("now"),
        photos_arrived=_number(Photo.arrived_at),
        photos_processed=_number(Photo.processed_at),
        photos_refused=_number(Photo.refusal),
        photos_seq=select(StreamHead.seq).where(StreamHead.stream == bindparam("of_stream")).scalar_subquery(),
    )
    .returning(Visit.status, Visit.photos_declared, Visit.photos_arrived)
)
_STAND = update(Photo).where(among(Photo.id, "ids")).values(stands=bindparam("do_stand"))
#: Of photos that a visit holds too, its own sheet says whether they stand.
_STAND_ALONE = _STAND.where(Photo.visit_id.is_(None))
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


def hold(digests: Collection[str]) -> tuple[Home, ...]:
    """The visits that name one of `digests`, their streams locked until the commit, in the order of everybody."""
    homes = tuple({Home(row.visit_id, row.team_id): None for row in ask(_HOMES, {"digests": list(digests)})})
    streams = [f"visit:{home.visit}" for home in homes] + [f"team:{home.team}" for home in homes]
    if streams:
        feed.lock_streams(db.session(), streams)
    return homes


def restate(homes: Sequence[Home], now: datetime) -> None:
    """Make the headers of visits that are held say what is true of their photos now."""
    for home, found in _count(homes, now):
        # Of what is incomplete only the sheet knows whether it still is: it is large.
        if found.status == "submitted_incomplete" and found.photos_arrived >= found.photos_declared:
            _restate_by_sheet(home, now)


def retold(visit: VisitWrite) -> dict[str, bool]:
    """Photo → whether it stands now, of those that the plan changed otherwise than by declaring them."""
    changed = {key.partition("/")[2] for key in visit.changed if key.startswith("photo/")}
    if not changed:
        return {}
    standing = {photo.photo for photo in photos(visit.content)}
    new = {photo.photo for photo in visit.photos} & standing
    return {photo: photo in standing for photo in sorted(changed - new)}


def moves(visit: VisitWrite) -> bool:
    """Whether the feed's row of its counts says something else now; before any bytes a new visit has no such row."""
    declared = not visit.created and any(key.startswith("photo/") for key in visit.changed)
    return declared or bool(retold(visit))


def follow(visits: Sequence[VisitWrite], now: datetime) -> None:
    """Count what was declared, and no more what was retracted. The plan's streams are held, its own numbers and its
    photos are written.
    """
    for visit in visits:
        told = retold(visit)
        for stands in set(told.values()):
            write(_STAND, {"ids": [photo for photo in told if told[photo] is stands], "do_stand": stands})
        if moves(visit):
            stream = f"team:{visit.identity.team}"
            feed.advance_unread(stream)
            write(_COUNT, {"of_visit": visit.visit, "of_stream": stream, "now": now})


def follow_alone(findings: Sequence[FindingWrite]) -> None:
    """The same of photos that stand on a finding alone, for their phones' counts."""
    for finding in findings:
        more = {k.partition("/")[2] for k, register in finding.content.under("photo/") if len(register.entries) > 1}
        if more:
            standing = {photo.photo for photo, _ in proofs(finding.content)}
            write(_STAND_ALONE, {"ids": sorted(more & standing), "do_stand": True})
            write(_STAND_ALONE, {"ids": sorted(more - standing), "do_stand": False})


def _count(homes: Sequence[Home], now: datetime) -> list[tuple[Home, Any]]:
    """Take each visit's counts from its rows, all in one round trip."""
    asked = [(home, {"of_visit": home.visit, "of_stream": f"team:{home.team}", "now": now}) for home in homes]
    for number, (home, facts) in enumerate(asked, 1):
        feed.advance_unread(f"team:{home.team}")
        if number < len(asked):
            ahead(_COUNT, facts)
    # The last goes out with all that waits; the rows of the others are there then.
    return [(home, ask(_COUNT, facts)[0]) for home, facts in reversed(asked)]


def _restate_by_sheet(home: Home, now: datetime) -> None:
    of_visit = {"visit": home.visit}
    (stored,), photo_rows = ask(_VISIT, of_visit, [(_PHOTOS, of_visit)]), ask(_PHOTOS, of_visit)
    sheet = decode(stored.data)
    rows = {row.id: row for row in photo_rows}
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
    write(_MOVE, to | _counted(standing))


def _counted(standing: Sequence[Any]) -> dict[str, object]:
    return {
        "declared": len(standing),
        "arrived": sum(row.arrived_at is not None for row in standing),
        "processed": sum(row.processed_at is not None for row in standing),
        "refused": sum(row.refusal is not None for row in standing),
    }
