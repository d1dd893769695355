"""A slow link to a port of this machine that is cut again and again, and counts what was put on it. Loopback only."""

import contextlib
import socket
import threading
import time
from types import TracebackType

_PIECE = 16 * 1024


class CutLink:
    """Forwards connections at `rate` bytes/s upwards; at each cut everything that is open is reset."""

    def __init__(self, to: int, rate: int, cut_every_s: float) -> None:
        self._to, self._rate, self._every = to, rate, cut_every_s
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.sent = 0
        self.cuts = 0

    def __enter__(self) -> "CutLink":
        for work in (self._listen, self._cut_again_and_again):
            threading.Thread(target=work, daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._ended.set()
        self._listening.close()
        self._cut()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                phone, _ = self._listening.accept()
                # A phone must not be able to put more on the link than the link carries.
                phone.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _PIECE)
                server = socket.create_connection(("127.0.0.1", self._to))
                with self._lock:
                    self._open |= {phone, server}
                threading.Thread(target=self._up, args=(phone, server), daemon=True).start()
                threading.Thread(target=self._down, args=(server, phone), daemon=True).start()

    def _up(self, phone: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := phone.recv(_PIECE):
                self.sent += len(data)
                time.sleep(len(data) / self._rate)
                server.sendall(data)
        self._close(phone, server)

    def _down(self, server: socket.socket, phone: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(_PIECE):
                phone.sendall(data)
        self._close(phone, server)

    def _cut_again_and_again(self) -> None:
        while not self._ended.wait(self._every):
            self.cuts += 1
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            ends = list(self._open)
        self._close(*ends)

    def _close(self, *ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        with self._lock:
            self._open.difference_update(ends)
