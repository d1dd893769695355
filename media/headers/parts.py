"""What every header walk shares: the header it returns, and the refusals they all make.

A walk reads structure only; nothing here inflates or decodes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from mmap import mmap
from typing import TypeVar

from media.refusals import PhotoRefusedError, RefusalCode

#: Whole photos come as bytes or as a mapped file, so that the web process need not hold a copy.
PhotoBytes = bytes | mmap

MAX_PIXELS = 50_000_000
#: The longest side that any accepted container's encoder of a phone writes, generously.
MAX_SIDE = 32_767
#: Segments, chunks or boxes: a 15 MB photo in pieces of 8 KiB has about 1,900.
MAX_PARTS = 10_000

_Part = TypeVar("_Part")

#: In small letters. Beginning with one certain byte, it is looked for as fast as memory is read.
_TAG = re.compile(rb"<(?:script|svg|html|iframe|body|\?php|!doctype)")
_SCRIPT_ADDRESS = b"javascript:"


class PhotoType(StrEnum):
    """The types that are kept; the value is the media type they are served with."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    AVIF = "image/avif"


@dataclass(frozen=True, slots=True)
class Header:
    """What the header says: the type by content, pixels before orientation, bytes in all."""

    type: PhotoType
    width: int
    height: int
    size: int


def checked_header(kind: PhotoType, width: int, height: int, size: int) -> Header:
    """Return the header, or refuse dimensions that nobody's camera has."""
    pixels = f"{width}x{height}"
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise PhotoRefusedError(RefusalCode.BAD_DIMENSIONS, pixels)
    if width * height > MAX_PIXELS:
        raise PhotoRefusedError(RefusalCode.TOO_MANY_PIXELS, pixels)
    return Header(kind, width, height, size)


def counted(parts: Iterator[_Part]) -> Iterator[_Part]:
    """Pass the parts on, and refuse a photo that is cut into absurdly many."""
    for count, part in enumerate(parts):
        if count >= MAX_PARTS:
            raise PhotoRefusedError(RefusalCode.TOO_MANY_PARTS, str(MAX_PARTS))
        yield part


def take(data: PhotoBytes, start: int, length: int) -> bytes:
    """Return exactly that many bytes; a photo that ends before them is truncated."""
    part = data[start : start + length]
    if len(part) != length:
        raise PhotoRefusedError(RefusalCode.TRUNCATED, f"at {len(data)}")
    return part


def refuse_markup(payload: bytes, where: str) -> None:
    """Refuse a part beside the picture that reads as a page or a script."""
    small = payload.lower()
    tag = _TAG.search(small)
    found = tag[0] if tag else _SCRIPT_ADDRESS if _SCRIPT_ADDRESS in small else None
    if found:
        raise PhotoRefusedError(RefusalCode.ACTIVE_CONTENT, f"{where}: {found.decode('ascii')}")


def is_blank(data: PhotoBytes, start: int) -> bool:
    """Tell whether nothing but zero bytes follow; cameras pad to a block."""
    return not data[start:].strip(b"\0")
