"""The databases are opened so that they keep what they acknowledge, or not at all."""

import psycopg
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from server import engine as engine_module
from server.engine import UnsafeDatabase, engine_options, it_passes, prepare_engine
from tests.settings import make_config


def open_engine(config):
    return prepare_engine(create_engine(config.database_url, **engine_options(config)), config)


def test_sqlite_keeps_a_write_ahead_log_and_syncs_every_commit(config):
    engine = open_engine(config)

    with engine.connect() as connection:
        asked = {name: connection.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous")}
    engine.dispose()

    assert asked == {"journal_mode": "wal", "synchronous": 2}


def test_sqlite_enforces_foreign_keys(config):
    engine = open_engine(config)

    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
    engine.dispose()


def test_a_sqlite_that_can_corrupt_its_log_is_refused(config, monkeypatch):
    monkeypatch.setattr(engine_module, "FIRST_SAFE_SQLITE", (99, 0, 0))
    engine = open_engine(config)

    with pytest.raises(UnsafeDatabase, match="write-ahead log"), engine.connect():
        pass
    engine.dispose()


def test_a_postgresql_without_fsync_is_refused(tmp_path, fresh_postgresql):
    config = make_config(tmp_path, QIANSHAO_DATABASE_URL=fresh_postgresql, QIANSHAO_UNSAFE_DATABASE=0)
    engine = open_engine(config)

    with pytest.raises(UnsafeDatabase, match="fsync and full_page_writes off"), engine.connect():
        pass
    engine.dispose()


def test_postgresql_sessions_commit_synchronously_in_utc_and_wait_a_limited_time(tmp_path, fresh_postgresql):
    engine = open_engine(make_config(tmp_path, QIANSHAO_DATABASE_URL=fresh_postgresql))
    names = ("synchronous_commit", "lock_timeout", "idle_in_transaction_session_timeout", "timezone")

    with engine.connect() as connection:
        asked = [connection.scalar(text(f"SHOW {name}")) for name in names]
    engine.dispose()

    assert asked == ["on", "10s", "1min", "UTC"]


def test_a_connection_that_was_cut_while_it_rested_is_replaced(tmp_path, fresh_postgresql, monkeypatch):
    monkeypatch.setattr(engine_module, "ASK_AFTER_REST_S", 0)
    engine = open_engine(make_config(tmp_path, QIANSHAO_DATABASE_URL=fresh_postgresql))
    with engine.connect() as connection:
        first = connection.scalar(text("SELECT pg_backend_pid()"))
    with psycopg.connect(fresh_postgresql.replace("+psycopg", ""), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s)", [first])

    with engine.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != first
    engine.dispose()


def test_a_connection_that_is_cut_in_use_is_something_that_passes(tmp_path, fresh_postgresql):
    engine = open_engine(make_config(tmp_path, QIANSHAO_DATABASE_URL=fresh_postgresql))

    with pytest.raises(SQLAlchemyError) as caught, engine.connect() as connection:
        with psycopg.connect(fresh_postgresql.replace("+psycopg", ""), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [connection.scalar(text("SELECT pg_backend_pid()"))])
        connection.execute(text("SELECT 1"))
    engine.dispose()

    assert it_passes(caught.value)


def test_a_wrong_statement_does_not_pass(config):
    engine = open_engine(config)

    with pytest.raises(SQLAlchemyError) as caught, engine.connect() as connection:
        connection.execute(text("SELECT nothing"))
    engine.dispose()

    assert not it_passes(caught.value)
