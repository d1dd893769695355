"""Bytes of photos that have not all arrived: one file a phone and digest, held by one request at a time.

Apart by phone, so that nobody's bytes can spoil another's upload of the same photo. Names are hashes, never what
somebody chose. Knows nothing of who may upload what.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from flask import current_app

from patrol.errors import Conflict
from server.config import Config
from server.storage import current_storage

#: A part that nobody added to for so long is removed; the phone begins anew.
KEPT: Final = timedelta(days=14)
#: Room on the disk that photos must leave to the operations: a tenth, at most so many bytes.
_RESERVE_SHARE, _RESERVE_BYTES = 10, 2_000_000_000
_FOLDER = "arriving"
_ASKS_EVERY_S = 0.1


class BeingWritten(Exception):
    """Another request adds to the same part at this moment."""


class NoRoom(OSError):
    """The disk has no room for photos."""


@dataclass
class Part:
    """What has arrived so far, `offset` bytes; `file` is open and locked. `synced`: the disk holds it, or need not."""

    path: Path
    file: int
    offset: int
    synced: bool = True

    @property
    def expires(self) -> datetime:
        """When it will be removed, should nothing more arrive."""
        return datetime.fromtimestamp(os.fstat(self.file).st_mtime).astimezone() + KEPT

    def append(self, pieces: Iterable[bytes | memoryview]) -> None:
        """Add what comes; the disk holds it once the part is let go. Raises NoRoom."""
        self.synced = False
        for piece in pieces:
            self._write(memoryview(piece))

    def _write(self, rest: memoryview) -> None:
        try:
            while rest:
                written = os.write(self.file, rest)
                self.offset += written
                rest = rest[written:]
        except OSError as error:
            raise NoRoom(*error.args) from error

    def sync(self) -> None:
        """Have the disk hold it. Raises NoRoom."""
        if not self.synced:
            _sync(self.file)
            self.synced = True

    def cut(self, offset: int) -> None:
        """Forget everything beyond `offset`."""
        os.ftruncate(self.file, offset)
        self.offset, self.synced = offset, False

    def discard(self) -> None:
        """Forget everything."""
        self.path.unlink(missing_ok=True)
        self.synced = True

    def moved_in(self) -> None:
        """Say that the store holds it now, durably."""
        self.synced = True


def _sync(file: int) -> None:
    try:
        os.fsync(file)
    except OSError as error:
        raise NoRoom(*error.args) from error


def folder() -> Path:
    """Where parts lie: beside the photos where those are on this disk, so that a whole one need only be renamed."""
    config: Config = current_app.extensions["qianshao_config"]
    return (current_storage().folder or config.data_dir) / _FOLDER


def require_room() -> None:
    """Raises NoRoom when photos would take what operations need."""
    place = folder()
    try:
        room = os.statvfs(place)
    except FileNotFoundError:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        room = os.statvfs(place)
    free, total = room.f_bavail * room.f_frsize, room.f_blocks * room.f_frsize
    if free < min(total // _RESERVE_SHARE, _RESERVE_BYTES):
        raise NoRoom("no room is left for photos")


def settled_offset(device: str, digest: str, patience_s: float) -> int:
    """Bytes of a part that are here, 0 for none.

    A request that still adds to it has `patience_s` to let go: who is told too little brings bytes that are here.
    """
    path = _path(device, digest)
    if not path.exists():
        return 0
    with suppress(BeingWritten), held(device, digest, patience_s) as part:
        return part.offset
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def is_wanted(device: str, digest: str) -> bool:
    """Whether another request of the phone waits for the part: whoever holds it on a silent link had better let go."""
    return _mark(_path(device, digest)).exists()


@contextmanager
def held(device: str, digest: str, patience_s: float = 0) -> Iterator[Part]:
    """The part, made if need be, held against other requests; what was added is on the disk after the block.

    Raises BeingWritten where it was not let go within `patience_s`, and NoRoom at the end.
    """
    path = _path(device, digest)
    part = Part(path, *_let_go(path, patience_s))
    try:
        yield part
    finally:
        try:
            part.sync()
        finally:
            os.close(part.file)


def _let_go(path: Path, patience_s: float) -> tuple[int, int]:
    """The part's file, locked, and its length; one that is held is asked for and waited for."""
    until = time.monotonic() + patience_s
    try:
        return _locked(path)
    except BeingWritten:
        if patience_s == 0:
            raise
    _mark(path).touch()
    try:
        while True:
            time.sleep(_ASKS_EVERY_S)
            with suppress(BeingWritten):
                return _locked(path)
            if time.monotonic() > until:
                raise BeingWritten
    finally:
        _mark(path).unlink(missing_ok=True)


def _mark(path: Path) -> Path:
    return path.with_suffix(".wanted")


def _locked(path: Path) -> tuple[int, int]:
    while True:
        file = _opened(path)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = os.fstat(file)
            if _is_at(path, held.st_ino):
                return file, held.st_size
        except BlockingIOError as error:
            os.close(file)
            raise BeingWritten from error
        # Whoever held it before has moved it in or thrown it away.
        os.close(file)


def _opened(path: Path) -> int:
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
    try:
        return os.open(path, flags, 0o600)
    except FileNotFoundError:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return os.open(path, flags, 0o600)


def _is_at(path: Path, inode: int) -> bool:
    try:
        return path.stat().st_ino == inode
    except FileNotFoundError:
        return False


def require_offset(part: Part, offset: int) -> None:
    """Raises Conflict unless the next byte is the one at `offset`."""
    if part.offset != offset:
        raise Conflict("photo_offset", offset=part.offset)


def sweep(now: datetime) -> int:
    """Remove parts that have expired; returns how many."""
    gone = 0
    for path in folder().glob("*"):
        if now.timestamp() - path.stat().st_mtime > KEPT.total_seconds():
            path.unlink(missing_ok=True)
            gone += 1
    return gone


def _path(device: str, digest: str) -> Path:
    return folder() / f"{digest}-{hashlib.sha256(device.encode()).hexdigest()[:16]}"
