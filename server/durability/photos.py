"""Proves the store of photos: what the rows say is here is there, byte for byte. Only reads, one photo at a time."""

from collections.abc import Iterator
from dataclasses import dataclass

from obstore.exceptions import BaseError
from sqlalchemy import select

from media.digest import sha256_of, storage_key
from server.db import db
from server.models.photo import PhotoFile
from server.stored import Storage

_PAGE = 1000


@dataclass(frozen=True, slots=True)
class PhotoFault:
    """A photo that is not what its row says: missing | changed | unreadable."""

    digest: str
    what: str

    def __str__(self) -> str:
        return f"photo {self.digest}: {self.what}"


@dataclass(frozen=True, slots=True)
class PhotoProof:
    """How many photos were hashed anew, and what did not hold."""

    photos: int
    bytes: int
    faults: tuple[PhotoFault, ...]


def prove_photos(storage: Storage) -> PhotoProof:
    """Hash every stored original again and compare it with its name."""
    photos, size, faults = 0, 0, []
    for digest, expected in _stored():
        fault = _fault(storage, digest)
        photos, size = photos + 1, size + expected
        if fault is not None:
            faults.append(PhotoFault(digest, fault))
    return PhotoProof(photos, size, tuple(faults))


def _stored() -> Iterator[tuple[str, int]]:
    """Digest and size of every photo whose bytes arrived, in order; no transaction stays open between pages."""
    after = ""
    while True:
        page = db.session.execute(
            select(PhotoFile.digest, PhotoFile.size)
            .where(PhotoFile.digest > after, PhotoFile.media_type.is_not(None))
            .order_by(PhotoFile.digest)
            .limit(_PAGE)
        ).all()
        db.session.rollback()
        if not page:
            return
        yield from ((row.digest, row.size) for row in page)
        after = page[-1].digest


def _fault(storage: Storage, digest: str) -> str | None:
    try:
        content = storage.get(storage_key(digest))
    except FileNotFoundError:
        return "missing"
    except (OSError, BaseError) as error:
        return f"unreadable: {error}"
    return None if sha256_of(content) == digest else "changed"
