"""Three hundred hostile files through the real upload and the real worker cost a refusal each and nothing else."""

import socket
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select

from bench.photos import ask, patch
from bench.processes import tree
from media.digest import Rendition, sha256_of, storage_key
from server.db import db as the_db
from server.models.photo import PhotoFile
from server.supervision import die_with_parent, kill_session
from tests.guards.tree import ROOT
from tests.media.hostile import corpus
from tests.server.photos.wire import wired
from tests.servers.valkey import valkey

#: What the web process may grow by, whatever arrives.
WEB_BYTES = 64_000_000
ALL_PROCESSED_WITHIN_S = 240


@pytest.fixture
def wire(tmp_path):
    with wired(tmp_path) as made:
        yield made


def test_ph_8_no_hostile_file_is_shown_run_or_takes_a_process_down(wire):
    files = [file.data for file in corpus() if file.data]
    for data in files:
        wire.phone.declare_later(data)
    wire.phone.tell()
    with valkey(wire.config), wire.serving() as server:
        before, processes = memory(server.pid), tree(server.pid)
        told = {data: bring(wire, data) for data in files}
        grown = memory(server.pid) - before
        assert {status for status, _ in told.values()} <= {204, 422}
        assert tree(server.pid) == processes
        assert grown <= WEB_BYTES
        refused = [said for status, said in told.values() if status == 422]
        assert len(refused) > 150
        for said in refused:
            assert b"Content-Type: application/problem+json" in said
            assert b"X-Content-Type-Options: nosniff" in said
            assert b'"detail"' in said
            assert b"alert(" not in said
        work(wire)
        for data, (status, _) in told.items():
            assert (status == 204) == stored(wire, data, Rendition.ORIGINAL).exists()
            copy = stored(wire, data, Rendition.SCREEN)
            assert not copy.exists() or copy.read_bytes()[:4] == b"RIFF" or copy.read_bytes()[:3] == b"\xff\xd8\xff"


def work(wire) -> None:
    """A worker deals with whatever arrived and is still there afterwards."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "server.worker"], cwd=ROOT, env=wire.environment, start_new_session=True,
        preexec_fn=die_with_parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        until = time.monotonic() + ALL_PROCESSED_WITHIN_S
        while waiting := unprocessed_and_not_refused():
            assert time.monotonic() < until, waiting
            assert worker.poll() is None
            time.sleep(0.2)
        assert worker.poll() is None
    finally:
        kill_session(worker.pid)
        worker.wait(10)


def unprocessed_and_not_refused() -> int:
    the_db.session.rollback()
    left = PhotoFile.processed_at.is_(None) & PhotoFile.refusal.is_(None)
    return the_db.session.scalar(select(func.count(PhotoFile.digest)).where(left))


def bring(wire, data: bytes) -> tuple[int, bytes]:
    """The answer to the whole file in one request; one that is refused unread is asked for again without its body."""
    try:
        with socket.create_connection(("127.0.0.1", wire.config.port), 30) as link:
            return ask(link, patch(wire.token, data))
    except OSError:
        with socket.create_connection(("127.0.0.1", wire.config.port), 30) as link:
            return ask(link, wire.head(sha256_of(data)))


def memory(process: int) -> int:
    """Bytes that the process and its children hold."""
    pages = 0
    for one in tree(process):
        with open(f"/proc/{one}/statm") as told:  # noqa: PTH123 - no file
            pages += int(told.read().split()[1])
    return pages * 4096


def stored(wire, data: bytes, rendition: Rendition):
    return wire.config.data_dir / "media" / storage_key(sha256_of(data), rendition)
