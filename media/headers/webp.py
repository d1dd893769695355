"""The walk over the chunks of a WebP (RFC 9649): the canvas and its one frame, never a pixel."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from media.headers.parts import (
    Header,
    PhotoBytes,
    PhotoType,
    checked_header,
    counted,
    is_blank,
    take,
)
from media.refusals import PhotoRefusedError, RefusalCode

_FRAMES = frozenset({b"VP8 ", b"VP8L"})
_ANIMATION = frozenset({b"ANIM", b"ANMF"})
_SIZED = _FRAMES | {b"VP8X"}
_KNOWN = _SIZED | {b"ALPH", b"ICCP", b"EXIF", b"XMP "}


class _Chunk(NamedTuple):
    kind: bytes
    start: int


def is_webp(data: PhotoBytes) -> bool:
    """Tell whether the leading bytes are those of a WebP."""
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def read_webp(data: PhotoBytes) -> Header:
    """Return the header of a whole WebP; raises PhotoRefusedError."""
    chunks = list(counted(_chunks(data)))
    frames = [chunk for chunk in chunks if chunk.kind in _FRAMES]
    sizes = {_size(data, chunk) for chunk in chunks if chunk.kind in _SIZED}
    if len(frames) != 1 or len(sizes) != 1:
        raise PhotoRefusedError(RefusalCode.DAMAGED, f"{len(frames)} frames, {len(sizes)} sizes")
    return checked_header(PhotoType.WEBP, *sizes.pop(), len(data))


def _chunks(data: PhotoBytes) -> Iterator[_Chunk]:
    end = 8 + struct.unpack("<I", take(data, 4, 4))[0]
    if end > len(data):
        raise PhotoRefusedError(RefusalCode.TRUNCATED, f"{len(data)} of {end}")
    if not is_blank(data, end):
        raise PhotoRefusedError(RefusalCode.TRAILING_DATA, f"{len(data) - end} bytes")
    position = 12
    while position < end:
        kind, length = struct.unpack("<4sI", take(data, position, 8))
        _judge(kind)
        yield _Chunk(kind, position + 8)
        position += 8 + length + length % 2
    if position > end:
        raise PhotoRefusedError(RefusalCode.TRUNCATED, f"chunk to {position} of {end}")


def _judge(kind: bytes) -> None:
    if kind in _ANIMATION:
        raise PhotoRefusedError(RefusalCode.ANIMATED, kind.decode("ascii"))
    if kind not in _KNOWN:
        raise PhotoRefusedError(RefusalCode.FOREIGN_DATA, repr(kind))


def _size(data: PhotoBytes, chunk: _Chunk) -> tuple[int, int]:
    head = take(data, chunk.start, 10)
    if chunk.kind == b"VP8X":
        return 1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little")
    if chunk.kind == b"VP8L":
        return _lossless_size(head)
    if head[0] & 1 or head[3:6] != b"\x9d\x01\x2a":
        raise PhotoRefusedError(RefusalCode.DAMAGED, "no key frame")
    width, height = struct.unpack("<HH", head[6:10])
    return width & 0x3FFF, height & 0x3FFF


def _lossless_size(head: bytes) -> tuple[int, int]:
    if head[0] != 0x2F:
        raise PhotoRefusedError(RefusalCode.DAMAGED, "no lossless signature")
    bits = int.from_bytes(head[1:5], "little")
    return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
