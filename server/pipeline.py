"""PostgreSQL: statements that the connection keeps prepared, many of them in one round trip.

Beneath SQLAlchemy and psycopg's cursors, on psycopg's own interface to libpq. Values travel as text and bytes as they
are, so the server must be able to tell from a statement of what type its values are.
"""

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any

import psycopg
from psycopg import pq
from psycopg.adapt import Transformer
from psycopg.errors import error_from_result
from psycopg.types.json import Json, Jsonb
from psycopg.waiting import Ready, Wait

#: Statements that a connection keeps prepared, and the values of the longest: what goes beyond is parsed every time.
_KEPT = 500
_VALUES_KEPT = 500
#: After so many uses a statement is planned anew, then after this many times as many: what is right for an empty table
#: is wrong for a full one, and the server keeps a plan until the table is next analysed.
_PLANNED_AGAIN, _THEN = 20, 5
_TEXT, _BINARY = 0, 1
_GOOD = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_COMMIT = "COMMIT"


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with `$1` …, and its values in that order."""

    sql: str
    values: Sequence[Any] = ()


@dataclass(slots=True)
class _Statement:
    name: bytes
    uses: int = 0
    until: int = _PLANNED_AGAIN


class Kept:
    """Which statements one connection has prepared, by their texts; lives and dies with it."""

    def __init__(self) -> None:
        self.statements: dict[str, _Statement] = {}
        self._numbers = count()

    def new(self, until: int = _PLANNED_AGAIN) -> _Statement:
        """A statement under a name that this connection never had: one that failed is not used again."""
        return _Statement(f"qs_{next(self._numbers)}".encode(), until=until)


def converse(connection: "psycopg.Connection[Any]", kept: Kept, steps: Sequence[Step]) -> list[list[tuple[Any, ...]]]:
    """Send the steps at once and wait once; the rows of each. None after the first that fails is done; that is raised.

    A COMMIT that the server made a rollback raises too.
    """
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    try:
        outgoing = _Outgoing(pgconn, kept)
        for step in steps:
            outgoing.add(step)
        pgconn.pipeline_sync()
        answers = connection.wait(_answers(pgconn))
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    for answer in answers:
        if answer.status not in _GOOD:
            kept.statements.clear()
            raise error_from_result(answer)
    kept.statements.update(outgoing.prepared)
    return [_rows(connection, step, answers[place]) for step, place in zip(steps, outgoing.places, strict=True)]


class _Outgoing:
    """Queues steps on a connection and counts what will be answered."""

    def __init__(self, pgconn: pq.abc.PGconn, kept: Kept) -> None:
        self._pgconn = pgconn
        self._kept = kept
        self._sent = 0
        #: At which place the answer of each step comes, and what was prepared on the way.
        self.places: list[int] = []
        self.prepared: dict[str, _Statement] = {}

    def add(self, step: Step) -> None:
        given = [None if value is None else _dump(value) for value in step.values]
        formats = [_BINARY if type(value) is bytes else _TEXT for value in step.values]
        statement = self._statement(step.sql, len(given))
        if statement is None:
            self._pgconn.send_query_params(step.sql.encode(), given, None, formats, _BINARY)
        else:
            statement.uses += 1
            self._pgconn.send_query_prepared(statement.name, given, formats, _BINARY)
        self.places.append(self._sent)
        self._sent += 1

    def _statement(self, sql: str, values: int) -> _Statement | None:
        """The prepared statement; None for one that is not worth keeping."""
        found = self.prepared.get(sql) or self._kept.statements.get(sql)
        if found is not None and found.uses < found.until:
            return found
        if found is not None:
            self._pgconn.send_close_prepared(found.name)
            self._sent += 1
            return self._prepare(sql, self._kept.new(found.until * _THEN))
        if values > _VALUES_KEPT or len(self._kept.statements) + len(self.prepared) >= _KEPT:
            return None
        return self._prepare(sql, self._kept.new())

    def _prepare(self, sql: str, statement: _Statement) -> _Statement:
        self._pgconn.send_prepare(statement.name, sql.encode())
        self._sent += 1
        self.prepared[sql] = statement
        return statement


def _answers(pgconn: pq.abc.PGconn) -> Generator[Wait, Ready | int, list[pq.abc.PGresult]]:
    """One result for everything that was sent, in order, up to the synchronisation."""
    waiting, found = pgconn.flush(), list[pq.abc.PGresult]()
    while True:
        ready = yield Wait.RW if waiting else Wait.R
        if ready & Ready.W:
            waiting = pgconn.flush()
        if not ready & Ready.R:
            continue
        pgconn.consume_input()
        while not pgconn.is_busy():
            result = pgconn.get_result()
            if result is not None and result.status == pq.ExecStatus.PIPELINE_SYNC:
                return found
            if result is not None:
                found.append(result)


def _rows(connection: "psycopg.Connection[Any]", step: Step, result: pq.abc.PGresult) -> list[tuple[Any, ...]]:
    if step.sql == _COMMIT and result.command_status != b"COMMIT":
        raise psycopg.InternalError("the transaction had failed and was rolled back, not committed")
    if not result.ntuples:
        return []
    loading = Transformer(connection)
    loading.set_pgresult(result)
    return loading.load_rows(0, result.ntuples, tuple)


def _dump(value: Any) -> bytes:
    dump = _DUMP.get(type(value))
    return dump(value) if dump else next(_DUMP[kind] for kind in type(value).__mro__ if kind in _DUMP)(value)


def _array(values: Sequence[str]) -> bytes:
    quoted = (value.replace("\\", "\\\\").replace('"', '\\"') for value in values)
    return ("{" + ",".join(f'"{value}"' for value in quoted) + "}").encode()


_DUMP: Mapping[type, Callable[[Any], bytes]] = {
    str: str.encode,
    bytes: bytes,
    bool: lambda value: b"t" if value else b"f",
    int: lambda value: b"%d" % value,
    float: lambda value: repr(value).encode(),
    datetime: lambda value: value.isoformat().encode(),
    date: lambda value: value.isoformat().encode(),
    list: _array,
    Json: lambda value: json.dumps(value.obj).encode(),
    Jsonb: lambda value: json.dumps(value.obj).encode(),
}
