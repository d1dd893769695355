"""One process at a time on a data directory: who serves from it, or who restores it."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class InUse(Exception):
    """Another process holds the directory."""


@contextmanager
def hold(data_dir: Path) -> Iterator[None]:
    """Hold the directory, made if it is not there. Raises InUse.

    The lock is this process's alone: a fork that outlives it for a moment does not keep its successor out.
    """
    data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (data_dir / "lock").open("a") as lock:
        try:
            fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse from error
        yield
