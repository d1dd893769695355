"""Insert rows or change those that are there, as one statement on both databases.

Many rows are one statement of many values: of a list of rows drivers make a round trip each, or a pipeline. The
statement goes directly to the driver, with what is asked next or with the commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Column, Dialect, Table
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from server import direct
from server.db import Base, db
from server.pipeline import Step

Rows = Sequence[Mapping[str, Any]]

#: SQLite binds at most 32,766 values a statement; no row has a hundred.
_ROWS_AT_ONCE = 200


@dataclass(frozen=True, slots=True, eq=False)
class _Target:
    """A table's insert: its columns with what makes their values the driver's, defaults, and the end of the text."""

    columns: tuple[str, ...]
    adapt: tuple[Callable[[Any], Any] | None, ...]
    defaults: Mapping[str, Any]
    head: str
    tail: str

    def bound(self, row: Mapping[str, Any]) -> list[Any]:
        given = [row[name] if name in row else self.defaults[name] for name in self.columns]
        return [adapt(v) if adapt and v is not None else v for v, adapt in zip(given, self.adapt, strict=True)]


def put(table: type[Base], keys: tuple[str, ...], changes: tuple[str, ...], rows: Rows) -> None:
    """INSERT … ON CONFLICT of `keys`: set `changes` to the new row's, or do nothing when there are none.

    Rows have the same columns; one that they leave out takes the table's scalar default.
    """
    _write(table, (keys, changes), rows)


def add(table: type[Base], rows: Rows) -> None:
    """INSERT rows that are not there; the same otherwise."""
    _write(table, (), rows)


def _write(table: type[Base], conflict: tuple[tuple[str, ...], ...], rows: Rows) -> None:
    connection = db.session.connection()
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[begin : begin + _ROWS_AT_ONCE]
        target = _target(connection.dialect, table, conflict, tuple(some[0]))
        bound = [value for row in some for value in target.bound(row)]
        direct.write_text(connection, Step(_statement(connection.dialect, target, len(some)), bound))


@lru_cache(maxsize=1024)
def _statement(dialect: Dialect, target: _Target, rows: int) -> str:
    return f"{target.head}{direct.placeholders(dialect, rows, len(target.columns))}{target.tail}"


@lru_cache(maxsize=256)
def _target(
    dialect: Dialect, table: type[Base], conflict: tuple[tuple[str, ...], ...], given: tuple[str, ...]
) -> _Target:
    every = cast(Table, table.__table__).columns
    columns = [column for column in every if column.name in given or _default(column) is not None]
    names = tuple(column.name for column in columns)
    driven = direct.driven(dialect)
    return _Target(
        columns=names,
        adapt=tuple(column.type.dialect_impl(driven).bind_processor(driven) for column in columns),
        defaults={column.name: _default(column) for column in columns},
        head=f"INSERT INTO {table.__tablename__} ({_quoted(names)}) VALUES ",  # noqa: S608 - names of our own models
        tail=_on_conflict(*conflict) if conflict else "",
    )


def _on_conflict(keys: tuple[str, ...], changes: tuple[str, ...]) -> str:
    moved = ", ".join(f'"{name}" = excluded."{name}"' for name in changes)
    return f" ON CONFLICT ({_quoted(keys)}) DO {f'UPDATE SET {moved}' if changes else 'NOTHING'}"


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def _default(column: Column[Any]) -> Any:
    """The column's default if it is a plain value; anything computed must be given."""
    return column.default.arg if isinstance(column.default, ScalarElementColumnDefault) else None
