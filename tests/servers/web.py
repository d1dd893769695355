"""A web server that a test or a measurement starts on this machine: where it listens, and when it is there."""

import socket
import time
import urllib.request
from collections.abc import Callable

READY_WITHIN_S = 60


def free_port() -> int:
    """A port that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_alive(port: int, within_s: float = READY_WITHIN_S, lives: Callable[[], bool] = lambda: True) -> None:
    """Return once /healthz answers. Raises OSError after `within_s`, or as soon as the server no longer `lives`."""
    until = time.monotonic() + within_s
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
            return
        except OSError:
            if time.monotonic() > until or not lives():
                raise
            time.sleep(0.03)
