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
_TEXT, _BINARY = 0, 1
_GOOD = (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK)
_COMMIT = "COMMIT"


@dataclass(frozen=True, slots=True)
class Step:
    """A statement with `$1` …, and its values in that order."""

    sql: str
    values: Sequence[Any] = ()


class Kept:
    """Which statements one connection has prepared, text → name; lives and dies with it."""

    def __init__(self) -> None:
        self.names: dict[str, bytes] = {}
        self._numbers = count()

    def new_name(self) -> bytes:
        """A name that this connection never had: one whose statement failed is not used again."""
        return f"qs_{next(self._numbers)}".encode()


def converse(connection: "psycopg.Connection[Any]", kept: Kept, steps: Sequence[Step]) -> list[list[tuple[Any, ...]]]:
    """Send the steps at once and wait once; the rows of each. None after the first that fails is done; that is raised.

    A COMMIT that the server made a rollback raises too.
    """
    pgconn = connection.pgconn
    pgconn.enter_pipeline_mode()
    try:
        new, answers = _send(pgconn, kept, steps), connection.wait(_answers(pgconn))
    finally:
        if pgconn.status == pq.ConnStatus.OK:
            pgconn.exit_pipeline_mode()
    for answer in answers:
        if answer.status not in _GOOD:
            raise error_from_result(answer)
    kept.names.update(new)
    # The answer to a preparation stands ahead of the first answer of its statement.
    told, unanswered = iter(answers), set(new)
    found = []
    for step in steps:
        if step.sql in unanswered:
            unanswered.remove(step.sql)
            next(told)
        found.append(_rows(connection, step, next(told)))
    return found


def _send(pgconn: pq.abc.PGconn, kept: Kept, steps: Sequence[Step]) -> Mapping[str, bytes]:
    """Queue everything; returns what was prepared on the way."""
    new: dict[str, bytes] = {}
    for step in steps:
        given = [None if value is None else _dump(value) for value in step.values]
        formats = [_BINARY if type(value) is bytes else _TEXT for value in step.values]
        name = kept.names.get(step.sql) or new.get(step.sql)
        if name is None and (len(given) > _VALUES_KEPT or len(kept.names) + len(new) >= _KEPT):
            pgconn.send_query_params(step.sql.encode(), given, None, formats, _BINARY)
            continue
        if name is None:
            name = new[step.sql] = kept.new_name()
            pgconn.send_prepare(name, step.sql.encode())
        pgconn.send_query_prepared(name, given, formats, _BINARY)
    pgconn.pipeline_sync()
    return new


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
