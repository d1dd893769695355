"""Photos taken in per second, whole visits with theirs, and how much of a link that is cut is of use.

    .venv/bin/python -m bench.photos [--database postgresql] [--store disk s3] [--clients 1 4 16] [--visits 100]

The sender and, for s3, the S3 server run on the same cores. Mark: ODK Central took 120 to 160 photos a second and 41
to 54 visits with three of them on two such cores. Ends non-zero when a request failed or a count is wrong.
"""

import argparse
import os
import random
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue

from sqlalchemy import func, select

from bench import world
from bench.installation import DATABASES, Installation, installation
from bench.links import CutLink
from bench.processes import cpu_seconds, yardstick
from bench.submissions import Pen, Submission, submissions
from media.digest import sha256_of
from server.config import Config
from server.db import db
from server.models.photo import Photo
from tests.media.pictures import encoded, padded, scene
from tests.servers.s3 import new_bucket, s3
from tests.servers.valkey import valkey

PHOTOS_A_VISIT, PHONE_PHOTOS, SIZE = 3, 40, 300_000
MINES, TEAMS = 900, 200
#: A link is cut every 20 s: what a poor one and a fair one carry meanwhile, bytes/s.
RATES, CUT_EVERY_S = (30_000, 100_000, 400_000), 20
#: The share of what a phone sends that must be of use.
USEFUL = 0.95
_TIMEOUT_S = 60


class Camera:
    """Makes photos of SIZE that differ in a few bytes of their picture, so that each has a digest of its own."""

    def __init__(self) -> None:
        photo = encoded(scene(1, (1280, 960)), quality=95)
        for quality in range(94, 60, -1):
            if len(photo) <= SIZE:
                break
            photo = encoded(scene(1, (1280, 960)), quality=quality)
        self._photo, self._taken = bytearray(padded(photo, SIZE)), 0
        self._places = [at for at in range(len(photo) // 2, len(photo) - 9) if 0xFF not in photo[at - 1 : at + 2]][:64]

    def take(self) -> bytes:
        """The next photo."""
        self._taken += 1
        for bit, at in enumerate(self._places[::2][:20]):
            self._photo[at] = 0x21 + (self._taken >> bit & 1)
        return bytes(self._photo)


@dataclass(frozen=True)
class Visit:
    """A visit's exchange and its photos."""

    submission: Submission
    photos: tuple[bytes, ...]

    def exchange(self) -> bytes:
        body, token = self.submission.body, self.submission.token
        head = (
            f"POST /api/v1/sync/exchange HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
            "Content-Type: application/json\r\nContent-Encoding: gzip\r\nAccept-Encoding: gzip\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def uploads(self) -> list[bytes]:
        return [patch(self.submission.token, photo) for photo in self.photos]


def patch(token: str, photo: bytes, offset: int = 0) -> bytes:
    """The request that brings a photo from `offset` on."""
    head = (
        f"PATCH /api/v1/photos/{sha256_of(photo)} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Length: {len(photo) - offset}\r\n"
        "Content-Type: application/offset+octet-stream\r\n\r\n"
    )
    return head.encode() + photo[offset:]


def visits(made: world.World, count: int, each: int, seed: int, camera: Camera) -> list[Visit]:
    """Visits that each declare so many photos."""
    taken: list[tuple[bytes, ...]] = []

    def declare(pen: Pen, visit: str) -> list[str]:
        photos = tuple(camera.take() for _ in range(each))
        taken.append(photos)
        return [pen.write("photo.add", _body(pen, photo), visit=visit) for photo in photos]

    found = list(submissions(made, count, seed, more=declare))
    return [Visit(submission, photos) for submission, photos in zip(found, taken, strict=True)]


def _body(pen: Pen, photo: bytes) -> dict[str, object]:
    return {
        "photo": pen.uid(), "sha256": sha256_of(photo), "size": len(photo), "mime": "image/jpeg", "width": 1280,
        "height": 960, "of": "visit", "source": "stream",
    }  # fmt: skip


@dataclass
class Sent:
    """What came of a run."""

    wall: float
    jobs: int
    failures: list[str]


def send(port: int, jobs: Sequence[Sequence[bytes]], clients: int) -> Sent:
    """Send every job's requests in order, each job on one connection that is kept."""
    waiting: SimpleQueue[Sequence[bytes]] = SimpleQueue()
    for job in jobs:
        waiting.put(job)
    failures: list[str] = []
    threads = [threading.Thread(target=_client, args=(port, waiting, failures)) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Sent(time.perf_counter() - began, len(jobs), failures)


def _client(port: int, waiting: "SimpleQueue[Sequence[bytes]]", failures: list[str]) -> None:
    with socket.create_connection(("127.0.0.1", port), _TIMEOUT_S) as link:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                job = waiting.get_nowait()
            except Empty:
                return
            for request in job:
                status, told = ask(link, request)
                if status not in (200, 204):
                    failures.append(f"{status} {told[:300]!r}")


def ask(link: socket.socket, request: bytes) -> tuple[int, bytes]:
    """Send a request and read its answer; raises ConnectionError when the link ends before."""
    link.sendall(request)
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(link)
    head, _, body = received.partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length and not request.startswith(b"HEAD"):
        body += _some(link)
    return int(head[9:12]), head + body


def _some(link: socket.socket) -> bytes:
    data = link.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data


def bring_over_cut_link(port: int, visit: Visit, rate: int) -> tuple[int, int, int]:
    """Bring a phone's photos over a link that is cut again and again: (bytes of photos, bytes sent, cuts)."""
    with CutLink(port, rate * CUT_EVERY_S) as link:
        for photo in visit.photos:
            bring(link.port, visit.submission.token, photo)
        return sum(map(len, visit.photos)), link.sent, link.cuts


def bring(port: int, token: str, photo: bytes) -> None:
    """Bring a photo as a phone does: ask how much is there, send the rest, and again until it is whole."""
    named = f"/api/v1/photos/{sha256_of(photo)}"
    head = f"HEAD {named} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nTus-Resumable: 1.0.0\r\n\r\n"
    for _ in range(200):
        try:
            with socket.create_connection(("127.0.0.1", port), _TIMEOUT_S) as link:
                told = ask(link, head.encode())[1]
                offset = next(
                    int(line[14:]) for line in told.split(b"\r\n") if line.lower().startswith(b"upload-offset:")
                )
                if offset == len(photo) or ask(link, patch(token, photo, offset))[0] == 204:
                    return
        except OSError:
            continue
    raise RuntimeError("never whole")


def main() -> None:
    options = _options()
    camera = Camera()
    print(
        f"photos of {len(camera.take()):,} bytes; yardstick {yardstick():.1f} ms; ms of CPU: server, database, sender"
    )
    print(f"the disk alone (write, sync, rename, sync, log): {disk_alone(camera.take()):.0f} a second, one at a time")
    print("database    store  what     clients    per s   server  database  sender")
    wrong = sum(measure(database, store, options, camera) for database in options.database for store in options.store)
    sys.exit(1 if wrong else 0)


def disk_alone(photo: bytes, rounds: int = 100) -> float:
    """Photos a second that the disk takes with the syncs that an acknowledgement promises, and with nothing else."""
    with tempfile.TemporaryDirectory(prefix="qs-bench-") as name:
        folder = os.open(name, os.O_RDONLY)
        log = os.open(f"{name}/log", os.O_CREAT | os.O_WRONLY)
        began = time.perf_counter()
        for number in range(rounds):
            file = os.open(f"{name}/arriving", os.O_CREAT | os.O_WRONLY)
            os.write(file, photo)
            os.fsync(file)
            os.close(file)
            os.replace(f"{name}/arriving", f"{name}/{number}")  # noqa: PTH105 - the call and nothing around it
            os.fsync(folder)
            os.write(log, bytes(16_384))
            os.fsync(log)
        seconds = time.perf_counter() - began
        os.close(log)
        os.close(folder)
    return rounds / seconds


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--store", nargs="+", choices=("disk", "s3"), default=["disk", "s3"])
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 4, 16])
    parser.add_argument("--rates", nargs="*", type=int, default=list(RATES), help="of links that are cut, bytes/s")
    parser.add_argument("--visits", type=int, default=100, help="a run")
    return parser.parse_args()


def measure(database: str, store: str, options: argparse.Namespace, camera: Camera) -> int:
    """One database and store; returns how many requests or counts were wrong."""
    with ExitStack() as stack:
        found = stack.enter_context(installation(database))
        if store == "s3":
            found = _with(found, new_bucket(stack.enter_context(s3()), "bench-photos"))
        stack.enter_context(valkey(found.config))
        with found.app().app_context():
            made = world.build(found.config, MINES, TEAMS)
            db.engine.dispose()
        server = stack.enter_context(found.serving())
        runs = _Runs(found, server, f"{database:<12}{store:<7}")
        wrong = 0
        for clients in options.clients:
            first = visits(made, options.visits, PHOTOS_A_VISIT, clients, camera)
            wrong += runs.quietly([[visit.exchange()] for visit in first])
            wrong += runs.timed("photo", [[upload] for visit in first for upload in visit.uploads()], clients)
            second = visits(made, options.visits, PHOTOS_A_VISIT, 100 + clients, camera)
            wrong += runs.timed("visit", [[visit.exchange(), *visit.uploads()] for visit in second], clients)
        for number, rate in enumerate(options.rates):
            (phone,) = visits(made, 1, PHONE_PHOTOS, 999 + number, camera)
            wrong += runs.quietly([[phone.exchange()]])
            wrong += _over_cut_link(found.config.port, phone, rate)
        return wrong + _missing(found)


def _over_cut_link(port: int, phone: Visit, rate: int) -> int:
    useful, sent, cuts = bring_over_cut_link(port, phone, rate)
    print(
        f"  {PHONE_PHOTOS} photos at {rate:,} bytes/s, cut every {CUT_EVERY_S} s, {cuts} times: "
        f"{useful / sent:.1%} of {sent:,} bytes useful",
        flush=True,
    )
    return int(useful / sent < USEFUL)


@dataclass(frozen=True)
class _Runs:
    found: Installation
    server: int
    name: str

    def quietly(self, jobs: Sequence[Sequence[bytes]]) -> int:
        return _failed(send(self.found.config.port, jobs, 2))

    def timed(self, what: str, jobs: Sequence[Sequence[bytes]], clients: int) -> int:
        before = cpu_seconds(self.server), self.found.database_cpu(), time.process_time()
        sent = send(self.found.config.port, jobs, clients)
        after = cpu_seconds(self.server), self.found.database_cpu(), time.process_time()
        used = [(end - start) * 1000 / sent.jobs for start, end in zip(before, after, strict=True)]
        print(
            f"{self.name}{what:<9}{clients:>7}{sent.jobs / sent.wall:>9.1f}"
            f"{used[0]:>9.2f}{used[1]:>10.2f}{used[2]:>8.2f}",
            flush=True,
        )
        return _failed(sent)


def _with(found: Installation, settings: dict[str, str]) -> Installation:
    environment = found.environment | settings
    return replace(found, config=Config.from_env(environment), environment=environment)


def _failed(sent: Sent) -> int:
    for failure in sent.failures[:3]:
        print(failure, file=sys.stderr)
    return len(sent.failures)


def _missing(found: Installation) -> int:
    """Photos that were declared and are not here."""
    with found.app().app_context():
        missing = db.session.scalar(select(func.count(Photo.id)).where(Photo.arrived_at.is_(None))) or 0
        db.session.remove()
        db.engine.dispose()
    return missing


if __name__ == "__main__":
    random.seed(1)
    main()
