"""What follows when a photo's bytes are whole: the check, the store, the row, the feed, in this order (SPEC, part PH).

Nothing is said to be here before the disk or the bucket holds it. Everything may be done twice.
"""

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from mmap import ACCESS_READ, mmap
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app
from sqlalchemy import bindparam, case, func, select, update

from media.digest import SHELVES, sha256_of, storage_key
from media.headers.parts import Header
from media.inspection import MAX_PHOTO_BYTES, inspect
from media.refusals import Refusal, RefusalCode
from server.among import among
from server.db import Transaction, UtcDateTime, transaction
from server.direct import write
from server.models.photo import Photo, PhotoFile
from server.queries.photos import Declared
from server.queue import enqueue
from server.services import visit_photos
from server.services.photo_parts import Part
from server.services.together import Together
from server.services.upsert import put
from server.storage import current_storage

if TYPE_CHECKING:
    from obstore import Attributes

#: A digest names its bytes for ever; whoever may not see them any more has seen them.
IMMUTABLE = "private, max-age=31536000, immutable"
#: Searching a copy takes a fraction of the time that searching mapped memory does; larger photos are not copied.
_COPIED = 2_000_000
#: Photos that one process checks at a time: each is mapped whole meanwhile.
_checking = BoundedSemaphore(2)

#: Photos whose rows are written in one transaction, where so many become whole at once.
_AT_ONCE = 16
_FILE_TYPE = select(PhotoFile.media_type).where(PhotoFile.digest == Photo.digest).scalar_subquery()
_FILE_REFUSAL = select(PhotoFile.refusal).where(PhotoFile.digest == Photo.digest).scalar_subquery()
#: What a file came to is copied to whoever declared it; the first arrival stays.
_SETTLE = (
    update(Photo)
    .where(among(Photo.digest, "digests"))
    .values(
        arrived_at=func.coalesce(
            Photo.arrived_at, case((_FILE_TYPE.is_not(None), bindparam("now", type_=UtcDateTime)))
        ),
        refusal=_FILE_REFUSAL,
    )
)


class DigestMismatch(Exception):
    """The bytes are not those that the operation names; they were thrown away."""


class PhotoRefused(Exception):
    """The bytes are what was declared and no photo that is kept; the operation stays."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code, refusal.detail)
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of a whole photo from its coming: its digest, and its bytes where they came at once."""

    digest: str
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Whole:
    """A digest whose bytes are all here, and what their header says."""

    digest: str
    size: int
    verdict: Header | Refusal


def install(app: Flask) -> None:
    """Give `app` what brings the rows of photos that become whole at once into one transaction."""
    app.extensions["qianshao_arrivals"] = Together(_record_all, _AT_ONCE)


def make_room() -> None:
    """Have the folders of originals made before the first comes; what cannot be made now is made when it is needed."""
    with suppress(OSError):
        current_storage().make_room(SHELVES)


def require_acceptable(declared: Declared) -> None:
    """Raises PhotoRefused for what was refused before, or is declared larger than anything that is kept."""
    if declared.refusal is not None:
        raise PhotoRefused(Refusal(RefusalCode(declared.refusal), declared.detail or ""))
    if declared.size > MAX_PHOTO_BYTES:
        raise PhotoRefused(Refusal(RefusalCode.TOO_LARGE, f"{declared.size} bytes"))


def finish(part: Part, declared: Declared, now: datetime, read: Read | None = None) -> None:
    """Check, store and record a part that has its full length; `read` where it need not be read again.

    Raises DigestMismatch, PhotoRefused, StorageDown, Busy; after the last two the bytes are still here.
    """
    with _arrivals().expected():
        _finish(_checked(part, declared, read), part, now)


def _finish(whole: Whole, part: Part, now: datetime) -> None:
    if isinstance(whole.verdict, Refusal):
        record(whole, now)
        part.discard()
        raise PhotoRefused(whole.verdict)
    current_storage().adopt(storage_key(whole.digest), part.path, _kept_with(whole.digest), opened=part.file)
    part.moved_in()
    record(whole, now)


def _checked(part: Part, declared: Declared, read: Read | None) -> Whole:
    if read is not None and read.content is not None:
        return _judged(read.content, read.digest, part, declared)
    with _checking, mmap(part.file, 0, access=ACCESS_READ) as data:
        content = data[:] if len(data) <= _COPIED else data
        return _judged(content, read.digest if read else sha256_of(data), part, declared)


def _judged(content: bytes | mmap, digest: str, part: Part, declared: Declared) -> Whole:
    if digest != declared.digest:
        part.discard()
        raise DigestMismatch
    return Whole(digest, len(content), inspect(content))


def _kept_with(digest: str) -> "Attributes":
    """A bucket says so itself when an original is fetched from it: never shown in place."""
    return {
        "Content-Type": "application/octet-stream",
        "Content-Disposition": f'attachment; filename="{digest}"',
        "Cache-Control": IMMUTABLE,
    }


def find_stored(declared: Declared, now: datetime) -> bool:
    """Record bytes that are in the store although no row says so: a crash came between. Whether they are."""
    storage, key = current_storage(), storage_key(declared.digest)
    if storage.size(key) != declared.size:
        return False
    record(Whole(declared.digest, declared.size, inspect(storage.get(key))), now)
    return True


def record(whole: Whole, now: datetime) -> None:
    """Say in rows and feed that bytes are here, or refused, and ring for whoever processes them. Raises Busy."""
    _arrivals().do((whole, now))


def _arrivals() -> "Together[tuple[Whole, datetime]]":
    return cast("Together[tuple[Whole, datetime]]", current_app.extensions["qianshao_arrivals"])


def _record_all(arrived: Sequence[tuple[Whole, datetime]]) -> None:
    rows = {whole.digest: _row(whole, now) for whole, now in arrived}
    now = max(now for _, now in arrived)
    with transaction() as tx:
        homes = visit_photos.hold(rows)
        put(PhotoFile, ("digest",), (), list(rows.values()))
        settle(rows, now)
        visit_photos.restate(homes, now)
        _ring(tx, [whole for whole, _ in arrived])


def settle(digests: Collection[str], now: datetime) -> None:
    """Let every declaration of bytes that are here know it; the streams of its visits are held."""
    write(_SETTLE, {"digests": list(digests), "now": now})


def _ring(tx: Transaction, arrived: Sequence[Whole]) -> None:
    if any(isinstance(whole.verdict, Header) for whole in arrived):
        # One job does all that waits: a burst of photos rings once, and not a queue's whole ceremony each.
        enqueue(tx, "photos.process_waiting", once="photos")


def _row(whole: Whole, now: datetime) -> dict[str, object]:
    header = whole.verdict if isinstance(whole.verdict, Header) else None
    refusal = whole.verdict if isinstance(whole.verdict, Refusal) else None
    return {
        "digest": whole.digest,
        "size": whole.size,
        "media_type": header and header.type.value,
        "width": header and header.width,
        "height": header and header.height,
        "arrived_at": now,
        "refusal": refusal and refusal.code.value,
        "refusal_detail": refusal and refusal.detail,
        "attempts": 0,
    }
