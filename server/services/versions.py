"""Changes to rows that several people may have open at once: one that was prepared on an older version is refused."""

from collections.abc import Mapping
from typing import Any, Protocol, TypeVar

from patrol.errors import Conflict
from server.db import Base, db


class Outdated(Conflict):
    """Somebody else changed it since it was read."""

    code = "precondition_failed"


class Versioned(Protocol):
    """A row that counts its changes."""

    version: int


RowT = TypeVar("RowT", bound=Base)


def locked(row: RowT) -> RowT:
    """Read the row again and keep it locked until the commit."""
    db.session.refresh(row, with_for_update=True)
    return row


def change(row: Any, expected: int | None, values: Mapping[str, Any]) -> None:
    """Set `values` on a locked row and raise its version. Raises Outdated unless it is at `expected` (None: any)."""
    if expected is not None and row.version != expected:
        raise Outdated(version=row.version)
    for name, value in values.items():
        setattr(row, name, value)
    row.version += 1
