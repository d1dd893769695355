"""The row of a sheet that one operation wrote: a dozen numbers and names, which need no columns and no compression."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from msgspec import Struct

from sync.columns import checksum, pack_uids, put_back, set_aside, unpack_uids
from sync.registers import Entry, Register, Stamp

#: The fields that a phone sets when it raises a finding. Numbered by their place: never reorder, only append.
FIELDS: Final = ("item", "place", "severity", "text", "deadline", "state")
_NUMBER: Final = {name: number for number, name in enumerate(FIELDS)}
#: The first byte; `sync.compression` has the others.
_FORM: Final = b"\x03"


class _One(Struct, array_like=True):
    """`names`: uid, chain, device and person, None for those in `uids`. `keys`: numbers of FIELDS, or the keys."""

    names: list[str | None]
    uids: bytes
    seq: int
    wall: int
    row_seq: int
    keys: bytes | list[str]
    value_of: list[int]
    values: list[bytes]
    beside: int


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(_One)


def fits(data: bytes) -> bool:
    """True if the row is of this form."""
    return data[:1] == _FORM


def encode(registers: Mapping[str, Register], beside: Sequence[bytes]) -> bytes | None:
    """The row, or None for what more than one operation wrote or names a parent."""
    entries = [entry for register in registers.values() for entry in register.entries.values()]
    row_seqs = {register.seq for register in registers.values()}
    if (
        len(row_seqs) != 1
        or len(entries) != len(registers)
        or any(e.parents or e.stamp != entries[0].stamp for e in entries)
    ):
        return None
    stamp = entries[0].stamp
    uids: list[str] = []
    names = set_aside((stamp.uid, stamp.chain, stamp.device, stamp.person), uids)
    values = {value: number for number, value in enumerate(beside)}
    value_of = [values.setdefault(entry.value, len(values)) for entry in entries]
    row = _One(
        names, pack_uids(uids), stamp.seq, stamp.wall, row_seqs.pop(), _numbered(registers), value_of,
        list(values)[len(beside) :], checksum(beside),
    )  # fmt: skip
    return _FORM + _encoder.encode(row)


def _numbered(keys: Mapping[str, Register]) -> bytes | list[str]:
    try:
        return bytes([_NUMBER[key] for key in keys])
    except KeyError:
        return list(keys)


def decode(data: bytes, beside: Sequence[bytes]) -> tuple[dict[str, Register], dict[str, Stamp]]:
    """(registers, stamps). Raises ValueError, IndexError or MsgspecError on damaged bytes."""
    row = _decoder.decode(memoryview(data)[1:])
    if row.beside == 0:
        beside = ()
    if row.beside != checksum(beside):
        raise ValueError("damaged sheet")
    uid, chain, device, person = put_back(row.names, unpack_uids(row.uids))
    stamp, values = Stamp(uid, chain, row.seq, person, device, row.wall), (*beside, *row.values)
    keys = [FIELDS[number] for number in row.keys] if isinstance(row.keys, bytes) else row.keys
    written = zip(keys, row.value_of, strict=True)
    return {key: Register({uid: Entry(stamp, (), values[value])}, row.row_seq) for key, value in written}, {uid: stamp}
