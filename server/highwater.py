"""A mark beside the data of how far this server has got, to notice a database that came back from
an older copy.

It never decides what to do about it: `server.services.epochs` compares the mark with the database
at every start.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from flask import Flask, current_app

from server.config import Config

_SIZE = 512


@dataclass(frozen=True)
class Mark:
    """What this server once held; `store` names the database cluster, its timeline and the
    database.
    """

    epoch: str
    store: str
    #: When the newest stored push arrived, ms since the epoch.
    received: int = 0
    #: Id of the newest entry of the audit trail, for what only the office changed.
    audit: int = 0


class Unreadable(Exception):
    """The mark is torn or foreign: how far the server had got is not known."""


class HighWater:
    """The mark in one small file, shared by the processes of a server under a file lock.

    It is written in place and not synced: a killed process leaves the whole mark in the page
    cache, and a power cut may lose the last seconds of it, which only shortens how far back a
    rollback is noticed, or leaves it unreadable, which counts as a rollback.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Mark | None:
        """The mark, or None where this data directory never had one. Raises Unreadable."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        return _decoded(content) if content else None

    def write(self, mark: Mark) -> None:
        """Set the mark whatever it said before, synced to disk."""
        with self._locked() as descriptor:
            os.pwrite(descriptor, _encoded(mark), 0)
            os.fsync(descriptor)

    def note(self, *, received: int = 0, audit: int = 0) -> None:
        """Raise the mark after a commit; never lowers it. A mark that is absent or torn waits for
        the next start.
        """
        with self._locked() as descriptor, contextlib.suppress(Unreadable):
            mark = _decoded(os.pread(descriptor, _SIZE, 0))
            raised = replace(mark, received=max(mark.received, received), audit=max(mark.audit, audit))
            if raised != mark:
                os.pwrite(descriptor, _encoded(raised), 0)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[int]:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def install(app: Flask, config: Config) -> None:
    """Say where `app` has its mark; nothing is opened yet."""
    app.extensions["qianshao_high_water"] = HighWater(config.data_dir / "high-water")


def high_water() -> HighWater:
    """The mark of the application that is at work."""
    mark: HighWater = current_app.extensions["qianshao_high_water"]
    return mark


def _encoded(mark: Mark) -> bytes:
    return json.dumps(asdict(mark)).encode().ljust(_SIZE, b"\n")


def _decoded(content: bytes) -> Mark:
    try:
        return Mark(**json.loads(content))
    except (ValueError, TypeError) as error:
        raise Unreadable("the high-water mark cannot be read") from error
