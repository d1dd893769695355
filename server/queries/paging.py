"""Pages by key, not by offset: each costs the same however deep it lies, and rows that are added or removed
between two pages make none of the others appear twice or not at all."""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from patrol.errors import Invalid
from server.db import UtcDateTime, db

Row = TypeVar("Row")
Key = Sequence[InstrumentedAttribute[Any]]


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and the cursor of the page after them (None: there is none)."""

    items: Sequence[Row]
    next: str | None


@dataclass(frozen=True, slots=True)
class Order:
    """The columns that order a list; together they are unique and never null."""

    key: Key
    newest_first: bool = False


def page(query: Select[Any], order: Order, wanted: Mapping[str, Any]) -> Page[Any]:
    """Read one page; `wanted` holds `limit` and maybe `cursor`. Raises Invalid for a cursor that is not ours."""
    limit = wanted["limit"]
    if wanted.get("cursor") is not None:
        query = query.where(_beyond(order, _decoded(order.key, wanted["cursor"])))
    direction = [column.desc() if order.newest_first else column.asc() for column in order.key]
    rows = db.session.scalars(query.order_by(*direction).limit(limit + 1)).all()
    following = _encoded(order.key, rows[limit - 1]) if len(rows) > limit else None
    return Page(rows[:limit], following)


def _beyond(order: Order, values: list[Any]) -> Any:
    # The columns' own types: SQLite keeps instants without a zone, and a plain literal would carry one.
    there = [literal(value, column.type) for column, value in zip(order.key, values, strict=True)]
    here = tuple_(*order.key)
    return here < tuple_(*there) if order.newest_first else here > tuple_(*there)


def _encoded(key: Key, row: Any) -> str:
    return encode_cursor([_plain(getattr(row, column.key)) for column in key])


def encode_cursor(values: Sequence[Any]) -> str:
    """Make the opaque cursor of the values that a page ended with."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).rstrip(b"=").decode()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def decode_cursor(cursor: str, length: int) -> tuple[str, ...]:
    """Read the values of a cursor over text columns. Raises Invalid for a cursor that is not ours."""
    try:
        values = _values(cursor)
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid("cursor_invalid") from error
    if len(values) != length or not all(isinstance(value, str) and _storable(value) for value in values):
        raise Invalid("cursor_invalid")
    return tuple(values)


def _values(cursor: str) -> list[Any]:
    padded = cursor + "=" * (-len(cursor) % 4)
    values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
    if not isinstance(values, list):
        raise TypeError
    return values


def _decoded(key: Key, cursor: str) -> list[Any]:
    try:
        return [_typed(column, value) for column, value in zip(key, _values(cursor), strict=True)]
    except (binascii.Error, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise Invalid("cursor_invalid") from error


def _typed(column: InstrumentedAttribute[Any], value: Any) -> Any:
    if isinstance(column.type, UtcDateTime):
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else _wrong()
    kind = column.type.python_type
    if kind is date:
        return date.fromisoformat(value)
    if kind is int:
        return value if type(value) is int and abs(value) < 2**63 else _wrong()
    return value if isinstance(value, str) and _storable(value) else _wrong()


def _storable(text: str) -> bool:
    """PostgreSQL stores no NUL, and nobody a lone surrogate; other text is what names are made of."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _wrong() -> Any:
    raise TypeError
