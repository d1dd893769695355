"""A sheet: all registers of one visit, or of one finding, in one small row (SPEC, part SH).

The codec writes columns, not records: a uid is 16 bytes that nothing compresses, everything beside
it is small numbers. Same entries and seqs, same content; the bytes themselves are not compared.
"""

from binascii import a2b_base64, b2a_base64
from collections.abc import Iterator

import msgspec
from msgspec import Struct

from sync.compression import pack, unpack
from sync.registers import Entry, Register, Stamp


class Columns(Struct, array_like=True):
    """What is stored. Operations are numbered in the order of first use; `entries` is flat: per
    register the count, then per entry operation, value, number of parents, parents (an operation's
    number, or ~i for foreign parent i).
    """

    version: int
    chains: list[tuple[str, str, str]]
    uids: bytes
    chain_of: list[int]
    seq_steps: list[int]
    wall_steps: list[int]
    values: list[bytes]
    keys: list[str]
    row_seqs: list[int]
    entries: list[int]
    foreign: bytes


OPERATIONS_MAX = 20_000
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Columns)


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


def encode(sheet: Sheet) -> bytes:
    """The sheet as one compressed row."""
    writer = _Writer()
    writer.registers(sheet.registers)
    return pack(_encoder.encode(writer.columns(sheet)))


def decode(data: bytes) -> Sheet:
    """The sheet back from its row; b"" is the empty sheet. Raises ValueError on damaged bytes."""
    sheet = Sheet()
    if not data:
        return sheet
    try:
        columns = _decoder.decode(unpack(data))
    except msgspec.MsgspecError as error:
        raise ValueError("damaged sheet") from error
    stamps = _stamps(columns)
    sheet.stamps = {stamp.uid: stamp for stamp in stamps}
    _read(columns, stamps, sheet)
    return sheet


class _Writer:
    def __init__(self) -> None:
        self.chains: dict[tuple[str, str, str], int] = {}
        self.numbers: dict[str, int] = {}
        self.stamps: list[Stamp] = []
        self.values: dict[bytes, int] = {}
        self.entries: list[int] = []
        self.refs: list[tuple[int, str]] = []

    def registers(self, registers: dict[str, Register]) -> None:
        """Number operations and values; the loop over everything, kept flat for its speed."""
        entries, values, numbers = self.entries, self.values, self.numbers
        for register in registers.values():
            entries.append(len(register.entries))
            for uid, entry in register.entries.items():
                number = numbers.get(uid)
                if number is None:
                    number = numbers[uid] = len(numbers)
                    self.stamps.append(entry.stamp)
                entries.append(number)
                entries.append(values.setdefault(entry.value, len(values)))
                entries.append(len(entry.parents))
                for parent in entry.parents:
                    self.refs.append((len(entries), parent))
                    entries.append(0)

    def columns(self, sheet: Sheet) -> Columns:
        """Everything numbered, parents too."""
        foreign: dict[str, int] = {}
        for at, parent in self.refs:
            number = self.numbers.get(parent)
            self.entries[at] = ~foreign.setdefault(parent, len(foreign)) if number is None else number
        chain_of, seqs, walls = self._operations()
        registers = sheet.registers
        return Columns(
            1, list(self.chains), pack_uids([s.uid for s in self.stamps]), chain_of, seqs, walls,
            list(self.values), list(registers), [r.seq for r in registers.values()], self.entries,
            pack_uids(list(foreign)),
        )  # fmt: skip

    def _operations(self) -> tuple[list[int], list[int], list[int]]:
        chain_of, seqs, walls, seq, wall = [], [], [], 0, 0
        for stamp in self.stamps:
            chain = (stamp.chain, stamp.person, stamp.device)
            chain_of.append(self.chains.setdefault(chain, len(self.chains)))
            seqs.append(stamp.seq - seq)
            walls.append(stamp.wall - wall)
            seq, wall = stamp.seq, stamp.wall
        return chain_of, seqs, walls


def _stamps(columns: Columns) -> list[Stamp]:
    stamps, seq, wall = [], 0, 0
    steps = zip(columns.chain_of, columns.seq_steps, columns.wall_steps, strict=True)
    for uid, (number, seq_step, wall_step) in zip(unpack_uids(columns.uids), steps, strict=True):
        seq, wall = seq + seq_step, wall + wall_step
        chain, person, device = columns.chains[number]
        stamps.append(Stamp(uid, chain, seq, person, device, wall))
    return stamps


def _read(columns: Columns, stamps: list[Stamp], sheet: Sheet) -> None:
    flat, values, foreign = columns.entries, columns.values, unpack_uids(columns.foreign)
    at = 0
    for key, row_seq in zip(columns.keys, columns.row_seqs, strict=True):
        entries: dict[str, Entry] = {}
        count, at = flat[at], at + 1
        for _ in range(count):
            stamp, value, parents = stamps[flat[at]], values[flat[at + 1]], flat[at + 2]
            refs, at = flat[at + 3 : at + 3 + parents], at + 3 + parents
            named = tuple(stamps[r].uid if r >= 0 else foreign[~r] for r in refs)
            entries[stamp.uid] = Entry(stamp, named, value)
        sheet.registers[key] = Register(entries, row_seq)


def pack_uids(uids: list[str]) -> bytes:
    """22-character base64url uids as 16 bytes each."""
    text = "".join([uid + "==" for uid in uids]).replace("-", "+").replace("_", "/")
    return b"".join([a2b_base64(text[i : i + 24]) for i in range(0, len(text), 24)])


def unpack_uids(data: bytes) -> list[str]:
    """Undo `pack_uids`."""
    return [
        b2a_base64(data[i : i + 16], newline=False)[:22].decode().replace("+", "-").replace("/", "_")
        for i in range(0, len(data), 16)
    ]
