"""The walk over the boxes of HEIC and AVIF (ISO/IEC 14496-12, 23008-12): sizes, never the codec."""

import struct
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

from media.headers.parts import (
    Header,
    PhotoBytes,
    PhotoType,
    checked_header,
    counted,
    refuse_markup,
    take,
)
from media.refusals import PhotoRefusedError, RefusalCode

_BRANDS = {
    b"avif": PhotoType.AVIF,
    b"heic": PhotoType.HEIC,
    b"heix": PhotoType.HEIC,
    b"heim": PhotoType.HEIC,
    b"heis": PhotoType.HEIC,
}
_SEQUENCES = frozenset({b"avis", b"hevc", b"hevx", b"msf1"})
#: `mif1` and `miaf` only say "a still picture": the codec stands among the compatible brands.
_STILLS = frozenset({b"mif1", b"miaf"})
#: `mpvd` holds the video of a motion photo.
_TOP = frozenset({b"ftyp", b"meta", b"mdat", b"free", b"skip", b"wide", b"mpvd"})
_PATH = (b"iprp", b"ipco", b"ispe")


class Box(NamedTuple):
    """A box: its four-letter kind, where its payload begins, where the box ends."""

    kind: bytes
    start: int
    end: int


def photo_type_of(data: PhotoBytes) -> PhotoType | None:
    """Return what the brands say, None if this is no still picture of an accepted codec."""
    if data[4:8] != b"ftyp":
        return None
    major, compatible = data[8:12], data[16 : min(int.from_bytes(data[:4]), 256)]
    brands = [compatible[at : at + 4] for at in range(0, len(compatible), 4)]
    if major in _SEQUENCES:
        raise PhotoRefusedError(RefusalCode.ANIMATED, major.decode("ascii"))
    if major in _STILLS:
        return next((_BRANDS[brand] for brand in brands if brand in _BRANDS), None)
    return _BRANDS.get(major)


def read_isobmff(data: PhotoBytes, kind: PhotoType) -> Header:
    """Return the header of a HEIC or AVIF; raises PhotoRefusedError.

    The dimensions are those of the largest picture inside: tiles and thumbnails are smaller.
    """
    sizes: list[tuple[int, int]] = []
    seen = set()
    for box in counted(boxes(data, 0, len(data))):
        _judge_top(data, box)
        seen.add(box.kind)
        if box.kind == b"meta":
            sizes += _picture_sizes(data, box)
    if not sizes or b"mdat" not in seen:
        raise PhotoRefusedError(RefusalCode.DAMAGED, "no picture")
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return checked_header(kind, width, height, len(data))


def boxes(data: PhotoBytes, position: int, end: int) -> Iterator[Box]:
    """Yield the boxes that fill the range exactly; raises PhotoRefusedError if they do not."""
    while position < end:
        size, kind = struct.unpack(">I4s", take(data, position, 8))
        start = position + 8
        if size == 1:
            size = int.from_bytes(take(data, start, 8))
            start += 8
        box = Box(kind, start, position + size if size else end)
        if box.end < box.start:
            raise PhotoRefusedError(RefusalCode.DAMAGED, f"box at {position}")
        if box.end > end:
            raise PhotoRefusedError(RefusalCode.TRUNCATED, f"box at {position}")
        yield box
        position = box.end


def _judge_top(data: PhotoBytes, box: Box) -> None:
    if box.kind == b"moov":
        raise PhotoRefusedError(RefusalCode.ANIMATED, "moov")
    if box.kind not in _TOP:
        code = RefusalCode.TRAILING_DATA if not box.kind.isalnum() else RefusalCode.FOREIGN_DATA
        raise PhotoRefusedError(code, repr(box.kind))
    if box.kind in {b"free", b"skip"}:
        refuse_markup(data[box.start : box.end], box.kind.decode("ascii"))


def _picture_sizes(data: PhotoBytes, meta: Box) -> list[tuple[int, int]]:
    """Return every `ispe` (version and flags, width, height) at its one lawful place.

    Level by level, not by recursion: hostile boxes nest as deep as the photo is long.
    """
    level = [Box(meta.kind, meta.start + 4, meta.end)]
    for kind in _PATH:
        inside = chain.from_iterable(boxes(data, box.start, box.end) for box in level)
        level = [box for box in counted(inside) if box.kind == kind]
    return [struct.unpack(">4xII", take(data, box.start, 12)) for box in level]
