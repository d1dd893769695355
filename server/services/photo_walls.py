"""Photos as pages hang them: their state, who brought them and when, what does not fit about them. Reads only."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from patrol.findings import Finding as Value
from patrol.permissions import Actor, Verb
from server.db import db
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.photo import Photo, PhotoFile, PhotoFlag
from server.models.visit import Visit
from server.queries import findings, visits
from server.services.photo_views import state_of
from server.services.witness import Said, Witness
from sync import bodies
from sync.findings import proofs
from sync.sheets import Sheet


@dataclass(frozen=True)
class Other:
    """The photo that a flag points to: where it was used and when."""

    photo: str
    digest: str
    shown: bool
    mine: str
    day: datetime
    visit: str | None
    finding: str | None


@dataclass(frozen=True)
class Flag:
    """What does not fit, with its evidence; `other` where it is about another photo."""

    code: str
    evidence: Mapping[str, Any]
    other: Other | None = None


@dataclass(frozen=True)
class Hung:
    """`state` as `photo_views.state_of` says; only a processed one can be looked at."""

    id: str
    digest: str
    of: str
    role: str
    source: str
    state: str
    refusal: str | None
    said: Said
    taken_at: datetime | None
    location: bodies.Location | None
    flags: Sequence[Flag]


Declared = tuple[bodies.Photo, Said]


def of_finding(actor: Actor, sheet: Sheet, witness: Witness, value: Value) -> dict[str, list[Hung]]:
    """`before` and `after`: what was photographed as it was found, and what shows that it was put right."""
    hung = hang(actor, [(photo, witness.of(entry)) for photo, entry in proofs(sheet)])
    after = {
        photo for done in value.history for name in (done.values.get("photos"),) if isinstance(name, tuple)
        for photo in name
    }  # fmt: skip
    return {
        "before": [one for one in hung if one.role != "after" and one.id not in after],
        "after": [one for one in hung if one.role == "after" or one.id in after],
    }


def hang(actor: Actor, declared: Sequence[Declared]) -> list[Hung]:
    """The photos in the order of their declaring, with what became of their bytes."""
    ids = [photo.photo for photo, _ in declared]
    rows = _rows(ids)
    flags = _flags(actor, ids)
    return [_hung(photo, said, rows.get(photo.photo), flags.get(photo.photo, ())) for photo, said in declared]


def _hung(
    photo: bodies.Photo, said: Said, stored: tuple[Photo, PhotoFile | None] | None, flags: Sequence[Flag]
) -> Hung:
    row, file = stored or (None, None)
    return Hung(
        id=photo.photo,
        digest=photo.sha256,
        of=photo.of,
        role=photo.role or "",
        source=photo.source,
        state=state_of(row) if row else "declared",
        refusal=row.refusal if row else None,
        said=said,
        taken_at=_taken_at(file),
        location=photo.location,
        flags=flags,
    )


def _taken_at(file: PhotoFile | None) -> datetime | None:
    """What the camera's clock said."""
    said = (file.camera or {}).get("taken_at") if file else None
    return datetime.fromisoformat(said) if said else None


def _rows(ids: Collection[str]) -> dict[str, tuple[Photo, PhotoFile | None]]:
    if not ids:
        return {}
    query = select(Photo, PhotoFile).outerjoin(PhotoFile, PhotoFile.digest == Photo.digest).where(Photo.id.in_(ids))
    return {photo.id: (photo, file) for photo, file in db.session.execute(query)}


def _flags(actor: Actor, ids: Collection[str]) -> dict[str, list[Flag]]:
    if not ids:
        return {}
    order = (PhotoFlag.photo_id, PhotoFlag.code, PhotoFlag.other)
    rows = db.session.scalars(select(PhotoFlag).where(PhotoFlag.photo_id.in_(ids)).order_by(*order)).all()
    others = _others(actor, {row.other for row in rows if row.other})
    found: dict[str, list[Flag]] = {}
    for row in rows:
        found.setdefault(row.photo_id, []).append(Flag(row.code, row.evidence, others.get(row.other)))
    return found


def _others(actor: Actor, ids: Collection[str]) -> dict[str, Other]:
    """Whose the other photos are, of those that the actor may see: a flag tells nobody of foreign things."""
    if not ids:
        return {}
    query = (
        select(Photo, Mine.name)
        .outerjoin(Visit, Visit.id == Photo.visit_id)
        .outerjoin(Finding, Photo.visit_id.is_(None) & (Finding.id == Photo.finding_id))
        .outerjoin(Mine, (Mine.id == Visit.mine_id) | (Mine.id == Finding.mine_id))
        .where(Photo.id.in_(ids))
        .where(or_(visits.in_reach(actor, Verb.RECORD_READ), Finding.id.in_(findings.ids_in_sight(actor))))
    )
    return {photo.id: _other(photo, mine) for photo, mine in db.session.execute(query)}


def _other(photo: Photo, mine: str | None) -> Other:
    shown = photo.processed_at is not None and photo.refusal is None
    return Other(photo.id, photo.digest, shown, mine or "", photo.declared_at, photo.visit_id, photo.finding_id)


def by_subject(hung: Iterable[Hung]) -> dict[str, list[Hung]]:
    """What a photo is of → the photos."""
    found: dict[str, list[Hung]] = {}
    for one in hung:
        found.setdefault(one.of, []).append(one)
    return found
