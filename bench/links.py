"""A link to a port of this machine that is cut again and again, and counts what was put on it. Loopback only.

Time on the link is the bytes that it carried over its rate, so that a share does not hang on how fast the machine is.
"""

import contextlib
import socket
import threading
import time
from types import TracebackType

_PIECE = 16 * 1024
_LAST_PIECE_S = 0.3


class CutLink:
    """Forwards connections; after each `cut_every` bytes that went up, everything that is open is cut.

    What the phone put on the link and the server did not get by then is lost: one piece of `_PIECE` bytes.
    """

    def __init__(self, to: int, cut_every: int) -> None:
        self._to, self._every, self._next = to, cut_every, cut_every
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self.sent = 0
        self.cuts = 0

    def __enter__(self) -> "CutLink":
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
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
                if self.sent >= self._next:
                    self._next = self.sent + self._every
                    self.cuts += 1
                    # A slow link carries its last piece for so long that the server has read all that came before.
                    time.sleep(_LAST_PIECE_S)
                    self._cut()
                    return
                server.sendall(data)
        self._close(phone, server)

    def _down(self, server: socket.socket, phone: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(_PIECE):
                phone.sendall(data)
        self._close(phone, server)

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
