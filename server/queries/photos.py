"""Photos as declared and as arrived: whose, where, what became of them. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select

from patrol.errors import NotFound
from patrol.permissions import Actor, Verb, reach, scopes
from server.among import among
from server.db import db
from server.direct import ask, ask_alone
from server.models.device import Device
from server.models.finding import Finding
from server.models.photo import Photo, PhotoFile, PhotoFlag
from server.models.visit import Visit
from server.queries import devices, findings, visits
from server.queries.reach import within

#: Digests told in one answer to a phone.
WANTED_AT_MOST = 200

_NAMED = or_(Photo.digest == bindparam("digest"), Photo.original_digest == bindparam("digest"))
_ADDRESSED = (
    devices.ACCESS.add_columns(
        Photo.id.label("photo"),
        case((Photo.digest == bindparam("digest"), Photo.size), else_=Photo.original_size).label("size"),
        PhotoFile.media_type,
        PhotoFile.refusal,
        PhotoFile.refusal_detail,
    )
    .outerjoin(Photo, and_(Photo.device_id == Device.id, _NAMED))
    .outerjoin(PhotoFile, PhotoFile.digest == bindparam("digest"))
    .order_by(Photo.declared_at, Photo.id)
    .limit(1)
)
_STATES = (
    select(Photo.digest, Photo.original_digest, Photo.device_id)
    .where(Photo.device_id == bindparam("device"))
    .where(or_(among(Photo.digest, "digests"), among(Photo.original_digest, "digests")))
)
_FILES = select(PhotoFile.digest, PhotoFile.media_type, PhotoFile.refusal).where(among(PhotoFile.digest, "digests"))
_HERE = select(PhotoFile.digest).where(among(PhotoFile.digest, "digests"), PhotoFile.media_type.is_not(None))
_GRAVITY = case((Finding.severity == "suspected_major", 0), (Finding.severity == "serious_violation", 1), else_=2)
_WANTED = (
    select(Photo.digest)
    .outerjoin(Finding, Finding.id == Photo.finding_id)
    .where(Photo.device_id == bindparam("device"), Photo.arrived_at.is_(None), Photo.refusal.is_(None))
    .order_by(_GRAVITY, Photo.declared_at, Photo.id)
    .limit(WANTED_AT_MOST)
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a device's stored operation says of a digest, and what became of its bytes.

    `here`: they are stored. `refusal`, `detail`: why they are not kept or not shown.
    """

    digest: str
    size: int
    here: bool
    refusal: str | None = None
    detail: str | None = None


def addressed(token_hash: str, digest: str, now: datetime) -> tuple[Any, Declared | None] | None:
    """Whose access token it is, as `devices.access` tells, and what a stored operation of that phone says of `digest`.

    One statement, for uploads: they do little else.
    """
    found = ask_alone(_ADDRESSED, {"token_hash": token_hash, "digest": digest, "now": now})
    if not found:
        return None
    row = found[0]
    if row.photo is None:
        return row, None
    return row, Declared(digest, row.size, row.media_type is not None, row.refusal, row.refusal_detail)


def states(digests: Collection[str], device: str) -> dict[str, str]:
    """Digest → here | missing | refused, of those that a stored operation of `device` names."""
    wanted = {"device": device, "digests": list(digests)}
    named = {name for row in ask(_STATES, wanted) for name in (row.digest, row.original_digest)}
    files = {row.digest: row for row in ask(_FILES, {"digests": list(digests)})}
    return {digest: _state(files.get(digest)) for digest in digests if digest in named}


def _state(file: Any) -> str:
    if file is None:
        return "missing"
    return "refused" if file.refusal is not None else "here"


def here(digests: Collection[str]) -> frozenset[str]:
    """Those of `digests` whose bytes are stored."""
    if not digests:
        return frozenset()
    return frozenset(row.digest for row in ask(_HERE, {"digests": list(digests)}))


def wanted(device: str) -> list[str]:
    """Digests that the phone declared and has not brought, the gravest findings' first."""
    return [row.digest for row in ask(_WANTED, {"device": device})]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many photos were declared, and what became of them."""

    declared: int = 0
    arrived: int = 0
    processed: int = 0
    refused: int = 0


_COUNTED = (
    func.count().label("declared"),
    func.count(Photo.arrived_at).label("arrived"),
    func.count(Photo.processed_at).label("processed"),
    func.count(Photo.refusal).label("refused"),
)


def counts_by_device(where: ColumnElement[bool]) -> dict[str, Counts]:
    """Device → counts, of the photos that stand and that `where` keeps."""
    counted = select(Photo.device_id, *_COUNTED).where(where, Photo.stands, Photo.device_id.is_not(None))
    query = counted.group_by(Photo.device_id)
    return {str(row[0]): Counts(*row[1:]) for row in db.session.execute(query)}


def counts_of_device(actor: Actor, device: str) -> Counts:
    """One phone's counts. Raises NotFound."""
    seen = within(reach(actor, Verb.DEVICE_READ), Device.county_id, team=Device.team_id, person=Device.id)
    if db.session.scalar(select(Device.id).where(Device.id == device, seen)) is None:
        raise NotFound("not_found", noun="device")
    return counts_by_device(Photo.device_id == device).get(device, Counts())


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo with its file, if that is here, and its flags."""

    photo: Photo
    file: PhotoFile | None
    flags: Sequence[PhotoFlag]


def of_visit(actor: Actor, visit: str) -> list[Shown]:
    """Every photo that was ever declared for a visit, in the order of declaring. Raises NotFound."""
    visits.get_record(actor, visit)
    query = select(Photo, PhotoFile).outerjoin(PhotoFile, PhotoFile.digest == Photo.digest)
    rows = db.session.execute(query.where(Photo.visit_id == visit).order_by(Photo.declared_at, Photo.id)).all()
    flags = _flags(visit)
    return [Shown(photo, file, flags.get(photo.id, ())) for photo, file in rows]


def _flags(visit: str) -> Mapping[str, Sequence[PhotoFlag]]:
    query = select(PhotoFlag).join(Photo, Photo.id == PhotoFlag.photo_id).where(Photo.visit_id == visit)
    found: dict[str, list[PhotoFlag]] = {}
    for flag in db.session.scalars(query.order_by(PhotoFlag.photo_id, PhotoFlag.code, PhotoFlag.other)):
        found.setdefault(flag.photo_id, []).append(flag)
    return found


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that may be served."""

    digest: str
    media_type: str
    size: int
    processed_at: datetime | None


def stored(actor: Actor, digest: str) -> Stored:
    """The file of a photo in the actor's sight. Raises NotFound: also when it is refused or not here yet."""
    named = or_(Photo.digest == digest, Photo.original_digest == digest)
    of_visit = select(Photo.id).join(Visit, Visit.id == Photo.visit_id).where(named, _visit_in_reach(actor))
    alone = select(Photo.id).where(named, Photo.visit_id.is_(None), Photo.finding_id.in_(findings.ids_in_sight(actor)))
    file = db.session.scalar(
        select(PhotoFile).where(
            PhotoFile.digest == digest, PhotoFile.refusal.is_(None), or_(of_visit.exists(), alone.exists())
        )
    )
    if file is None or file.media_type is None:
        raise NotFound("not_found", noun="photo")
    return Stored(file.digest, file.media_type, file.size, file.processed_at)


def _visit_in_reach(actor: Actor) -> ColumnElement[bool]:
    in_reach = within(reach(actor, Verb.RECORD_READ), Visit.county_id, team=Visit.team_id, mine=Visit.mine_id)
    if scopes(actor.role, Verb.VISIT_READ):
        return in_reach
    return and_(in_reach, Visit.status.in_(visits.HANDED_OVER))
