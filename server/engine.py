"""How each database is opened so that it keeps what it acknowledged. Knows no table.

SQLite: the driver's own transactions are off, since its deferred BEGIN fails a reader that
starts to write instead of making it wait; we say BEGIN IMMEDIATE for writers and BEGIN for
readers. PostgreSQL: time limits for locks, readers in read-only transactions.
"""

import re
import time
from typing import Any

import psycopg
import pysqlite3.dbapi2
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from server.config import Config

#: Execution options of a connection whose transaction may write. Everything else only reads.
WRITER = {"qianshao_writer": True, "postgresql_readonly": False}
READER = {"qianshao_writer": False, "postgresql_readonly": True}

#: Versions before this can corrupt the database when a WAL restart meets a checkpoint.
FIRST_SAFE_SQLITE = (3, 51, 3)
IDLE_IN_TRANSACTION_MS = 60_000
#: A connection that rested this long is asked whether it lives before it is used.
ASK_AFTER_REST_S = 20


_WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER|REINDEX|VACUUM|WITH\b.*\b(INSERT|UPDATE|DELETE)\b)",
    re.I | re.S,
)


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
        # Disks without moving heads. At the default of 4 whole tables of some hundred pages are read for ten rows.
        "random_page_cost": 1.1,
        "jit": "off",
    }
    return options | {
        "connect_args": {
            "options": " ".join(f"-c {name}={value}" for name, value in settings.items()),
            "connect_timeout": 5,
            # psycopg's own way drops every prepared statement at each rollback, ours too; `server.direct` keeps them.
            "prepare_threshold": None,
        },
        "execution_options": READER,
    }


def prepare_engine(engine: Engine, config: Config) -> Engine:
    """Attach what every connection of this engine needs. Opens nothing. Returns the engine."""
    if config.uses_sqlite:
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "before_cursor_execute", _refuse_reader)
        return engine
    event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "checkout", _ask_after_rest)
    if not config.unsafe_database:
        event.listen(engine, "first_connect", _refuse_unsafe_postgresql)
    return engine


def is_idle(connection: Connection) -> bool:
    """Whether the database holds no transaction open for the connection. On SQLite one begins with its first use."""
    driver: Any = connection.connection.driver_connection
    return isinstance(driver, psycopg.Connection) and driver.info.transaction_status == TransactionStatus.IDLE


def it_passes(error: SQLAlchemyError) -> bool:
    """Whether the same work may succeed later: a lock, a deadlock, a server that restarts or has no room."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated or isinstance(error.orig, psycopg.OperationalError):
        return True
    return getattr(error.orig, "sqlite_errorname", "").startswith(("SQLITE_BUSY", "SQLITE_LOCKED"))


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
    driver: Any = connection.connection.driver_connection
    begin = "BEGIN IMMEDIATE" if writes else "BEGIN"
    try:
        driver.execute(begin)
    except pysqlite3.dbapi2.Error as error:
        base = pysqlite3.dbapi2.Error
        raise DBAPIError.instance(begin, None, error, base, dialect=connection.dialect) from error


def refuse_reader(connection: Connection, statement: str) -> None:
    """A reader that tries to write is a bug: it would fail under load only. Here it fails always, as in PostgreSQL's
    read-only transactions. The pragma for it would have every prepared statement prepared anew, at each turn.
    """
    if not connection.get_execution_options().get("qianshao_writer") and _WRITES.match(statement):
        error = pysqlite3.dbapi2.OperationalError("attempt to write outside transaction()")
        raise OperationalError(statement, None, error)


def _refuse_reader(connection: Connection, _cursor: object, statement: str, *_: object) -> None:
    refuse_reader(connection, statement)


def _note_rest(_connection: Any, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


def _ask_after_rest(connection: Any, record: Any, _proxy: object) -> None:
    # The pool's own pre-ping asks every time, a round trip before each request.
    if time.monotonic() - record.info.get("rests_since", time.monotonic()) < ASK_AFTER_REST_S:
        return
    try:
        connection.execute("")
        connection.rollback()
    except psycopg.Error as error:
        raise DisconnectionError from error


def _refuse_unsafe_postgresql(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'")
        off = sorted(row[0] for row in cursor.fetchall())
    connection.rollback()
    if off:
        raise UnsafeDatabase(f"PostgreSQL runs with {' and '.join(off)} off: it may lose records")
