import pytest

from media.headers.parts import Header
from media.inspection import inspect
from media.refusals import RefusalCode as Code
from tests.media import containers as make

ROWS = make.rows(9, 9)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make.png(9, 9), Code.DAMAGED),
        (make.png(9, 9, ROWS).replace(b"IEND", b"IENE"), Code.DAMAGED),
        (make.png(9, 9, ROWS).replace(b"IHDR", b"IHDS"), Code.DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + ROWS, Code.DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + make.chunk(b"IHDR", b"short") + ROWS, Code.DAMAGED),
        (make.png(9, 9, ROWS, depth=8, colour=5), Code.UNSUPPORTED_ENCODING),
        (make.png(9, 9, ROWS) + b"luggage", Code.TRAILING_DATA),
    ],
)
def test_a_broken_structure_is_refused(data, code):
    assert inspect(data).code is code


def test_a_flipped_bit_in_the_picture_is_noticed_by_its_checksum():
    data = bytearray(make.png(9, 9, ROWS))
    data[-20] ^= 1
    assert inspect(bytes(data)).code is Code.DAMAGED


@pytest.mark.parametrize(
    "text",
    [
        make.chunk(b"tEXt", "Comment\0主井口".encode()),
        make.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta><svg/></x:xmpmeta>"),
    ],
)
def test_honest_texts_beside_the_picture_are_kept(text):
    assert isinstance(inspect(make.png(9, 9, text, ROWS)), Header)


def test_padding_after_the_end_is_kept():
    assert isinstance(inspect(make.png(9, 9, ROWS) + bytes(512)), Header)
