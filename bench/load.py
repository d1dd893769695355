"""Sends requests that were made beforehand over a few kept connections, and times each. Loopback only.

Plain sockets: the sender shares the machine with what it measures and must not weigh.
"""

import socket
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from bench.submissions import Submission

_TIMEOUT_S = 60


@dataclass
class Sent:
    """What came of a run. `seconds`: each request's; `bytes_in`: bodies received."""

    wall: float = 0.0
    seconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    bytes_in: int = 0
    bodies: list[bytes] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        """The request time that `share` of them keep, in ms."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] * 1000


@dataclass(frozen=True)
class _Turn:
    submission: Submission
    after: threading.Event | None
    done: threading.Event


def send(port: int, submissions: Sequence[Submission], clients: int, keep: int = 0) -> Sent:
    """Send each once from `clients` connections; the first `keep` answers are kept whole.

    A phone has one request in flight: its next one waits for the answer, and its time begins then.
    """
    waiting: SimpleQueue[_Turn] = SimpleQueue()
    last: dict[str, threading.Event] = {}
    for submission in submissions:
        turn = _Turn(submission, last.get(submission.token), threading.Event())
        last[submission.token] = turn.done
        waiting.put(turn)
    sent, lock = Sent(), threading.Lock()
    threads = [threading.Thread(target=_client, args=(port, waiting, sent, lock, keep)) for _ in range(clients)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent.wall = time.perf_counter() - began
    return sent


def _client(port: int, waiting: "SimpleQueue[_Turn]", sent: Sent, lock: threading.Lock, keep: int) -> None:
    connection = socket.create_connection(("127.0.0.1", port), _TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    while True:
        try:
            turn = waiting.get_nowait()
        except Empty:
            connection.close()
            return
        if turn.after is not None:
            turn.after.wait(_TIMEOUT_S)
        began = time.perf_counter()
        try:
            status, body = _ask(connection, turn.submission)
        finally:
            turn.done.set()
        taken = time.perf_counter() - began
        with lock:
            sent.seconds.append(taken)
            sent.bytes_in += len(body)
            if status != 200:
                sent.failures.append(f"{status} {body[:300]!r}")
            elif len(sent.bodies) < keep:
                sent.bodies.append(body)


def _ask(connection: socket.socket, submission: Submission) -> tuple[int, bytes]:
    head = (
        f"POST /api/v1/sync/exchange HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {submission.token}\r\n"
        "Content-Type: application/json\r\nContent-Encoding: gzip\r\nAccept-Encoding: gzip\r\n"
        f"Content-Length: {len(submission.body)}\r\n\r\n"
    )
    connection.sendall(head.encode() + submission.body)
    received = b""
    while b"\r\n\r\n" not in received:
        received += _some(connection)
    headers, _, body = received.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in headers.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += _some(connection)
    return int(headers[9:12]), body


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise ConnectionError("the server closed the connection")
    return data
