"""The row of a sheet as columns: a uid is 16 bytes that nothing compresses, everything beside it is small numbers."""

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from sync.columns import (
    Keys,
    checksum,
    pack_first_and_steps,
    pack_keys,
    pack_numbers,
    pack_steps,
    pack_uids,
    put_back,
    set_aside,
    unpack_first_and_steps,
    unpack_keys,
    unpack_numbers,
    unpack_steps,
    unpack_uids,
)
from sync.compression import pack, unpack
from sync.registers import Entry, Register, Stamp


class Columns(Struct, array_like=True):
    """What is stored. Operations are numbered in the order of first use, values after those of `beside`.

    `uids`: how many of the uids outside belong to operations, and how many to parents that stand elsewhere; the others
    are what `set_aside` took. `chains` is flat: id, person, device of each. `walls`: the first wall clock, and the
    upper bytes of the steps. A register has as many entries as `counts` says (empty: one each), an entry its operation
    (empty: in turn), its value and so many parents (empty: none): an operation's number, or ~i for foreign parent i.
    """

    version: int
    beside: int
    uids: tuple[int, int]
    chains: list[str | None]
    chain_of: bytes
    seqs: bytes
    walls: tuple[int, bytes]
    values: list[bytes]
    keys: Keys
    row_seqs: bytes
    counts: bytes
    operations: bytes
    value_of: bytes
    parent_counts: bytes
    parents: list[int]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Columns)


def encode(registers: Mapping[str, Register], beside: Sequence[bytes]) -> bytes:
    """The row, compressed."""
    columns, incompressible = _Writer(registers, beside).columns()
    return pack(_encoder.encode(columns), incompressible)


def decode(data: bytes, beside: Sequence[bytes]) -> tuple[dict[str, Register], dict[str, Stamp]]:
    """(registers, stamps). Raises ValueError, IndexError, StopIteration or MsgspecError on damaged bytes."""
    compressed, incompressible = unpack(data)
    columns = _decoder.decode(compressed)
    if columns.beside == 0:
        beside = ()
    if columns.beside != checksum(beside):
        raise ValueError("damaged sheet")
    reader = _Reader(columns, incompressible, beside)
    return reader.registers(), {stamp.uid: stamp for stamp in reader.stamps}


class _Writer:
    def __init__(self, registers: Mapping[str, Register], beside: Sequence[bytes]) -> None:
        self.of = registers
        self.beside = beside
        self.numbers: dict[str, int] = {}
        self.stamps: list[Stamp] = []
        self.values = {value: number for number, value in enumerate(beside)}
        self.operations: list[int] = []
        self.value_of: list[int] = []
        self.parents: list[tuple[str, ...]] = []
        self._number()

    def _number(self) -> None:
        """Number operations and values; the loop over everything, kept flat for its speed."""
        values, numbers, operations, value_of = self.values, self.numbers, self.operations, self.value_of
        for register in self.of.values():
            for uid, entry in register.entries.items():
                number = numbers.get(uid)
                if number is None:
                    number = numbers[uid] = len(numbers)
                    self.stamps.append(entry.stamp)
                operations.append(number)
                value_of.append(values.setdefault(entry.value, len(values)))
                self.parents.append(entry.parents)

    def columns(self) -> tuple[Columns, bytes]:
        """(what compresses, what nothing compresses: uids, and the lowest bytes of the clocks' steps)."""
        foreign, uids = self._foreign(), list(self.numbers)
        named = {**self.numbers, **{uid: ~number for number, uid in enumerate(foreign)}}
        uids += foreign
        chains, chain_of = self._chains()
        first, upper, lowest = pack_first_and_steps([stamp.wall for stamp in self.stamps])
        counts = [len(register.entries) for register in self.of.values()]
        in_turn = len(self.operations) == len(self.numbers)
        columns = Columns(
            2, checksum(self.beside), (len(self.numbers), len(foreign)), set_aside(chains, uids), chain_of,
            pack_steps([stamp.seq for stamp in self.stamps]), (first, upper),
            list(self.values)[len(self.beside) :], pack_keys(self.of, uids),
            pack_steps([register.seq for register in self.of.values()]),
            b"" if len(self.value_of) == len(counts) == sum(map(bool, counts)) else pack_numbers(counts),
            b"" if in_turn else pack_steps(self.operations), pack_numbers(self.value_of),
            pack_numbers([len(parents) for parents in self.parents]) if any(self.parents) else b"",
            [named[parent] for parents in self.parents for parent in parents],
        )  # fmt: skip
        return columns, pack_uids(uids) + lowest

    def _foreign(self) -> list[str]:
        return list(dict.fromkeys([p for parents in self.parents for p in parents if p not in self.numbers]))

    def _chains(self) -> tuple[list[str], bytes]:
        chains: dict[tuple[str, str, str], int] = {}
        numbers = [chains.setdefault((s.chain, s.person, s.device), len(chains)) for s in self.stamps]
        return [name for chain in chains for name in chain], pack_numbers(numbers)


class _Reader:
    def __init__(self, columns: Columns, incompressible: bytes, beside: Sequence[bytes]) -> None:
        own, foreign = columns.uids
        split = len(incompressible) - max(own - 1, 0)
        uids = unpack_uids(incompressible[:split])
        aside = iter(uids[own + foreign :])
        chains = put_back(columns.chains, aside)
        walls = unpack_first_and_steps(*columns.walls, incompressible[split:])
        self.columns = columns
        self.values = (*beside, *columns.values)
        self.stamps = _stamps(columns, uids[:own], chains, walls)
        self.foreign = uids[own : own + foreign]
        self.keys = unpack_keys(columns.keys, aside)

    def registers(self) -> dict[str, Register]:
        """Every register by its key."""
        entries, columns = iter(self._entries()), self.columns
        counts = unpack_numbers(columns.counts) or (1,) * len(self.keys)
        rows = zip(self.keys, counts, unpack_steps(columns.row_seqs), strict=True)
        registers = {}
        for key, count, row_seq in rows:
            own = [next(entries) for _ in range(count)]
            registers[key] = Register({entry.stamp.uid: entry for entry in own}, row_seq)
        return registers

    def _entries(self) -> list[Entry]:
        columns, stamps, values = self.columns, self.stamps, self.values
        value_of = unpack_numbers(columns.value_of)
        operations = unpack_steps(columns.operations) or range(len(stamps))
        pairs = zip(operations, value_of, strict=True)
        if not columns.parent_counts:
            return [Entry(stamps[operation], (), values[value]) for operation, value in pairs]
        named = [stamps[ref].uid if ref >= 0 else self.foreign[~ref] for ref in columns.parents]
        found, at = [], 0
        for (operation, value), count in zip(pairs, unpack_numbers(columns.parent_counts), strict=True):
            found.append(Entry(stamps[operation], tuple(named[at : at + count]), values[value]))
            at += count
        return found


def _stamps(columns: Columns, uids: Sequence[str], chains: Sequence[str], walls: Sequence[int]) -> list[Stamp]:
    stamps = []
    rows = zip(uids, unpack_numbers(columns.chain_of), unpack_steps(columns.seqs), walls, strict=False)
    for uid, number, seq, wall in rows:
        chain, person, device = chains[3 * number : 3 * number + 3]
        stamps.append(Stamp(uid, chain, seq, person, device, wall))
    return stamps
