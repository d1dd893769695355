"""Statements past SQLAlchemy's execution: the same rows, the same transaction, the same errors, in the same order."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import bindparam, func, insert, literal, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from server import create_app, direct, pipeline
from server.among import among
from server.db import Busy, transaction
from server.db import db as the_db
from server.models.county import County
from server.models.feed import ServerEpoch, StreamHead
from server.models.segment import Chain, Segment
from server.models.team import Membership, Team
from server.models.user import User
from server.services.upsert import add, put
from tests.settings import make_config

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
_HEADS = (
    select(StreamHead.stream, StreamHead.seq).where(among(StreamHead.stream, "streams")).order_by(StreamHead.stream)
)
_SET = update(StreamHead).where(StreamHead.stream == bindparam("of")).values(seq=bindparam("to"))


def add_heads(*names: str, seq: int = 1) -> None:
    add(StreamHead, [{"stream": name, "seq": seq} for name in names])


def heads(*names: str) -> list[tuple[str, int]]:
    return [tuple(row) for row in direct.ask(_HEADS, {"streams": list(names)})]


def test_what_is_asked_while_it_waits_to_be_asked_ahead_leaves_no_second_answer_behind(db):
    with transaction():
        add_heads("a")
    with transaction():
        direct.ahead(_HEADS, {"streams": ["a"]})
        before = heads("a")
        direct.write(_SET, {"of": "a", "to": 7})
        after = heads("a")

    assert (before, after) == ([("a", 1)], [("a", 7)])


def test_what_is_asked_alone_is_answered_the_same_and_holds_no_connection(db):
    with transaction():
        add_heads("a", "b")
    session_holds = db.engine.pool.checkedout()

    alone = direct.ask_alone(_HEADS, {"streams": ["a", "b"]})

    assert [tuple(row) for row in alone] == heads("a", "b") == [("a", 1), ("b", 1)]
    assert db.engine.pool.checkedout() == max(session_holds, 1)
    with pytest.raises(DBAPIError):
        direct.ask_alone(text("SELECT nothing FROM nowhere"), {})


def test_what_is_asked_alone_survives_a_connection_that_was_lost(tmp_path, postgresql, fresh_postgresql):
    app = create_app(make_config(tmp_path, QIANSHAO_DATABASE_URL=fresh_postgresql))
    with app.app_context():
        engine = the_db.engine
        one = select(literal(1).label("one"))
        direct.ask_alone(one, {})
        lent = engine.raw_connection()
        lost = lent.driver_connection.info.backend_pid
        lent.close()
        with postgresql.connect() as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (lost,))

        assert [row.one for row in direct.ask_alone(one, {})] == [1]
        the_db.session.remove()
        engine.dispose()


def test_a_list_of_any_length_is_one_value(db):
    strange = ['a"b', "a\\b", "甲,乙", "{}", ""]
    with transaction():
        add_heads("plain", *strange)

    assert heads() == []
    assert {name for name, _ in heads("plain", *strange, "nobody")} == {"plain", *strange}


def test_rows_come_back_as_the_models_say(db):
    with transaction():
        add(ServerEpoch, [{"number": 1, "id": "e", "reason": "纪元", "started_at": NOON}])
        add(County, [{"id": "c", "code": "1", "name": "县", "duty_telephone": "", "is_demo": True}])
        add(Team, [{"id": "t", "county_id": "c", "name": "组"}])
        add(User, [{"id": "u", "county_id": "c", "name": "人", "created_at": NOON}])
        whole = {"id": "m", "team_id": "t", "user_id": "u", "role": "member", "specialty": "safety"}
        add(Membership, [whole | {"from_date": date(2026, 1, 31)}])

    (epoch,) = direct.ask(select(ServerEpoch.started_at, ServerEpoch.reason), {})
    (county,) = direct.ask(select(County.is_demo, County.name), {})
    (member,) = direct.ask(select(Membership.from_date, Membership.until_date, Membership.feed_seq), {})

    assert (epoch.started_at, epoch.reason) == (NOON, "纪元")
    assert (county.is_demo, county.name) == (True, "县")
    assert tuple(member) == (date(2026, 1, 31), None, 0)


def test_bytes_and_json_come_back_as_they_were(db):
    data = bytes(range(256))
    with transaction():
        chain = {"id": "c", "user_id": "u", "algorithm": "a", "public_key": "k", "opened_at": NOON}
        add(Chain, [chain])
        segment = {"chain_id": "c", "first_seq": 1, "last_seq": 2, "data": data, "last_hash": "h", "signature": "s"}
        add(Segment, [segment | {"verdicts": {"2": "迟"}, "settled": None, "received_at": NOON, "receipt_id": "r"}])

    (row,) = direct.ask(select(Segment.data, Segment.verdicts, Segment.settled), {})
    assert (row.data, row.verdicts, row.settled) == (data, {"2": "迟"}, None)


def sent(monkeypatch) -> list[list[str]]:
    """The statements of every round trip from now on."""
    trips, execute = [], direct._execute

    def noted(connection, steps):
        trips.append([step.sql.split()[0] for step in steps])
        return execute(connection, steps)

    monkeypatch.setattr(direct, "_execute", noted)
    return trips


def test_questions_go_together_and_each_is_answered_once(db, monkeypatch):
    with transaction():
        add_heads("a", "b")
    trips = sent(monkeypatch)
    direct.ahead(_HEADS, {"streams": ["b"]})
    first = direct.ask(_HEADS, {"streams": []}, [(_HEADS, {"streams": ["a"]})])

    assert first == []
    assert [heads("a"), heads("b")] == [[("a", 1)], [("b", 1)]]
    assert trips == [["SELECT"] * 3]
    assert heads("b") == [("b", 1)]
    assert trips[1:] == [["SELECT"]]


def test_what_is_asked_with_the_commit_tells_of_what_was_written(db, monkeypatch):
    trips = sent(monkeypatch)
    with transaction():
        add_heads("a")
        direct.ahead(_HEADS, {"streams": ["a"]})
    assert heads("a") == [("a", 1)]
    assert [trip[:2] for trip in trips] == [["INSERT", "SELECT"]]


def test_an_answer_that_nobody_asked_for_is_forgotten_with_the_next_transaction(db):
    with transaction():
        add_heads("a")
        direct.ahead(_HEADS, {"streams": ["a"]})
    with transaction():
        direct.write(_SET, {"of": "a", "to": 9})

    assert heads("a") == [("a", 9)]


def test_what_waits_is_written_before_the_next_question_and_in_order(db):
    with transaction():
        add_heads("a")
        direct.write(_SET, {"of": "a", "to": 7})
        assert heads("a") == [("a", 7)]
        direct.write(_SET, {"of": "a", "to": 8})

    assert heads("a") == [("a", 8)]


def test_what_waits_is_written_before_sqlalchemy_executes_anything(db):
    with transaction():
        add_heads("a")
        assert db.session.scalar(select(func.count()).select_from(StreamHead)) == 1
        direct.write(_SET, {"of": "a", "to": 7})
        db.session.execute(update(StreamHead).values(seq=StreamHead.seq + 1))

    assert heads("a") == [("a", 8)]


def test_what_waits_goes_with_an_exception(db):
    with pytest.raises(ZeroDivisionError), transaction():
        add_heads("a")
        raise ZeroDivisionError
    with transaction():
        add_heads("b")

    assert heads("a", "b") == [("b", 1)]


def test_a_savepoint_takes_back_what_waited_in_it(db):
    with transaction() as tx:
        add_heads("kept")
        with pytest.raises(ZeroDivisionError), tx.savepoint():
            add_heads("gone")
            raise ZeroDivisionError

    assert heads("kept", "gone") == [("kept", 1)]


def test_a_write_that_fails_with_the_commit_keeps_everything_back(db):
    with transaction():
        add_heads("there")
    with pytest.raises(IntegrityError), transaction():
        add_heads("before")
        add_heads("there")
        add_heads("after")

    assert heads("before", "there", "after") == [("there", 1)]


def test_a_write_that_fails_with_a_question_is_raised_there(db):
    with transaction():
        add_heads("there")
    with pytest.raises(IntegrityError), transaction():
        add_heads("there")
        heads("there")

    assert heads("there") == [("there", 1)]


def test_a_transaction_that_failed_and_went_on_is_never_taken_for_committed(db):
    with transaction():
        add_heads("there")
    with pytest.raises((DBAPIError, Busy)), transaction():
        add_heads("first")
        with pytest.raises(IntegrityError):
            add_heads("there")
            heads()
        if db.engine.dialect.name == "sqlite":
            raise Busy  # SQLite takes back the one statement; whoever goes on there means it
        add_heads("second")

    assert heads("first", "second") == []


@pytest.mark.parametrize("first", ["directly", "by the session"])
def test_a_connection_that_has_only_asked_writes_next(db, first):
    assert heads("a") == []
    with transaction():
        if first == "directly":
            add_heads("a")
        else:
            db.session.add(StreamHead(stream="a", seq=1))
            db.session.flush()
    assert heads("a") == [("a", 1)]

    with pytest.raises(DBAPIError):
        db.session.execute(insert(StreamHead), {"stream": "b", "seq": 1})
    db.session.rollback()


def test_outside_a_transaction_nothing_can_be_written(db):
    db.session.rollback()
    returning = insert(StreamHead).values(stream="a", seq=1, floor=0).returning(StreamHead.seq)
    with pytest.raises(DBAPIError):
        direct.ask(returning, {})
    db.session.rollback()

    assert heads("a") == []


def test_many_rows_beyond_what_is_kept_prepared_are_written_too(db, monkeypatch):
    monkeypatch.setattr(pipeline, "_VALUES_KEPT", 5)
    monkeypatch.setattr(pipeline, "_KEPT", 3)
    names = [f"s{number:04}" for number in range(450)]
    with transaction():
        put(StreamHead, ("stream",), ("seq",), [{"stream": name, "seq": 1} for name in names])
        put(StreamHead, ("stream",), ("seq",), [{"stream": name, "seq": 2} for name in names[:2]])

    found = heads(*names)
    assert len(found) == 450
    assert found[:3] == [("s0000", 2), ("s0001", 2), ("s0002", 1)]


def test_a_connection_that_is_gone_is_told_as_busy_and_replaced(app, db, postgresql):
    if db.engine.dialect.name == "sqlite":
        return
    with pytest.raises(Busy), transaction():
        heads()
        (pid,) = db.session.execute(text("SELECT pg_backend_pid()")).one()
        _end(postgresql, app, pid)
        add_heads("lost")

    with transaction():
        add_heads("next")
    assert heads("lost", "next") == [("next", 1)]


def test_a_connection_that_goes_before_a_question_is_told_as_busy_too(app, db, postgresql):
    if db.engine.dialect.name == "sqlite":
        return
    with pytest.raises(Busy), transaction():
        heads()
        (pid,) = db.session.execute(text("SELECT pg_backend_pid()")).one()
        add_heads("lost")
        _end(postgresql, app, pid)
        heads()

    assert heads("lost") == []


def _end(_cluster, app, pid: int) -> None:
    import psycopg

    url = app.config["SQLALCHEMY_DATABASE_URI"].replace("postgresql+psycopg", "postgresql")
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
