"""The walk over a JPEG: frame header, scans and end (ITU-T T.81 annex B), never the coefficients."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
from media.headers.trailers import end_of_camera_trailers
from media.refusals import PhotoRefusedError, RefusalCode

MAGIC = b"\xff\xd8\xff"
#: Progressive encoders write about ten scans; each costs the decoder a pass over all pixels.
MAX_SCANS = 100

_SOI, _EOI, _SOS, _COM = 0xD8, 0xD9, 0xDA, 0xFE
_APP0, _APP1, _APP15 = 0xE0, 0xE1, 0xEF
#: Baseline, extended and progressive Huffman: what cameras write and every decoder reads.
_SOF_READ = frozenset({0xC0, 0xC1, 0xC2})
_SOF_OTHER = frozenset({0xC3, 0xC5, 0xC6, 0xC7, 0xC9, 0xCA, 0xCB, 0xCD, 0xCE, 0xCF})
#: DHT, DAC, DQT, DRI, DHP and EXP beside the frames, scans and application segments.
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDD, 0xDE, 0xDF})
#: The next marker in entropy-coded data: neither a stuffed zero nor a restart nor a fill byte.
_NEXT_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")


class _Segment(NamedTuple):
    marker: int
    payload: bytes
    end: int


@dataclass(slots=True)
class _Frame:
    size: tuple[int, int] | None = None
    scans: int = 0


def read_jpeg(data: PhotoBytes) -> Header:
    """Return the header of a whole JPEG, camera trailers included; raises PhotoRefusedError."""
    size, end = _picture(data, 0)
    header = checked_header(PhotoType.JPEG, *size, len(data))
    end = end_of_camera_trailers(data, end, lambda start: _picture(data, start)[1])
    if end != len(data):
        raise PhotoRefusedError(RefusalCode.TRAILING_DATA, f"{len(data) - end} bytes")
    return header


def _picture(data: PhotoBytes, start: int) -> tuple[tuple[int, int], int]:
    """Return (width, height) and the offset after the end marker of the picture at `start`."""
    frame = _Frame()
    end = start + 2
    for segment in counted(_segments(data, end)):
        _judge(segment, frame)
        end = segment.end
    if frame.size is None or frame.scans == 0:
        raise PhotoRefusedError(RefusalCode.DAMAGED, "no picture")
    return frame.size, end


def _segments(data: PhotoBytes, position: int) -> Iterator[_Segment]:
    while True:
        marker, position = _marker(data, position)
        if marker == _EOI:
            yield _Segment(marker, b"", position)
            return
        length = int.from_bytes(take(data, position, 2))
        if length < 2:
            raise PhotoRefusedError(RefusalCode.DAMAGED, f"segment at {position}")
        payload = take(data, position + 2, length - 2)
        position += length
        if marker == _SOS:
            position = _end_of_scan(data, position)
        yield _Segment(marker, payload, position)


def _marker(data: PhotoBytes, position: int) -> tuple[int, int]:
    if take(data, position, 1) != b"\xff":
        raise PhotoRefusedError(RefusalCode.DAMAGED, f"no marker at {position}")
    while (byte := take(data, position, 1)[0]) == 0xFF:
        position += 1
    return byte, position + 1


def _end_of_scan(data: PhotoBytes, position: int) -> int:
    found = _NEXT_MARKER.search(data, position)
    if found is None:
        raise PhotoRefusedError(RefusalCode.TRUNCATED, "no end of image")
    return found.start()


def _judge(segment: _Segment, frame: _Frame) -> None:
    marker = segment.marker
    if marker in _SOF_READ:
        _read_frame(segment.payload, frame)
    elif marker in _SOF_OTHER:
        raise PhotoRefusedError(RefusalCode.UNSUPPORTED_ENCODING, f"frame {marker:#x}")
    elif marker == _SOS:
        _count_scan(frame)
    elif marker == _COM or _APP0 <= marker <= _APP15:
        _judge_application(segment)
    elif marker not in _TABLES and marker != _EOI:
        raise PhotoRefusedError(RefusalCode.DAMAGED, f"marker {marker:#x}")


def _read_frame(payload: bytes, frame: _Frame) -> None:
    if frame.size is not None or len(payload) < 6:
        raise PhotoRefusedError(RefusalCode.DAMAGED, "frame header")
    precision, components = payload[0], payload[5]
    if precision != 8 or components not in {1, 3, 4}:
        raise PhotoRefusedError(RefusalCode.UNSUPPORTED_ENCODING, f"{precision} bits, {components} components")
    height, width = int.from_bytes(payload[1:3]), int.from_bytes(payload[3:5])
    frame.size = (width, height)


def _count_scan(frame: _Frame) -> None:
    if frame.size is None:
        raise PhotoRefusedError(RefusalCode.DAMAGED, "scan before frame")
    frame.scans += 1
    if frame.scans > MAX_SCANS:
        raise PhotoRefusedError(RefusalCode.TOO_MANY_SCANS, str(MAX_SCANS))


def _judge_application(segment: _Segment) -> None:
    if segment.marker == _APP0 and segment.payload.startswith(b"JFIF\0"):
        _judge_jfif(segment.payload)
    # EXIF and XMP texts are shown as text; a page inside them is only odd text.
    if segment.marker != _APP1:
        refuse_markup(segment.payload, f"segment {segment.marker:#x}")


def _judge_jfif(payload: bytes) -> None:
    """A JFIF header has one length; a longer one is room for a script (`FF E0 2F 2A` is `/*`)."""
    thumbnail = 3 * payload[12] * payload[13] if len(payload) >= 14 else -1
    if len(payload) != 14 + thumbnail:
        raise PhotoRefusedError(RefusalCode.FOREIGN_DATA, "JFIF header")
