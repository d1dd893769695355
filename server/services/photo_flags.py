"""Gathers what a photo is held against, and keeps the flags that `media.flags` raises. Judges nothing itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Integer, bindparam, delete, func, insert, or_, select
from sqlalchemy import case as sql_case

from media.bands import bands_of, probes, signed, unsigned
from media.exif import CameraFacts
from media.flags import Bracket, Circumstances, Distance, Flag, Habit, Source, flags_of
from media.similarity import ALIKE_DISTANCE, Likeness, nearest
from patrol.places import Location, LocationKind, Point, distance_m
from server.among import Numbers, among
from server.db import db, run
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.photo import Photo, PhotoFile, PhotoFlag, PhotoLikeness
from server.models.visit import Visit, VisitSheet
from server.queries import finding_sheets
from server.services.upsert import put
from sync import bodies
from sync.sheets import Sheet

__all__ = ["flag", "search", "unflagged", "unsigned"]

#: Earlier photos of a phone that tell what it usually writes.
_HABIT_OF = 50
_COPIES_AT_MOST = 20
_photo = msgspec.json.Decoder(bodies.Photo)

_UNFLAGGED = (
    select(Photo.id, Photo.digest, Photo.device_id, Photo.declared_at, Visit.id.label("visit_id"), Mine.county_id,
           Mine.id.label("mine_id"), func.coalesce(Visit.opened_at, Finding.recorded_at).label("opened_at"),
           Visit.submitted_at, Mine.latitude, Mine.longitude, Mine.radius_m,
           func.coalesce(VisitSheet.data, Finding.registers).label("registers"), *finding_sheets.COLUMNS[1:])
    .outerjoin(Visit, Visit.id == Photo.visit_id)
    .outerjoin(VisitSheet, VisitSheet.visit_id == Visit.id)
    .outerjoin(Finding, Photo.visit_id.is_(None) & (Finding.id == Photo.finding_id))
    .join(Mine, Mine.id == func.coalesce(Visit.mine_id, Finding.mine_id))
    .where(Photo.digest == bindparam("digest"), Photo.arrived_at.is_not(None), Photo.processed_at.is_(None))
    .order_by(Photo.declared_at, Photo.id)
)  # fmt: skip
_COPIES = (
    select(Photo.id)
    .outerjoin(Visit, Visit.id == Photo.visit_id)
    .outerjoin(Finding, Photo.visit_id.is_(None) & (Finding.id == Photo.finding_id))
    .where(Photo.digest == bindparam("digest"), Photo.id != bindparam("but"))
    .where(func.coalesce(Visit.county_id, Finding.county_id) == bindparam("county"))
    .where(
        or_(
            Photo.declared_at < bindparam("declared_at"),
            (Photo.declared_at == bindparam("declared_at")) & (Photo.id < bindparam("but")),
        )
    )
    .order_by(Photo.declared_at, Photo.id)
    .limit(_COPIES_AT_MOST)
)
_EARLIER = (
    select(PhotoFile.has_exif)
    .join(Photo, Photo.digest == PhotoFile.digest)
    .where(Photo.device_id == bindparam("device"), Photo.id != bindparam("but"), PhotoFile.has_exif.is_not(None))
    .order_by(PhotoFile.arrived_at.desc())
    .limit(_HABIT_OF)
    .subquery()
)
_HABIT = select(
    func.count().label("photos"),
    func.coalesce(func.sum(sql_case((_EARLIER.c.has_exif, 1), else_=0)), 0).cast(Integer).label("with_exif"),
).select_from(_EARLIER)
_BANDS = (PhotoLikeness.band_0, PhotoLikeness.band_1, PhotoLikeness.band_2, PhotoLikeness.band_3)
_ALIKE = (
    select(PhotoLikeness.photo_id, PhotoLikeness.likeness)
    .where(
        or_(PhotoLikeness.mine_id == bindparam("mine"), PhotoLikeness.person_id == bindparam("person")),
        PhotoLikeness.photo_id != bindparam("but"),
    )
    .where(or_(*(among(band, f"values_{n}", Numbers) for n, band in enumerate(_BANDS))))
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A declared photo with its visit, and what its operation says: `body` by `person`."""

    row: Any
    body: bodies.Photo
    person: str


def unflagged(digest: str) -> Sequence[Scene]:
    """The declarations of a digest that nobody has looked at yet; their visits' streams are held."""
    return [_scene(row) for row in run(_UNFLAGGED, {"digest": digest})]


def _scene(row: Any) -> Scene:
    sheet: Sheet = finding_sheets.sheet_of(row)
    first, *_ = sheet.registers[f"photo/{row.id}"].entries.values()
    return Scene(row, _photo.decode(first.value), first.stamp.person)


def flag(scene: Scene, file: PhotoFile, likeness: Likeness | None, now: datetime) -> None:
    """Keep what does not fit about a photo, in place of what was kept before, and what later ones are searched by."""
    photo = scene.row.id
    alike = search(likeness, scene.row.mine_id, scene.person, photo) if likeness else {}
    flags = flags_of(_circumstances(scene, file, alike))
    db.session.execute(delete(PhotoFlag).where(PhotoFlag.photo_id == photo))
    if flags:
        run(insert(PhotoFlag), [_row(photo, flag, now) for flag in flags])
    if likeness is not None:
        put(PhotoLikeness, ("photo_id",), (), [_likeness_row(scene, likeness)])


def search(likeness: Likeness, mine: str, person: str, but: str) -> dict[str, int]:
    """Photo → distance of what looks alike, among the mine's photos and the author's."""
    columns = {f"values_{n}": sorted(values) for n, values in enumerate(probes(likeness.views))}
    found = run(_ALIKE, {"mine": mine, "person": person, "but": but, **columns})
    apart = {row.photo_id: nearest(likeness.views, unsigned(row.likeness)) for row in found}
    return {photo: bits for photo, bits in apart.items() if bits <= ALIKE_DISTANCE}


def _circumstances(scene: Scene, file: PhotoFile, alike: Mapping[str, int]) -> Circumstances:
    row = scene.row
    camera = msgspec.convert(file.camera or {}, CameraFacts)
    about = {"digest": row.digest, "but": row.id, "county": row.county_id, "declared_at": row.declared_at}
    habit = run(_HABIT, {"device": row.device_id, "but": row.id}).one()
    return Circumstances(
        source=Source(scene.body.source),
        camera=camera,
        bracket=Bracket(row.opened_at, row.submitted_at),
        distance=_distance(scene, camera),
        habit=Habit(habit.photos, habit.with_exif),
        same_bytes=tuple(other.id for other in run(_COPIES, about)),
        alike=alike,
    )


def _distance(scene: Scene, camera: CameraFacts) -> Distance | None:
    """From where the phone says it was, else from where the camera says so; as stored, no datum is converted."""
    row, said = scene.row, scene.body.location
    if row.latitude is None or row.longitude is None:
        return None
    location = Location(LocationKind.GNSS, lat=getattr(said, "lat", None), lon=getattr(said, "lon", None))
    if location.point is None and camera.position is not None:
        location = Location(LocationKind.GNSS, lat=camera.position.latitude, lon=camera.position.longitude)
    metres = distance_m(location, Point(row.latitude, row.longitude))
    return None if metres is None else Distance(metres, float(row.radius_m))


def _row(photo: str, flag: Flag, now: datetime) -> dict[str, object]:
    other = flag.evidence.get("photo", "")
    return {
        "photo_id": photo,
        "code": flag.code.value,
        "other": str(other),
        "evidence": dict(flag.evidence),
        "found_at": now,
    }


def _likeness_row(scene: Scene, likeness: Likeness) -> dict[str, object]:
    bands = dict(zip(("band_0", "band_1", "band_2", "band_3"), bands_of(likeness.stored), strict=True))
    return {
        "photo_id": scene.row.id,
        "mine_id": scene.row.mine_id,
        "person_id": scene.person,
        "likeness": signed(likeness.stored),
        **bands,
    }
