"""A disk that is really full: photos are told so, nothing is acknowledged, and it passes when there is room again."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from resource import RLIM_INFINITY, RLIMIT_FSIZE, prlimit

import pytest

from bench.photos import ask, patch
from bench.processes import tree
from media.digest import sha256_of
from tests.media.pictures import padded
from tests.server.photos.scene import photo
from tests.server.photos.wire import Wire, wired

DISK_BYTES = 64_000_000
RECOVERED_WITHIN_S = 10
SIZE = 400_000


@contextmanager
def small_disk(place: Path) -> Iterator[bool]:
    """A file system of its own of DISK_BYTES at `place`, where this machine lets us mount one: whether it did."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES}", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


@contextmanager
def full(place: Path, server: int, *, mounted: bool) -> Iterator[None]:
    """The disk takes nothing more; without one of our own, the server's files may not grow."""
    if not mounted:
        for process in tree(server):
            prlimit(process, RLIMIT_FSIZE, (0, RLIM_INFINITY))
        yield
        for process in tree(server):
            prlimit(process, RLIMIT_FSIZE, (RLIM_INFINITY, RLIM_INFINITY))
        return
    filling = place / "filling"
    file = os.open(filling, os.O_CREAT | os.O_WRONLY)
    with suppress(OSError):
        while True:
            os.write(file, b"\0" * 4096)
    os.close(file)
    yield
    filling.unlink()


@pytest.fixture(params=["a disk of its own", "files that may not grow"])
def disk(request, tmp_path):
    place = tmp_path / "disk"
    place.mkdir()
    own = small_disk(place) if request.param.startswith("a disk") else nullcontext(enter_result=False)
    with own as mounted, wired(place) as wire, wire.serving() as server:
        yield wire, lambda: full(place, server.pid, mounted=mounted)


def test_ph_11_a_full_disk_is_told_and_passes_without_a_restart(disk):
    wire, filled = disk
    photos = [padded(photo(400), SIZE + number) for number in range(3)]
    for data in photos:
        wire.phone.declare_later(data)
    wire.phone.tell()
    begun, later, _ = photos
    assert send(wire, begun, 0, SIZE // 2) == 204
    with filled():
        assert send(wire, begun, SIZE // 2, len(begun)) == 507
        assert send(wire, later, 0, len(later)) == 507
        assert wire.phone.counts()[1:] == (0, 0, 0)
    freed = time.monotonic()
    for data in photos:
        while not whole(wire, data):
            assert time.monotonic() - freed < RECOVERED_WITHIN_S
    assert wire.phone.counts() == (3, 3, 0, 0)


def test_a_disk_that_fills_up_while_a_photo_comes_keeps_what_came(disk):
    wire, filled = disk
    data = padded(photo(401), SIZE)
    digest = wire.phone.declare(data)
    with linked(wire) as link:
        link.sendall(wire.head(digest, 0, len(data)) + data[:100_000])
        # What came within a second is written down.
        time.sleep(1.5)
        with filled():
            link.sendall(data[100_000:])
            assert link.recv(4096).startswith(b"HTTP/1.1 507")
    assert 100_000 <= wire.offset(digest) < len(data)
    assert whole(wire, data)
    stored = wire.config.data_dir / "media" / "original" / digest[:2] / digest
    assert sha256_of(stored.read_bytes()) == digest


@contextmanager
def linked(wire: Wire) -> Iterator[socket.socket]:
    with socket.create_connection(("127.0.0.1", wire.config.port), 30) as link:
        yield link


def send(wire: Wire, data: bytes, start: int, end: int) -> int:
    """The status of a PATCH with data[start:end]."""
    with linked(wire) as link:
        return ask(link, wire.head(sha256_of(data), start, end - start) + data[start:end])[0]


def whole(wire: Wire, data: bytes) -> bool:
    """Bring the rest; whether the photo is whole."""
    digest = sha256_of(data)
    with linked(wire) as link:
        return ask(link, patch(wire.token, data, wire.offset(digest)))[0] == 204
