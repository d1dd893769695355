"""Statements past SQLAlchemy's execution, for the paths that must be fast: compiled once, prepared, sent together.

The statements, the types and the transaction are SQLAlchemy's all the same. Writes may wait: they go with the next
question, with the next statement that SQLAlchemy executes on the connection, or with the commit, always in order. So
may questions, for whoever asks them later.
Knows no table.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, cast

import psycopg
import pysqlite3.dbapi2
from flask import Flask
from sqlalchemy import Connection, Dialect, Executable, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.compiler import SQLCompiler

from server.db import AHEAD, db
from server.engine import is_idle, refuse_reader
from server.pipeline import Kept, Step, converse

Facts = Mapping[str, Any]
#: A statement, and the values of what it leaves open.
Question = tuple[Executable, Facts]
Adapt = Callable[[Any], Any] | None

_NUMBERED: Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
_STATE = "qianshao_direct"
#: What a writer does is looked up by key: one plan serves, whatever the values.
_BEGIN = (Step("BEGIN READ WRITE"), Step("SET LOCAL plan_cache_mode = force_generic_plan"))


@dataclass(slots=True)
class _State:
    """What goes with a connection of the pool: its prepared statements, and the writes that wait."""

    kept: Kept = field(default_factory=Kept)
    waiting: list["Step | _Asked"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    #: Per position the name of the fact that stands there, or none and the value itself; what makes it the driver's.
    binds: tuple[tuple[str | None, Any, Adapt], ...]
    row: Callable[[Sequence[Any]], Any] | None
    adapt: tuple[Adapt, ...]

    def step(self, facts: Facts) -> Step:
        given = [(facts[name] if name else fixed, adapt) for name, fixed, adapt in self.binds]
        return Step(self.sql, [adapt(v) if adapt and v is not None else v for v, adapt in given])

    def rows(self, found: Sequence[Sequence[Any]]) -> list[Any]:
        row = self.row
        if row is None or not found:
            return []
        if not any(self.adapt):
            return [row(values) for values in found]
        return [row([a(v) if a else v for v, a in zip(values, self.adapt, strict=True)]) for values in found]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question that waits to be sent, or whose rows wait to be asked for."""

    statement: Executable
    facts: Facts
    compiled: _Compiled
    rows: list[Any] | None = None

    @property
    def step(self) -> Step:
        return self.compiled.step(self.facts)


def ask(statement: Executable, facts: Facts, then: Sequence[Question] = ()) -> list[Any]:
    """The rows of a statement, their columns by name.

    `then`: questions asked after it in the same round trip; their rows are there for whoever asks them next.
    """
    if not then and (known := _known_ahead(statement, facts)) is not None:
        return known
    connection = db.session.connection()
    _no_longer_ahead(connection, statement, facts)
    every = [_Asked(*question, _compiled(connection.dialect, question[0])) for question in ((statement, facts), *then)]
    return _send(connection, every)


def ask_all(questions: Sequence[Question]) -> list[list[Any]]:
    """The rows of each statement, in one round trip; each sees what was committed when its own turn came."""
    first, *others = questions
    return [ask(*first, then=others), *(ask(*other) for other in others)]


def ask_alone(statement: Executable, facts: Facts) -> list[Any]:
    """The same for a statement that reads and is all that is asked for now: past the session, on a connection that goes
    back at once. What goes wrong is asked again in the ordinary way, which knows what each error means.
    """
    compiled, lent = _compiled(db.engine.dialect, statement), db.engine.raw_connection()
    try:
        step, kept = compiled.step(facts), lent.info.setdefault(_STATE, _State()).kept
        return compiled.rows(_read(lent.driver_connection, kept, step))
    except (psycopg.Error, pysqlite3.dbapi2.Error):
        lent.invalidate()
    finally:
        lent.close()
    return ask(statement, facts)


def _read(driver: Any, kept: Kept, step: Step) -> list[tuple[Any, ...]]:
    if isinstance(driver, psycopg.Connection):
        return converse(driver, kept, [step])[0]
    found: list[tuple[Any, ...]] = driver.execute(step.sql, step.values).fetchall()
    return found


def ahead(statement: Executable, facts: Facts) -> None:
    """Ask with the next round trip, or with the commit; the rows are there for whoever asks the same next, once.

    What they say is of that moment: only where nothing that is written between could change it.
    """
    connection = db.session.connection()
    _state(connection).waiting.append(_Asked(statement, facts, _compiled(connection.dialect, statement)))


def is_ahead(statement: Executable, facts: Facts) -> bool:
    """Whether the rows are there already."""
    return any(asked.statement is statement and asked.facts == facts for asked in db.session.info.get(AHEAD, ()))


def forget_ahead() -> None:
    """Drop the rows that were asked ahead and that nobody asked for: from here on they could be old."""
    db.session.info.pop(AHEAD, None)


def write(statement: Executable, facts: Facts) -> None:
    """Have a statement executed before anything else is asked and before the commit; its rows are nobody's."""
    connection = db.session.connection()
    write_text(connection, _compiled(connection.dialect, statement).step(facts))


def write_text(connection: Connection, step: Step) -> None:
    """The same for a text with `placeholders` of the connection's database."""
    _state(connection).waiting.append(step)


def placeholders(dialect: Dialect, rows: int, columns: int) -> str:
    """`(…), (…)` for so many rows of values."""
    if dialect.name == "sqlite":
        return ", ".join([f"({', '.join('?' * columns)})"] * rows)
    return ", ".join(f"({', '.join(f'${row * columns + n + 1}' for n in range(columns))})" for row in range(rows))


def driven(dialect: Dialect) -> Dialect:
    """The dialect for which texts and values are made."""
    return dialect if dialect.name == "sqlite" else _NUMBERED


def install(app: Flask) -> None:
    """Keep the order of what waits and what SQLAlchemy executes on the same connection."""
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", _before_others)
    event.listen(engine, "commit", _commit)
    event.listen(engine, "rollback", _forget)


def _known_ahead(statement: Executable, facts: Facts) -> list[Any] | None:
    answered: list[_Asked] = db.session.info.get(AHEAD, [])
    for number, asked in enumerate(answered):
        if asked.statement is statement and asked.facts == facts:
            return answered.pop(number).rows
    return None


def _no_longer_ahead(connection: Connection, statement: Executable, facts: Facts) -> None:
    """What waits to be asked ahead and is asked now is asked once: a second answer would be taken for a later one."""
    waiting = _state(connection).waiting
    for number, asked in enumerate(waiting):
        if isinstance(asked, _Asked) and asked.statement is statement and asked.facts == facts:
            del waiting[number]
            return


def _before_others(connection: Connection, *_: object) -> None:
    """What waits goes first; and a writer's transaction is begun here, because the driver would begin one to read."""
    state = connection.info.get(_STATE)
    if (state and state.waiting) or (_writes(connection) and is_idle(connection)):
        _send(connection, ())


def _commit(connection: Connection) -> None:
    """What waits and the COMMIT in one round trip; SQLAlchemy's own then finds nothing left to commit."""
    state = connection.info.get(_STATE)
    if state is None or not state.waiting:
        return
    _send(connection, () if connection.dialect.name == "sqlite" else (Step("COMMIT"),))


def _forget(connection: Connection) -> None:
    if connection.invalidated:
        # What waited went with what was lost; asking for it would raise in place of what happened.
        return
    state = connection.info.get(_STATE)
    if state:
        state.waiting.clear()


def _state(connection: Connection) -> _State:
    found: _State | None = connection.info.get(_STATE)
    if found is None:
        found = connection.info[_STATE] = _State()
    return found


def _send(connection: Connection, last: Sequence[Step | _Asked]) -> list[Any]:
    """Execute what waits and then `last`; the rows of its first. Those of all others are kept for who asks them."""
    state, wanted = _state(connection), last[0] if last else None
    waited, state.waiting = state.waiting, []
    every = [*waited, *last]
    found = _execute(connection, [asked if isinstance(asked, Step) else asked.step for asked in every])
    rows = [
        asked.compiled.rows(values) if isinstance(asked, _Asked) else []
        for asked, values in zip(every, found, strict=True)
    ]
    answered = zip(every, rows, strict=True)
    db.session.info.setdefault(AHEAD, []).extend(
        replace(asked, rows=found) for asked, found in answered if isinstance(asked, _Asked) and asked is not wanted
    )
    return rows[len(waited)] if last else []


def _execute(connection: Connection, steps: list[Step]) -> list[list[tuple[Any, ...]]]:
    driver = connection.connection.driver_connection
    try:
        if connection.dialect.name == "sqlite":
            for step in steps:
                refuse_reader(connection, step.sql)
            return [driver.execute(step.sql, step.values).fetchall() for step in steps]  # type: ignore[union-attr]
        return _converse(connection, cast("psycopg.Connection[Any]", driver), _state(connection).kept, steps)
    except (psycopg.Error, pysqlite3.dbapi2.Error) as error:
        raise _as_sqlalchemy_says(connection, error) from error


def _converse(
    connection: Connection, driver: "psycopg.Connection[Any]", kept: Kept, steps: list[Step]
) -> list[list[tuple[Any, ...]]]:
    """In the transaction; in one of their own that only reads where none is to be written in."""
    if not is_idle(connection):
        return converse(driver, kept, steps)
    if _writes(connection):
        return converse(driver, kept, [*_BEGIN, *steps])[len(_BEGIN) :]
    return converse(driver, kept, [Step("BEGIN READ ONLY"), *steps, Step("COMMIT")])[1:-1]


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("qianshao_writer"))


def _as_sqlalchemy_says(connection: Connection, error: Exception) -> Exception:
    """The error as SQLAlchemy would raise it, so that everybody tells it apart in the same way."""
    dialect, driver = connection.dialect, connection.connection.driver_connection
    base = psycopg.Error if isinstance(error, psycopg.Error) else pysqlite3.dbapi2.Error
    gone = dialect.is_disconnect(error, driver, None)  # type: ignore[arg-type]
    if gone:
        connection.invalidate(error)
    return cast(Exception, DBAPIError.instance(None, None, error, base, dialect=dialect, connection_invalidated=gone))


@lru_cache(maxsize=1024)
def _compiled(dialect: Dialect, statement: Executable) -> _Compiled:
    numbered = driven(dialect)
    compiled = cast(SQLCompiler, statement.compile(dialect=numbered))  # type: ignore[attr-defined]
    columns = list(getattr(statement, "exported_columns", ()))
    return _Compiled(
        sql=compiled.string,
        binds=tuple(_bind(compiled, name, numbered) for name in compiled.positiontup or ()),
        row=_row_of([str(column.key) for column in columns]) if columns else None,
        adapt=tuple(column.type.dialect_impl(numbered).result_processor(numbered, None) for column in columns),
    )


def _row_of(names: Sequence[str]) -> Callable[[Sequence[Any]], Any]:
    make: Callable[[Sequence[Any]], Any] = namedtuple("Row", names)._make  # type: ignore[attr-defined]
    return make


def _bind(compiled: SQLCompiler, name: str, dialect: Dialect) -> tuple[str | None, Any, Adapt]:
    bind = compiled.binds[name]
    adapt = bind.type.dialect_impl(dialect).bind_processor(dialect)
    return (bind.key, None, adapt) if bind.required else (None, bind.effective_value, adapt)
