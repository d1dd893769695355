"""Columns of numbers, ids and keys as bytes that compress well; segments and sheets are made of them.

Every function has its inverse, and what comes back is exactly what went in.
"""

import re
import sys
import zlib
from array import array
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Final

from msgspec import Struct

_TYPES: Final = {1: "b", 2: "h", 4: "i", 8: "q"}
#: 128 bits in base64url, written in the one way that comes back.
_uid = re.compile(r"[A-Za-z0-9_-]{21}[AQgw]").fullmatch


class Keys(Struct, array_like=True):
    """Keys cut at their last slash: `heads` in order, each with the number of one of `tails`; `whole` have none."""

    heads: list[str]
    tails: list[str | None]
    tail_of: bytes
    whole: list[int]


def pack_numbers(numbers: Sequence[int]) -> bytes:
    """Signed numbers of 64 bits, in the least width that takes all: first every lowest byte, then the next ones."""
    if not numbers:
        return b""
    for width, kind in _TYPES.items():
        try:
            column = array(kind, numbers)
        except OverflowError:
            continue
        if sys.byteorder == "big":
            column.byteswap()
        data = column.tobytes()
        return bytes((width,)) + (data if width == 1 else b"".join([data[at::width] for at in range(width)]))
    raise OverflowError("a number of more than 64 bits")


def unpack_numbers(data: bytes) -> Sequence[int]:
    """Undo `pack_numbers`. Raises ValueError on what does not come from it."""
    if not data:
        return ()
    width, length = data[0], len(data) - 1
    if width not in _TYPES or length % width:
        raise ValueError("damaged column")
    woven, count = bytearray(length), length // width
    for at in range(width):
        woven[at::width] = data[1 + at * count : 1 + (at + 1) * count]
    column = array(_TYPES[width], bytes(woven))
    if sys.byteorder == "big":
        column.byteswap()
    return column


def pack_steps(numbers: Iterable[int]) -> bytes:
    """Numbers that mostly grow by little."""
    steps, before = [], 0
    for number in numbers:
        steps.append(number - before)
        before = number
    return pack_numbers(steps)


def unpack_steps(data: bytes) -> list[int]:
    """Undo `pack_steps`."""
    numbers, number = [], 0
    for step in unpack_numbers(data):
        number += step
        numbers.append(number)
    return numbers


def pack_first_and_steps(numbers: Sequence[int]) -> tuple[int, bytes, bytes]:
    """(the first, the steps without their lowest bytes, those): of clocks the lowest bytes never compress."""
    steps = pack_numbers([now - then for then, now in pairwise(numbers)])
    end = max(len(numbers), 1)
    return numbers[0] if numbers else 0, steps[:1] + steps[end:], steps[1:end]


def unpack_first_and_steps(first: int, upper: bytes, lowest: bytes) -> list[int]:
    """Undo `pack_first_and_steps`; a single number where there was none."""
    numbers = [first]
    for step in unpack_numbers(upper[:1] + lowest + upper[1:]):
        numbers.append(numbers[-1] + step)
    return numbers


def pack_uids(uids: Sequence[str]) -> bytes:
    """22-character base64url uids as 16 bytes each."""
    text = "AA".join([*uids, ""]).replace("-", "+").replace("_", "/")
    data = a2b_base64(text)
    return b"".join([data[at : at + 16] for at in range(0, len(data), 18)])


def unpack_uids(data: bytes) -> list[str]:
    """Undo `pack_uids`."""
    wide = b"\0\0".join([*[data[at : at + 16] for at in range(0, len(data), 16)], b""])
    text = b2a_base64(wide, newline=False).decode().replace("+", "-").replace("/", "_")
    return [text[at : at + 22] for at in range(0, len(text), 24)]


def set_aside(texts: Iterable[str], uids: list[str]) -> list[str | None]:
    """The texts with None for each that is a uid; those are appended to `uids`."""
    left: list[str | None] = []
    for text in texts:
        if _uid(text):
            uids.append(text)
            left.append(None)
        else:
            left.append(text)
    return left


def put_back(texts: Iterable[str | None], uids: Iterable[str]) -> list[str]:
    """Undo `set_aside`; takes as many of `uids` as it needs. Raises ValueError when they do not suffice."""
    taken = iter(uids)
    found = [next(taken, None) if text is None else text for text in texts]
    if None in found:
        raise ValueError("damaged column")
    return [text for text in found if text is not None]


def pack_keys(keys: Iterable[str], uids: list[str]) -> Keys:
    """The keys of registers: an item and a place stand in many of them. Tails that are uids are appended to `uids`."""
    heads, tails, tail_of, whole = [], {"": 0}, [], []
    for number, key in enumerate(keys):
        head, slash, tail = key.rpartition("/")
        if not slash:
            whole.append(number)
            head, tail = key, ""
        heads.append(head)
        tail_of.append(tails.setdefault(tail, len(tails)))
    return Keys(heads, set_aside(tails, uids), pack_numbers(tail_of), whole)


def unpack_keys(keys: Keys, uids: Iterable[str]) -> list[str]:
    """Undo `pack_keys`; takes as many of `uids` as it needs."""
    tails = put_back(keys.tails, uids)
    found = [f"{head}/{tails[number]}" for head, number in zip(keys.heads, unpack_numbers(keys.tail_of), strict=True)]
    for number in keys.whole:
        found[number] = keys.heads[number]
    return found


def checksum(values: Sequence[bytes]) -> int:
    """Of values that are not stored but must be the same again; 0 for none."""
    return (zlib.crc32(b"\n".join(values)) or 1) if values else 0
