"""How each database is opened so that it keeps what it acknowledged. Knows no table.

SQLite: the driver's own transactions are off, since its deferred BEGIN fails a reader that
starts to write instead of making it wait; we say BEGIN IMMEDIATE for writers and BEGIN for
readers. PostgreSQL: time limits for locks, readers in read-only transactions.
"""

from typing import Any

import pysqlite3.dbapi2
from sqlalchemy import Connection, Engine, event

from server.config import Config

#: Execution options of a connection whose transaction may write. Everything else only reads.
WRITER = {"qianshao_writer": True, "postgresql_readonly": False}
READER = {"qianshao_writer": False, "postgresql_readonly": True}

#: Versions before this can corrupt the database when a WAL restart meets a checkpoint.
FIRST_SAFE_SQLITE = (3, 51, 3)
IDLE_IN_TRANSACTION_MS = 60_000


class UnsafeDatabase(Exception):
    """The database may lose or damage what it has acknowledged; the server does not use it."""


def engine_options(config: Config) -> dict[str, Any]:
    """Arguments of `create_engine` for the database of `config`."""
    options: dict[str, Any] = {"pool_size": config.threads + 2, "max_overflow": 0}
    if config.uses_sqlite:
        return options | {
            "module": pysqlite3.dbapi2,
            "connect_args": {"timeout": config.lock_timeout_s, "check_same_thread": False},
            "execution_options": {"qianshao_writer": False},
        }
    settings = {
        "lock_timeout": int(config.lock_timeout_s * 1000),
        "idle_in_transaction_session_timeout": IDLE_IN_TRANSACTION_MS,
        "synchronous_commit": "on",
        "timezone": "UTC",
    }
    return options | {
        "pool_pre_ping": True,
        "connect_args": {
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "connect_timeout": 5,
        },
        "execution_options": READER,
    }


def prepare_engine(engine: Engine, config: Config) -> Engine:
    """Attach what every connection of this engine needs. Opens nothing. Returns the engine."""
    if config.uses_sqlite:
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    elif not config.unsafe_database:
        event.listen(engine, "first_connect", _refuse_unsafe_postgresql)
    return engine


def _open_sqlite(connection: Any, _record: object) -> None:
    if pysqlite3.dbapi2.sqlite_version_info < FIRST_SAFE_SQLITE:
        raise UnsafeDatabase(
            f"SQLite {pysqlite3.dbapi2.sqlite_version} can corrupt a write-ahead log; "
            f"{'.'.join(map(str, FIRST_SAFE_SQLITE))} or newer is needed"
        )
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "cache_size=-16000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("qianshao_writer")
    # A reader that tries to write is a bug: it would fail under load only. query_only makes it
    # fail always, as PostgreSQL's read-only transaction does.
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _refuse_unsafe_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'")
        off = sorted(row[0] for row in cursor.fetchall())
    connection.rollback()
    if off:
        raise UnsafeDatabase(f"PostgreSQL runs with {' and '.join(off)} off: it may lose records")
