import struct

import pytest

from media.headers.parts import Header
from media.inspection import inspect
from media.refusals import RefusalCode as Code
from tests.media import containers as make
from tests.media.pictures import photo

JPEG = photo()
FRAME = make.frame_at(JPEG)
SCAN = JPEG.find(b"\xff\xda")


def refused(data):
    return inspect(data).code


def test_fill_bytes_before_a_marker_are_lawful():
    assert isinstance(inspect(JPEG[:2] + b"\xff\xff" + JPEG[2:]), Header)


def test_padding_after_the_end_is_kept():
    assert isinstance(inspect(JPEG + bytes(9000)), Header)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (JPEG[:20] + b"\x00" + JPEG[20:], Code.DAMAGED),
        (JPEG[:2] + b"\xff\x02\0\2" + JPEG[2:], Code.DAMAGED),
        (JPEG[:2] + b"\xff\xe1\0\0" + JPEG[2:], Code.DAMAGED),
        (JPEG[:SCAN] + b"\xff\xd9", Code.DAMAGED),
        (JPEG[:FRAME] + b"\xff\xd9", Code.DAMAGED),
        (JPEG[:FRAME] + JPEG[SCAN:], Code.DAMAGED),
        (JPEG[:SCAN] + JPEG[FRAME:], Code.DAMAGED),
        (JPEG[:FRAME] + make.segment(0xC0, b"\x08\0") + JPEG[FRAME:], Code.DAMAGED),
        (JPEG[: FRAME + 1] + b"\xc9" + JPEG[FRAME + 2 :], Code.UNSUPPORTED_ENCODING),
        (JPEG[: FRAME + 9] + b"\x02" + JPEG[FRAME + 10 :], Code.UNSUPPORTED_ENCODING),
        (make.insert_segment(JPEG, 0xE0, b"JFIF\0"), Code.FOREIGN_DATA),
        (JPEG[:-2] + b"\xff", Code.TRUNCATED),
    ],
)
def test_a_broken_structure_is_refused(data, code):
    assert refused(data) is code


def test_scans_are_counted():
    again = JPEG[SCAN:-2]
    assert isinstance(inspect(JPEG[:-2] + again * 99 + b"\xff\xd9"), Header)
    assert refused(JPEG[:-2] + again * 100 + b"\xff\xd9") is Code.TOO_MANY_SCANS


def test_a_second_picture_as_phones_append_it_is_kept_and_a_broken_one_is_not():
    assert isinstance(inspect(JPEG + bytes(7) + photo(2)), Header)
    assert refused(JPEG + photo(2)[:-5]) is Code.TRUNCATED


def test_more_pictures_than_any_camera_appends_are_luggage():
    assert isinstance(inspect(JPEG * 9), Header)
    assert refused(JPEG * 10) is Code.TRAILING_DATA


VIDEO = make.box(b"ftyp", b"mp42") + make.box(b"mdat", b"frames") + make.box(b"moov", b"index")


@pytest.mark.parametrize("padding", [0, 5, 5000])
def test_the_video_of_a_motion_photo_is_kept(padding):
    assert isinstance(inspect(JPEG + bytes(padding) + VIDEO), Header)


@pytest.mark.parametrize(
    "trailer",
    [VIDEO[:-1], VIDEO + b"PK\3\4", VIDEO + make.box(b"evil"), make.box(b"ftyp", b"mp42"), b"<b>", b"\xff\xd8"],
)
def test_what_only_begins_like_a_video_is_luggage(trailer):
    assert refused(JPEG + trailer) is Code.TRAILING_DATA


def test_a_video_does_not_borrow_its_size_from_the_end_of_the_picture():
    ends_in_a_size = JPEG[:-2] + b"\0\0\xff\xd9"
    headless = b"ftyp" + b"x" * (0xFFD9 - 8) + VIDEO
    assert refused(ends_in_a_size + headless) is Code.TRAILING_DATA


def samsung(blocks=(b"\0\0\1\n\x0e\0\0\0Image_UTC_Data1795138215000", b"MCC_Data460"), gap=b"", count=None, length=0):
    """The directory that Samsung's camera writes behind the end of the picture."""
    backs = [sum(map(len, blocks[at:])) for at in range(len(blocks))]
    entries = b"".join(
        struct.pack("<HHII", 0, 0xA01, back, len(block)) for back, block in zip(backs, blocks, strict=True)
    )
    directory = b"SEFH" + struct.pack("<II", 106, len(blocks) if count is None else count) + entries
    return gap + b"".join(blocks) + directory + struct.pack("<I", length or len(directory)) + b"SEFT"


def test_samsungs_directory_is_kept():
    assert isinstance(inspect(JPEG + samsung()), Header)


@pytest.mark.parametrize(
    "trailer",
    [
        samsung(gap=b"luggage"),
        samsung(count=9),
        samsung(blocks=()) + b"\1SEFT",
        samsung(length=5),
        samsung(length=9999),
        b"SEFT" * 4,
        b"luggage luggage" + samsung(blocks=()),
    ],
)
def test_luggage_under_samsungs_mark_is_still_luggage(trailer):
    assert refused(JPEG + trailer) is Code.TRAILING_DATA
