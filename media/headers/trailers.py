"""What phones' cameras honestly write after the end of a JPEG, so that an original is not refused.

Known: padding, further pictures (CIPA DC-007 multi-picture), the video of a motion photo, and
Samsung's directory. Whatever else follows the end of a picture is somebody's luggage.
"""

import struct
from collections.abc import Callable

from media.headers.isobmff import boxes
from media.headers.parts import PhotoBytes, counted
from media.refusals import PhotoRefusedError

_PICTURE = b"\xff\xd8\xff"
_MAX_PICTURES = 8
_VIDEO = frozenset({b"ftyp", b"moov", b"mdat"})


def end_of_camera_trailers(data: PhotoBytes, position: int, end_of_picture: Callable[[int], int]) -> int:
    """Return the offset up to which the bytes are accounted for, `position` if none are.

    `end_of_picture` walks a further picture and may raise PhotoRefusedError for it.
    """
    solid = _skip_padding(data, position)
    for _ in range(_MAX_PICTURES):
        if data[solid : solid + 3] != _PICTURE:
            break
        position = end_of_picture(solid)
        solid = _skip_padding(data, position)
    # Both begin with zero bytes of their own, which cannot be told from padding.
    if _is_motion_video(data, position, solid) or _is_samsung_directory(data, position, solid):
        return len(data)
    return solid


def _skip_padding(data: PhotoBytes, position: int) -> int:
    while position < len(data):
        block = data[position : position + 4096]
        rest = block.lstrip(b"\0")
        position += len(block) - len(rest)
        if rest:
            break
    return position


def _is_motion_video(data: PhotoBytes, earliest: int, solid: int) -> bool:
    start = data.find(b"ftyp", solid, solid + 8) - 4
    if start < earliest:
        return False
    try:
        kinds = {box.kind for box in counted(boxes(data, start, len(data)))}
    except PhotoRefusedError:
        return False
    return _VIDEO <= kinds <= _VIDEO | {b"free", b"wide"}


def _is_samsung_directory(data: PhotoBytes, earliest: int, solid: int) -> bool:
    """`SEFH`, version, count, (0, kind, distance back, size)…, length, `SEFT`; the blocks before.

    The farthest block must begin where the picture ended: nothing stands outside the directory.
    """
    if data[-4:] != b"SEFT" or len(data) - earliest < 20:
        return False
    start = len(data) - 8 - int(struct.unpack("<I", data[-8:-4])[0])
    if start < earliest or data[start : start + 4] != b"SEFH":
        return False
    count = int(struct.unpack("<I", data[start + 8 : start + 12])[0])
    if start + 12 + 12 * count != len(data) - 8:
        return False
    entries = struct.iter_unpack("<HHII", data[start + 12 : len(data) - 8])
    return earliest <= start - max((int(back) for _, _, back, _ in entries), default=0) <= solid
