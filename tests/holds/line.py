"""A bad line between a phone and the server, on loopback: cuts, stalls, repeats, delays and lies, where it is told to.

Each connection carries one request. What happens to it is the `Fault` that the test has set.
"""

import contextlib
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

PORTAL = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 38\r\nConnection: close\r\n\r\n"
    b"<html><body>Please sign in</body></html>"
)
PATIENCE_S = 10


@dataclass(frozen=True)
class Fault:
    """`kind` at byte `at`, of the request or of the answer.

    Of the request: cut, stall, half_close, spoil (in its body), late. Of the answer: drop (at 0: all of it) and
    spoil_answer (where it is compressed: damaged rows are noticed by what carries them, not by the receipt). Else:
    none, twice, portal, old_answer.
    """

    kind: str = "none"
    at: int = 0


@dataclass
class Line:
    """The line. `seen` counts the bytes of the last request and answer; `kept` are requests still on their way."""

    upstream: int
    fault: Fault = Fault()
    seen: tuple[int, int] = (0, 0)
    kept: list[bytes] = field(default_factory=list)
    old_answer: bytes = b""
    _stalled: list[socket.socket] = field(default_factory=list)

    def carry(self, phone: socket.socket) -> None:
        """Carry one request and its answer, or what the fault leaves of them."""
        with phone:
            request = _read_message(phone)
            if not request:
                return
            answer = self._through(request)
            self.seen = len(request), len(answer)
            with contextlib.suppress(OSError):
                phone.sendall(answer)

    def deliver_late(self) -> list[bytes]:
        """Deliver what was kept on its way, the newest first; the answers reach nobody."""
        waiting, self.kept = self.kept[::-1], []
        return [self._ask(request) for request in waiting]

    def hang_up(self) -> None:
        """Close what was stalled."""
        for connection in self._stalled:
            connection.close()
        self._stalled.clear()

    def _through(self, request: bytes) -> bytes:
        match self.fault.kind:
            case "cut" | "stall" | "half_close":
                return self._part(request[: self.fault.at])
            case "spoil":
                body = request.index(b"\r\n\r\n") + 4
                return self._ask(_spoilt(request, body + self.fault.at % (len(request) - body)))
            case "late":
                self.kept.append(request)
                return b""
            case "portal":
                return PORTAL
            case "old_answer":
                return self.old_answer
            case "twice":
                return self._twice(request)
        return self._back(self._ask(request))

    def _back(self, answer: bytes) -> bytes:
        """What of an answer comes through."""
        kind, at = self.fault.kind, self.fault.at
        if kind == "none":
            self.old_answer = answer
        if kind == "drop":
            return answer[:at]
        return _spoilt(answer, at) if kind == "spoil_answer" and b"Content-Encoding: gzip" in answer else answer

    def _twice(self, request: bytes) -> bytes:
        """Both at once; the phone gets the second's answer."""
        first = threading.Thread(target=self._ask, args=(request,))
        first.start()
        answer = self._ask(request)
        first.join(PATIENCE_S)
        return answer

    def _part(self, request: bytes) -> bytes:
        connection = self._connect()
        connection.sendall(request)
        if self.fault.kind == "stall":
            self._stalled.append(connection)
            return b""
        if self.fault.kind == "cut":
            connection.close()
            return b""
        connection.shutdown(socket.SHUT_WR)
        with connection:
            return _read_all(connection)

    def _ask(self, request: bytes) -> bytes:
        with self._connect() as connection:
            connection.sendall(request)
            return _read_all(connection)

    def _connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.upstream), PATIENCE_S)


@contextmanager
def bad_line(upstream: int) -> Iterator[tuple[Line, int]]:
    """The line to the server's port, and the port at which a phone finds it."""
    line = Line(upstream)
    with socket.create_server(("127.0.0.1", 0)) as entrance:
        threading.Thread(target=_serve, args=(entrance, line), daemon=True).start()
        try:
            yield line, int(entrance.getsockname()[1])
        finally:
            line.hang_up()
            entrance.shutdown(socket.SHUT_RDWR)


def _serve(entrance: socket.socket, line: Line) -> None:
    while True:
        try:
            phone, _ = entrance.accept()
        except OSError:
            return
        phone.settimeout(PATIENCE_S)
        line.carry(phone)


def _read_message(connection: socket.socket) -> bytes:
    """A request with the body that its header announces."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = connection.recv(65536)
        if not more:
            return b""
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def _read_all(connection: socket.socket) -> bytes:
    received = b""
    with contextlib.suppress(OSError):
        while more := connection.recv(65536):
            received += more
    return received


def _spoilt(data: bytes, at: int) -> bytes:
    """One bit of one byte is another."""
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :] if at < len(data) else data
