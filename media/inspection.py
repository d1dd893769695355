"""Whether bytes are a photo that may be kept: type by content, size, pixels, structure.

Reads headers only and never decodes, so that it may run where a bomb would hurt: in the web process.
What it accepts is still hostile until `media.development` has decoded it in a child under limits.
"""

from media.headers import isobmff, jpeg, png, webp
from media.headers.disguises import face_of, hidden_file
from media.headers.parts import Header, PhotoBytes
from media.refusals import PhotoRefusedError, Refusal, RefusalCode

MAX_PHOTO_BYTES = 15_000_000


def inspect(data: PhotoBytes) -> Header | Refusal:
    """Return what the header says, or why the bytes are refused. Never raises for any bytes."""
    try:
        return _inspect(data)
    except PhotoRefusedError as refused:
        return refused.refusal


def _inspect(data: PhotoBytes) -> Header:
    _judge_length(len(data))
    header = _read_header(data)
    hidden = hidden_file(data)
    if hidden:
        raise PhotoRefusedError(RefusalCode.HIDDEN_FILE, hidden)
    return header


def _judge_length(size: int) -> None:
    if size == 0:
        raise PhotoRefusedError(RefusalCode.EMPTY)
    if size > MAX_PHOTO_BYTES:
        raise PhotoRefusedError(RefusalCode.TOO_LARGE, f"{size} bytes")


def _read_header(data: PhotoBytes) -> Header:
    if data[:3] == jpeg.MAGIC:
        return jpeg.read_jpeg(data)
    if data[:8] == png.MAGIC:
        return png.read_png(data)
    if webp.is_webp(data):
        return webp.read_webp(data)
    kind = isobmff.photo_type_of(data)
    if kind is None:
        raise PhotoRefusedError(RefusalCode.NOT_A_PHOTO, face_of(data))
    return isobmff.read_isobmff(data, kind)
