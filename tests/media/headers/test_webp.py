import struct

import pytest

from media.headers.parts import Header
from media.inspection import inspect
from media.refusals import RefusalCode as Code
from tests.media import containers as make
from tests.media.pictures import exif, photo

LOSSY = (b"VP8 ", b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 9, 7) + b"picture")
LOSSLESS = (b"VP8L", b"\x2f" + struct.pack("<I", 8 | 6 << 14) + b"picture")


def canvas(width, height):
    payload = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"VP8X", payload


@pytest.mark.parametrize("frame", [LOSSY, LOSSLESS])
def test_dimensions_stand_in_the_frame_and_must_be_the_canvas(frame):
    header = inspect(make.riff(canvas(9, 7), frame))
    assert (header.width, header.height) == (9, 7)
    assert inspect(make.riff(canvas(9, 8), frame)).code is Code.DAMAGED


def test_exif_beside_the_frame_is_kept():
    assert isinstance(inspect(photo(1, "WEBP", exif=exif({271: "Field"}))), Header)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make.riff(), Code.DAMAGED),
        (make.riff(canvas(9, 7)), Code.DAMAGED),
        (make.riff(LOSSY, LOSSY), Code.DAMAGED),
        (make.riff((b"VP8 ", b"\1" + LOSSY[1][1:])), Code.DAMAGED),
        (make.riff((b"VP8L", b"\0" + LOSSLESS[1][1:])), Code.DAMAGED),
        (make.riff((b"VP8 ", b"short")), Code.TRUNCATED),
        (make.riff((b"ANIM", b""), LOSSY), Code.ANIMATED),
        (make.riff(LOSSY) + b"luggage", Code.TRAILING_DATA),
    ],
)
def test_a_broken_structure_is_refused(data, code):
    assert inspect(data).code is code


def test_a_chunk_that_leaves_its_container_is_refused():
    data = make.riff(LOSSY)
    longer = data[:16] + struct.pack("<I", 400) + data[20:]
    assert inspect(longer).code is Code.TRUNCATED
