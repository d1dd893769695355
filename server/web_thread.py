"""The web server's threads: one that has answered waits a moment for what the same connection asks next.

Handing a connection back to gunicorn's own loop and out again costs more processor than many requests themselves.
Knows nothing of what is asked.
"""

import select
import threading
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

#: So long a phone between two photos, or a page between two parts, is taken to be still asking.
LINGERS_MS = 200


class LingeringWorker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's worker of threads; at most half of them linger, so that whoever comes new finds one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._may_linger = threading.BoundedSemaphore(max(1, self.cfg.threads // 2))

    def handle(self, conn: Any) -> Any:
        """Answer what a connection asks, and what it asks within LINGERS_MS of that; whether it is to be kept."""
        kept = super().handle(conn)
        while kept is True and self.alive and self._asks_again(conn):
            kept = super().handle(conn)
        return kept

    def _asks_again(self, conn: Any) -> bool:
        """Whether more comes at once; what was read ahead is gunicorn's own to find."""
        if conn.is_http2 or conn.parser.unreader.buf.getvalue() or not self._may_linger.acquire(blocking=False):
            return False
        try:
            asking = select.poll()
            asking.register(conn.sock, select.POLLIN)
            return bool(asking.poll(LINGERS_MS))
        finally:
            self._may_linger.release()
