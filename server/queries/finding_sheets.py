"""A finding's registers as its row keeps them: what stands in the row's own columns is not stored a second time."""

from datetime import date
from typing import Any, Final

import msgspec

from server.models.finding import Finding
from sync.sheets import Sheet, decode

#: What a query selects for `sheet_of`.
COLUMNS: Final = (Finding.registers, Finding.text, Finding.item_key, Finding.place_id, Finding.due_on)
_USUAL: Final = (b'"general"', b'"live"')
_encode = msgspec.json.Encoder().encode


def beside(text: str | None, item: str | None, place: str | None, due: date | None) -> tuple[bytes, ...]:
    """The values that a finding's columns hold, as registers write them; what was written with them needs them."""
    told = (_encode(value) for value in (text, item, place, due) if value is not None)
    return tuple(dict.fromkeys((*_USUAL, *told)))


def beside_of(row: Any) -> tuple[bytes, ...]:
    """The same, of a row with `COLUMNS`."""
    return beside(row.text, row.item_key, row.place_id, row.due_on)


def sheet_of(row: Any) -> Sheet:
    """The registers of a row with `COLUMNS`. Raises ValueError on damaged bytes."""
    return decode(row.registers, beside_of(row))
