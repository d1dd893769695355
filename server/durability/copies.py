"""A copy of the database as a file: taken while the server works, opened to be tried, put in the database's place.

What backup and restore ask of a database; one module each for SQLite and PostgreSQL. None knows what the tables hold.
"""

import os
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine

from server.config import Config


class CopyUnusable(Exception):
    """The file is no whole copy of a database."""


class DatabaseInUse(Exception):
    """Somebody is connected: stop the server first."""


class Prepared(ABC):
    """A restored copy beside the database, to be changed and then put in its place."""

    def __init__(self, engine: Engine) -> None:
        #: Of the restored copy; as plain as can be, everything on it is the caller's.
        self.engine = engine

    @abstractmethod
    def swap(self, stamp: str) -> str:
        """Put it in the database's place at one stroke; returns where the old one is kept. Raises DatabaseInUse."""


class Copies(ABC):
    """What backup and restore need of a database."""

    kind: str
    #: Name of the file within a backup.
    file: str

    def __init__(self, config: Config) -> None:
        self.config = config

    @abstractmethod
    def take(self, target: Path) -> None:
        """Write a consistent copy to `target`, durably, while others read and write. Nobody waits for it."""

    @abstractmethod
    def tried(self, source: Path) -> AbstractContextManager[Connection]:
        """A connection to what a restore of the copy gives; gone afterwards. Raises CopyUnusable."""

    @abstractmethod
    def prepared(self, source: Path) -> AbstractContextManager[Prepared]:
        """The copy restored beside the database; gone afterwards unless it was swapped in. Raises CopyUnusable."""


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
