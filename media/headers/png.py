"""The walk over the chunks of a PNG (ISO/IEC 15948): checksums and order, nothing inflated."""

import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple

from media.headers.parts import (
    Header,
    PhotoBytes,
    PhotoType,
    checked_header,
    counted,
    is_blank,
    refuse_markup,
    take,
)
from media.refusals import PhotoRefusedError, RefusalCode

MAGIC = b"\x89PNG\r\n\x1a\n"

_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
_ANIMATION = frozenset({b"acTL", b"fcTL", b"fdAT"})
#: Compressed or binary payloads, in which markup would be an accident of bytes.
_OPAQUE = frozenset({b"IDAT", b"iCCP", b"zTXt", b"eXIf"})
#: Colour type → bit depths (ISO/IEC 15948, table 11.1).
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}


class _Chunk(NamedTuple):
    kind: bytes
    payload: bytes
    end: int


def read_png(data: PhotoBytes) -> Header:
    """Return the header of a whole PNG; raises PhotoRefusedError."""
    chunks = counted(_chunks(data))
    first = next(chunks)
    if first.kind != b"IHDR":
        raise PhotoRefusedError(RefusalCode.DAMAGED, "no IHDR")
    header = checked_header(PhotoType.PNG, *_picture_size(first.payload), len(data))
    kinds = {chunk.kind for chunk in _judged(chunks, data)}
    if b"IDAT" not in kinds:
        raise PhotoRefusedError(RefusalCode.DAMAGED, "no picture")
    return header


def _chunks(data: PhotoBytes) -> Iterator[_Chunk]:
    position, kind = len(MAGIC), b""
    while kind != b"IEND":
        length, kind = struct.unpack(">I4s", take(data, position, 8))
        payload = take(data, position + 8, length)
        checksum = int.from_bytes(take(data, position + 8 + length, 4))
        if zlib.crc32(payload, zlib.crc32(kind)) != checksum:
            raise PhotoRefusedError(RefusalCode.DAMAGED, f"checksum at {position}")
        position += 12 + length
        yield _Chunk(kind, payload, position)


def _picture_size(payload: bytes) -> tuple[int, int]:
    if len(payload) != 13:
        raise PhotoRefusedError(RefusalCode.DAMAGED, "IHDR")
    width, height, depth, colour, *methods, interlace = struct.unpack(">IIBBBBB", payload)
    if depth not in _DEPTHS.get(colour, ()) or any(methods) or interlace > 1:
        raise PhotoRefusedError(RefusalCode.UNSUPPORTED_ENCODING, f"{depth} bits, colour {colour}")
    return width, height


def _judged(chunks: Iterator[_Chunk], data: PhotoBytes) -> Iterator[_Chunk]:
    for chunk in chunks:
        if chunk.kind in _ANIMATION:
            raise PhotoRefusedError(RefusalCode.ANIMATED, chunk.kind.decode("ascii"))
        # The fifth bit of the first letter: a chunk that no reader may ignore.
        if not chunk.kind[0] & 0x20 and chunk.kind not in _CRITICAL:
            raise PhotoRefusedError(RefusalCode.FOREIGN_DATA, repr(chunk.kind))
        if chunk.kind == b"IEND" and not is_blank(data, chunk.end):
            raise PhotoRefusedError(RefusalCode.TRAILING_DATA, f"{len(data) - chunk.end} bytes")
        # XMP and EXIF texts are shown as text; a page inside them is only odd text.
        if chunk.kind not in _OPAQUE and not chunk.payload.startswith(b"XML:com.adobe.xmp"):
            refuse_markup(chunk.payload, repr(chunk.kind))
        yield chunk
