"""Who commits, what a session may do outside, and who waits for whom."""

import threading
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import func, literal, select
from sqlalchemy.exc import DBAPIError, StatementError

from server import create_app
from server.db import Busy, UtcDateTime, WriterGate, transaction
from server.db import db as the_db
from server.models.feed import StreamHead
from tests.settings import make_config

KEY = "mine:m1"


def heads(db: SQLAlchemy) -> int:
    return db.session.scalar(select(func.count()).select_from(StreamHead)) or 0


def test_what_a_transaction_wrote_is_there_afterwards(db):
    with transaction():
        db.session.add(StreamHead(stream=KEY, seq=1))

    assert heads(db) == 1


def test_an_exception_takes_everything_back_and_runs_no_effect(db):
    ran = []

    with pytest.raises(ZeroDivisionError), transaction() as tx:
        db.session.add(StreamHead(stream=KEY, seq=1))
        db.session.flush()
        tx.after_commit(lambda: ran.append(1))
        raise ZeroDivisionError

    assert heads(db) == 0
    assert ran == []


def test_effects_run_in_order_once_the_rows_are_there_for_others(app: Flask):
    seen = []

    def look_from_outside() -> None:
        _in_thread(app, lambda: seen.append(heads(the_db)))

    with app.app_context(), transaction() as tx:
        the_db.session.add(StreamHead(stream=KEY, seq=1))
        tx.after_commit(look_from_outside)
        tx.after_commit(lambda: seen.append("second"))
        assert seen == []

    assert seen == [1, "second"]


def test_an_effect_that_fails_stops_neither_the_others_nor_the_request(db, caplog):
    ran = []

    with transaction() as tx:
        db.session.add(StreamHead(stream=KEY, seq=1))
        tx.after_commit(lambda: 1 / 0)
        tx.after_commit(lambda: ran.append(1))

    assert ran == [1]
    assert heads(db) == 1
    assert "an effect failed" in caplog.text


def test_a_failed_savepoint_takes_back_its_rows_and_its_effects_only(db):
    ran = []

    with transaction() as tx:
        db.session.add(StreamHead(stream="kept", seq=1))
        tx.after_commit(lambda: ran.append("kept"))
        with pytest.raises(ZeroDivisionError), tx.savepoint():
            db.session.add(StreamHead(stream="lost", seq=1))
            db.session.flush()
            tx.after_commit(lambda: ran.append("lost"))
            raise ZeroDivisionError

    assert db.session.scalars(select(StreamHead.stream)).all() == ["kept"]
    assert ran == ["kept"]


def test_a_write_outside_a_transaction_is_refused(db):
    db.session.add(StreamHead(stream=KEY, seq=1))

    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()


def test_after_a_transaction_the_session_only_reads_again(db):
    with transaction():
        db.session.add(StreamHead(stream=KEY, seq=1))
    db.session.add(StreamHead(stream="other", seq=1))

    with pytest.raises(DBAPIError):
        db.session.flush()
    db.session.rollback()


def test_a_transaction_inside_a_transaction_is_refused(db):
    with transaction(), pytest.raises(RuntimeError, match="only the edge"), transaction():
        pass


def test_a_change_made_before_the_transaction_is_refused(db):
    db.session.add(StreamHead(stream=KEY, seq=1))

    with pytest.raises(RuntimeError, match="belongs inside"), transaction():
        pass
    db.session.rollback()


def test_a_transaction_sees_what_others_committed_since_the_session_first_read(app: Flask):
    with app.app_context():
        assert heads(the_db) == 0
        _in_thread(app, lambda: _add("other"))
        with transaction():
            assert heads(the_db) == 1


def test_two_writers_that_read_and_add_lose_no_count(app: Flask):
    with app.app_context():
        _add(KEY)
    threads = [threading.Thread(target=_count_up, args=(app, 20)) for _ in range(4)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with app.app_context():
        assert the_db.session.scalar(select(StreamHead.seq)) == 1 + 80


def test_whoever_waits_too_long_for_a_lock_is_told_to_come_back(installation, app: Flask, tmp_path):
    config = make_config(
        tmp_path,
        QIANSHAO_DATABASE_URL=installation.config.database_url,
        QIANSHAO_LOCK_TIMEOUT_SECONDS=1,
    )
    other = create_app(config)
    with app.app_context():
        _add(KEY)
        with transaction():
            the_db.session.scalar(select(StreamHead.seq).with_for_update())
            error = _in_thread(other, _lock)
    with other.app_context():
        the_db.engine.dispose()

    assert isinstance(error, Busy)


def test_an_instant_comes_back_aware_and_in_utc(db):
    shanghai = datetime(2026, 3, 1, 7, 30, tzinfo=timezone(timedelta(hours=8)))

    given = db.session.scalar(select(literal(shanghai, UtcDateTime)))

    assert given == shanghai
    assert given.tzinfo is UTC


def test_an_instant_without_a_zone_is_refused(db):
    with pytest.raises(StatementError, match="without a zone"):
        db.session.scalar(select(literal(datetime(2026, 3, 1), UtcDateTime)))  # noqa: DTZ001


def test_the_gate_lets_writers_in_in_the_order_of_their_coming():
    gate = WriterGate()
    order: list[int] = []
    threads = [threading.Thread(target=_enter, args=(gate, order, number)) for number in range(6)]

    with gate:
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join()

    assert order == list(range(6))


def _enter(gate: WriterGate, order: list[int], number: int) -> None:
    with gate:
        order.append(number)
        time.sleep(0.005)


def _add(stream: str) -> None:
    with transaction():
        the_db.session.add(StreamHead(stream=stream, seq=1))


def _count_up(app: Flask, times: int) -> None:
    for _ in range(times):
        with app.app_context(), transaction():
            row = the_db.session.scalars(select(StreamHead).with_for_update()).one()
            row.seq = row.seq + 1


def _lock() -> None:
    with transaction():
        the_db.session.scalar(select(StreamHead.seq).with_for_update())


def _in_thread(app: Flask, work) -> BaseException | None:
    caught: list[BaseException] = []

    def run() -> None:
        with app.app_context():
            try:
                work()
            except Exception as error:  # noqa: BLE001 - handed back to the test
                caught.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return caught[0] if caught else None


def test_a_database_that_goes_away_after_the_reading_spoils_no_answer(tmp_path, postgresql, fresh_postgresql):
    app = create_app(make_config(tmp_path, QIANSHAO_DATABASE_URL=fresh_postgresql))

    with app.app_context():
        backend = the_db.session.scalar(select(func.pg_backend_pid()))
        with postgresql.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (backend,))

    with app.app_context():
        assert the_db.session.scalar(select(func.pg_backend_pid())) != backend
        the_db.session.remove()
        the_db.engine.dispose()
