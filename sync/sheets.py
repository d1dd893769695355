"""A sheet: all registers of one visit, or of one finding, in one small row (SPEC, part SH).

Same entries and seqs, same content; the bytes themselves are not compared. What writes them is `sync.sheet_columns` for
many operations and `sync.sheet_of_one` for a single one, as most findings are when they come.
"""

from collections.abc import Iterator, Sequence

import msgspec

from sync import sheet_columns, sheet_of_one
from sync.registers import Entry, Register, Stamp

OPERATIONS_MAX = 20_000


class Sheet:
    """The registers of one visit or finding, in memory; mutable, made anew for each plan."""

    __slots__ = ("registers", "stamps")

    @property
    def full(self) -> bool:
        """True if it takes no more operations (SH-4): memory is bounded, whatever is sent."""
        return len(self.stamps) >= OPERATIONS_MAX

    def __init__(self) -> None:
        self.registers: dict[str, Register] = {}
        self.stamps: dict[str, Stamp] = {}

    def add(self, key: str, entry: Entry) -> bool:
        """Put an entry into the register `key`; True if it added a value."""
        register = self.registers.get(key)
        self.stamps[entry.stamp.uid] = entry.stamp
        if register is None:
            self.registers[key] = Register({entry.stamp.uid: entry})
            return True
        return register.add(entry)

    def under(self, prefix: str) -> Iterator[tuple[str, Register]]:
        """The registers whose key begins with `prefix`."""
        return (item for item in self.registers.items() if item[0].startswith(prefix))

    def content(self) -> dict[str, list[tuple[str, str, int, str, tuple[str, ...], bytes]]]:
        """What the sheet says, without feed seqs: equal for every order of the same operations."""
        return {
            key: sorted(
                (e.uid, e.stamp.chain, e.stamp.seq, e.stamp.person, e.parents, e.value)
                for e in register.entries.values()
            )
            for key, register in sorted(self.registers.items())
        }


def encode(sheet: Sheet, beside: Sequence[bytes] = ()) -> bytes:
    """The sheet as one small row. `beside`: values, each once, that whoever decodes it holds anyway and gives again."""
    return sheet_of_one.encode(sheet.registers, beside) or sheet_columns.encode(sheet.registers, beside)


def decode(data: bytes, beside: Sequence[bytes] = ()) -> Sheet:
    """The sheet back from its row; b"" is the empty sheet. Raises ValueError on damaged bytes or another `beside`."""
    sheet = Sheet()
    if not data:
        return sheet
    form = sheet_of_one if sheet_of_one.fits(data) else sheet_columns
    try:
        sheet.registers, sheet.stamps = form.decode(data, beside)
    except (msgspec.MsgspecError, IndexError, StopIteration) as error:
        raise ValueError("damaged sheet") from error
    return sheet
