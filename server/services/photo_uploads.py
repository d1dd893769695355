"""Takes in a photo's bytes piece by piece (tus 1.0), and says how many are here. Speaks no HTTP."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from patrol.errors import Invalid, NotFound
from server.queries import photos
from server.queries.photos import Declared
from server.services import device_tokens, photo_arrival, photo_parts
from server.services.device_tokens import DeviceSession
from server.services.photo_arrival import Read
from server.services.photo_parts import Part
from server.tokens import hash_of

#: As tus names them. SHA-1 is what every server of the protocol must take; here it only finds faults of a link.
CHECKSUMS = ("sha256", "sha1")


#: A request on a dead link holds its part; within this the next one of the phone has taken it over.
PATIENCE_S = 3.0


class Hashing(Protocol):
    """What a checksum needs of hashlib."""

    def update(self, data: bytes | memoryview, /) -> None:
        """Take more bytes in."""

    def digest(self) -> bytes:
        """The checksum of all bytes so far."""


class ChecksumMismatch(Exception):
    """A piece is not what its checksum says; it was thrown away, what was there before is kept."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece must come to: one of CHECKSUMS, and the digest's bytes."""

    algorithm: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes on their way, to be put at `offset`; `length` where the sender said it."""

    offset: int
    pieces: Iterable[bytes | memoryview]
    length: int | None = None
    checksum: Checksum | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """How many bytes of how many are here; when they will be removed, should the rest not come."""

    offset: int
    size: int
    expires: datetime | None = None


def find(access_token: str, digest: str, now: datetime) -> tuple[DeviceSession | None, Declared | None]:
    """Whose token it is, and what a stored operation of that phone says of the digest."""
    found = photos.addressed(hash_of(access_token), digest, now)
    return (None, None) if found is None else (device_tokens.session_of(found[0]), found[1])


def require_declared(declared: Declared | None) -> Declared:
    """What may be uploaded. Raises NotFound where no operation names it, PhotoRefused."""
    if declared is None:
        raise NotFound("not_found", noun="photo")
    photo_arrival.require_acceptable(declared)
    return declared


def look(declared: Declared, device: str, now: datetime) -> Received:
    """How far the upload is; what is whole but was never recorded is recorded now. Raises as `receive` does."""
    if declared.here:
        return Received(declared.size, declared.size)
    offset = photo_parts.settled_offset(device, declared.digest, PATIENCE_S)
    if offset == 0 and photo_arrival.find_stored(declared, now):
        return Received(declared.size, declared.size)
    if offset < declared.size:
        return Received(offset, declared.size)
    with photo_parts.held(device, declared.digest, PATIENCE_S) as part:
        return _completed(part, declared, now)


def receive(declared: Declared, device: str, piece: Piece, now: datetime) -> Received:
    """Add a piece. What came of one that was cut is kept: the digest of the whole tells whether it was good.

    Raises Conflict `photo_offset`, Invalid `photo_too_long`, ChecksumMismatch, NoRoom, BeingWritten, and at the end
    DigestMismatch, PhotoRefused, StorageDown, Busy.
    """
    if declared.here:
        return Received(declared.size, declared.size)
    photo_parts.require_room()
    with photo_parts.held(device, declared.digest, PATIENCE_S) as part:
        photo_parts.require_offset(part, piece.offset)
        seen = _append(part, piece, declared.size - piece.offset)
        return _completed(part, declared, now, seen.whole(declared.size))


def _completed(part: Part, declared: Declared, now: datetime, read: Read | None = None) -> Received:
    offset = part.offset
    if offset > declared.size:
        part.cut(offset := 0)
    if offset < declared.size:
        return Received(offset, declared.size, part.expires)
    photo_arrival.finish(part, declared, now, read)
    return Received(declared.size, declared.size)


@dataclass(slots=True)
class _Seen:
    """What went by while a piece was added: checksums, and the piece itself as long as it came at once."""

    of_piece: Hashing | None
    of_photo: Hashing | None
    length: int = 0
    last: bytes | memoryview = field(default=b"", repr=False)

    def note(self, piece: bytes | memoryview) -> None:
        """Take more of the piece in."""
        for hashing in (self.of_piece, self.of_photo):
            if hashing is not None:
                hashing.update(piece)
        self.length += len(piece)
        self.last = piece

    def whole(self, size: int) -> Read | None:
        """What is known of the photo where this was all of it."""
        if self.of_photo is None or self.length != size:
            return None
        return Read(self.of_photo.digest().hex(), bytes(self.last) if len(self.last) == size else None)


def _append(part: Part, piece: Piece, room: int) -> _Seen:
    """The photo's own digest is taken where the piece is the first: read once, while it comes."""
    if piece.length is not None and piece.length > room:
        raise Invalid("photo_too_long", room=room)
    of_piece = hashlib.new(piece.checksum.algorithm, usedforsecurity=False) if piece.checksum else None
    seen = _Seen(of_piece, hashlib.sha256() if piece.offset == 0 else None)
    part.append(_noted(piece.pieces, seen))
    if piece.checksum is not None and of_piece is not None:
        _require_checksum(part, piece, piece.checksum, of_piece)
    return seen


def _require_checksum(part: Part, piece: Piece, checksum: Checksum, seen: Hashing) -> None:
    whole = piece.length is None or part.offset - piece.offset == piece.length
    if whole and seen.digest() != checksum.value:
        part.cut(piece.offset)
        raise ChecksumMismatch


def _noted(pieces: Iterable[bytes | memoryview], seen: _Seen) -> Iterator[bytes | memoryview]:
    for piece in pieces:
        seen.note(piece)
        yield piece
