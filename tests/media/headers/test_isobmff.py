import struct

import pytest

from media.headers.parts import Header, PhotoType
from media.inspection import inspect
from media.refusals import RefusalCode as Code
from tests.media import containers as make


@pytest.mark.parametrize(
    ("brand", "compatible", "kind"),
    [
        (b"heic", b"mif1", PhotoType.HEIC),
        (b"heix", b"", PhotoType.HEIC),
        (b"avif", b"mif1miaf", PhotoType.AVIF),
        (b"mif1", b"miafheic", PhotoType.HEIC),
        (b"miaf", b"avif", PhotoType.AVIF),
    ],
)
def test_the_brands_tell_the_codec(brand, compatible, kind):
    header = inspect(make.still((40, 30), brand=brand, compatible=compatible))
    assert (header.type, header.width, header.height) == (kind, 40, 30)


def test_the_largest_picture_counts_and_not_its_tiles_or_thumbnail():
    header = inspect(make.still((512, 512), (4032, 3024), (320, 240)))
    assert (header.width, header.height) == (4032, 3024)


@pytest.mark.parametrize("brand", [b"hevc", b"avis", b"msf1"])
def test_a_sequence_is_refused_as_animated(brand):
    assert inspect(make.still((9, 9), brand=brand)).code is Code.ANIMATED


def test_a_film_in_a_photos_clothes_is_refused():
    assert inspect(make.still((9, 9)) + make.box(b"moov")).code is Code.ANIMATED


STILL = make.still((9, 9))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (make.box(b"ftyp", b"heic") + make.box(b"mdat"), Code.DAMAGED),
        (STILL.replace(b"mdat", b"free"), Code.DAMAGED),
        (make.still((9, 9), path=(b"ipco", b"iprp")), Code.DAMAGED),
        (STILL + b"\0\0\0\7free", Code.DAMAGED),
        (STILL + b"\0\0\0\1mdat" + struct.pack(">Q", 15), Code.DAMAGED),
        (STILL + b"\0\0\0\1mdat" + struct.pack(">Q", 1 << 62), Code.TRUNCATED),
        (STILL + b"\0\0\0\1mdat", Code.TRUNCATED),
        (STILL + make.box(b"uuid"), Code.FOREIGN_DATA),
        (STILL + make.box(b"PK\3\4"), Code.TRAILING_DATA),
    ],
)
def test_a_broken_structure_is_refused(data, code):
    assert inspect(data).code is code


@pytest.mark.parametrize("last", [b"\0\0\0\0mdatto the end", b"\0\0\0\1mdat" + struct.pack(">Q", 16)])
def test_both_other_ways_to_say_a_size_are_read(last):
    assert isinstance(inspect(STILL + last), Header)
