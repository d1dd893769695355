"""Copies of a SQLite database: one file, taken with SQLite's own backup, a reader like any other."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from server.durability.copies import Copies, CopyUnusable, DatabaseInUse, Prepared, sync


class SqliteCopies(Copies):
    """Writers go on while a copy is taken."""

    kind = "sqlite"
    file = "database.sqlite3"

    def take(self, target: Path) -> None:
        with closing(sqlite.connect(self._path)) as source, closing(sqlite.connect(target)) as copy:
            source.backup(copy)
            # One file that can be read from anywhere, without a write-ahead log beside it.
            copy.execute("PRAGMA journal_mode = DELETE")
        sync(target)

    @contextmanager
    def tried(self, source: Path) -> Iterator[Connection]:
        with _opened(f"file:{source}?mode=ro&immutable=1") as engine, engine.connect() as connection:
            yield connection

    @contextmanager
    def prepared(self, source: Path) -> Iterator[Prepared]:
        beside = self._path.with_name(f"{self._path.name}.restoring")
        _remove_sqlite(beside)
        try:
            shutil.copyfile(source, beside)
            with _opened(f"file:{beside}") as engine:
                yield PreparedSqlite(engine, beside, self._path)
        finally:
            _remove_sqlite(beside)

    @property
    def _path(self) -> Path:
        return Path(str(make_url(self.config.database_url).database))


class PreparedSqlite(Prepared):
    """The restored file beside the database's."""

    def __init__(self, engine: Engine, beside: Path, database: Path) -> None:
        super().__init__(engine)
        self._beside = beside
        self._database = database

    def swap(self, stamp: str) -> str:
        self.engine.dispose()
        sync(self._beside)
        kept = self._database.with_name(f"{self._database.name}.before-restore-{stamp}")
        if self._database.exists():
            self._put_aside(kept)
        self._beside.replace(self._database)
        sync(self._database.parent)
        return str(kept)

    def _put_aside(self, kept: Path) -> None:
        """Keep the old file under another name; until the last step it stays in its place as well."""
        _close_wal(self._database)
        for suffix in ("-wal", "-shm"):
            beside = Path(f"{self._database}{suffix}")
            if beside.exists():
                beside.rename(f"{kept}{suffix}")
        kept.hardlink_to(self._database)


@contextmanager
def _opened(address: str) -> Iterator[Engine]:
    """A whole database, as plain as can be: none of the server's habits, which assume its own file."""
    engine = create_engine(
        "sqlite://", module=sqlite, creator=lambda: sqlite.connect(address, uri=True), poolclass=NullPool
    )
    try:
        _check(engine)
        yield engine
    except (sqlite.DatabaseError, DBAPIError) as error:
        raise CopyUnusable(str(error)) from error
    finally:
        engine.dispose()


def _check(engine: Engine) -> None:
    with engine.connect() as connection:
        found = connection.execute(text("PRAGMA integrity_check")).scalars().all()
        dangling = connection.execute(text("PRAGMA foreign_key_check")).all()
    if found != ["ok"] or dangling:
        raise CopyUnusable(f"integrity {found[:3]}, dangling references {len(dangling)}")


def _close_wal(database: Path) -> None:
    """Fold the write-ahead log into the file, where the file can still be read; nobody else may have it open."""
    try:
        with closing(sqlite.connect(database, timeout=0)) as connection:
            connection.execute("PRAGMA journal_mode = DELETE")
    except sqlite.DatabaseError as error:
        if error.sqlite_errorname.startswith("SQLITE_BUSY"):
            raise DatabaseInUse(str(database)) from error


def _remove_sqlite(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
