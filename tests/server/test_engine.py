"""The databases are opened so that they keep what they acknowledge, or not at all."""

import pytest
from sqlalchemy import create_engine, text

from server import engine as engine_module
from server.engine import UnsafeDatabase, engine_options, prepare_engine
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
