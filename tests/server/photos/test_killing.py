"""Worker and queue are killed while photos are processed; nothing stays unprocessed. Real processes, real kills."""

import os
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import select

from server.db import db as the_db
from server.models.photo import PhotoFile
from server.queue import current_queue
from server.services import photo_sweep
from server.supervision import die_with_parent, kill_session
from server.worker import JobWorker
from tests.guards.tree import ROOT
from tests.server.photos.scene import photo
from tests.server.photos.wire import wired
from tests.servers.valkey import valkey

PHOTOS, KILLS = 6, 2


@pytest.fixture
def wire(tmp_path):
    with wired(tmp_path) as made:
        yield made


def unprocessed() -> int:
    the_db.session.rollback()
    waiting = select(PhotoFile.digest).where(PhotoFile.processed_at.is_(None))
    return len(the_db.session.scalars(waiting).all())


def worker(wire) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "server.worker"], cwd=ROOT, env=wire.environment, start_new_session=True,
        preexec_fn=die_with_parent, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_killed_workers_and_queues_leave_no_photo_behind(wire):
    one = wire.phone
    digests = [one.declare(photo(200 + number)) for number in range(PHOTOS)]
    for kill in range(KILLS):
        with valkey(wire.config) as queue:
            for number in range(kill * 3, kill * 3 + 3):
                assert one.patch(digests[number], photo(200 + number)).status_code == 204
            working = worker(wire)
            before, until = unprocessed(), time.monotonic() + 20
            # Killed in the middle: after the first photo of the round, or while the queue is full.
            while kill % 2 and unprocessed() == before and time.monotonic() < until:
                time.sleep(0.02)
            os.kill(queue.pid, signal.SIGKILL)
            kill_session(working.pid)
            working.wait(10)
    assert unprocessed() > 0, "the kills came too late to prove anything"

    with valkey(wire.config):
        later = wire.phone.county.clock() + photo_sweep.GRACE * 10
        photo_sweep.sweep(later)
        JobWorker(wire.app).work(burst=True, logging_level="CRITICAL")
        current_queue().empty()

    assert unprocessed() == 0
    assert one.counts() == (PHOTOS, PHOTOS, PHOTOS, 0)
