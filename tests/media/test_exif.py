import struct
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from media.decoding import opened
from media.exif import MAX_TEXT, CameraFacts, CameraPosition, read_camera_facts
from tests.media import containers as make
from tests.media.pictures import HEIC, HONEST, exif, photo

SHANGHAI = ZoneInfo("Asia/Shanghai")
JPEG = photo(1, size=(64, 48))


def facts(data):
    with opened(data) as image:
        return read_camera_facts(image, SHANGHAI)


def facts_of(kind="JPEG", **tags):
    return facts(photo(1, kind, (64, 48), exif=exif(**tags)))


def with_raw_exif(tiff):
    return make.insert_segment(JPEG, 0xE1, b"Exif\0\0" + tiff)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_what_an_honest_phone_writes_is_read_from_every_container(kind):
    assert facts_of(kind, **HONEST) == CameraFacts(
        taken_at=datetime(2026, 11, 20, 9, 30, 15, tzinfo=timezone(timedelta(hours=8))),
        offset_stated=True,
        make="Kanglu",
        model="EX-20",
        software="EX20_V1.3",
        orientation=6,
        position=CameraPosition(pytest.approx(34.51), pytest.approx(110.25), 4.5),
    )


def test_heic_is_read_too_and_its_decoder_has_turned_it_already():
    read = facts(HEIC)
    assert (read.make, read.model, read.orientation) == ("Field", "EX-20", 1)
    assert read.taken_at == datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)


def test_a_photo_without_exif_says_nothing():
    assert facts(JPEG) == CameraFacts()
    assert facts(JPEG).is_empty


def test_an_orientation_alone_is_not_yet_a_camera():
    assert facts_of(main={274: 3}).is_empty
    assert not facts_of(main={271: "Kanglu"}).is_empty


def test_a_time_without_offset_is_in_the_assumed_zone_and_says_so():
    read = facts_of(camera={0x9004: "2026:11:20 09:30:15"})
    assert read.taken_at == datetime(2026, 11, 20, 1, 30, 15, tzinfo=UTC)
    assert not read.offset_stated


@pytest.mark.parametrize(("stated", "hours"), [("-05:30", -5.5), ("+00:00", 0), ("+14:00", 14)])
def test_an_offset_is_taken_as_stated(stated, hours):
    read = facts_of(camera={0x9003: "2026:11:20 09:30:15", 0x9010: stated})
    assert read.taken_at.utcoffset() == timedelta(hours=hours)


@pytest.mark.parametrize(
    "text",
    ["0000:00:00 00:00:00", "    :  :     :  :  ", "2026:02:30 09:00:00", "2026:11:20 24:61:00", "yesterday", ""],
)
def test_a_time_that_is_none_is_absent(text):
    assert facts_of(camera={0x9003: text}).taken_at is None


@pytest.mark.parametrize("text", ["+99:00", "Z", "+8", "08:00"])
def test_an_offset_that_is_none_is_as_if_not_stated(text):
    read = facts_of(camera={0x9003: "2026:11:20 09:30:15", 0x9011: text})
    assert read.taken_at.utcoffset() == timedelta(hours=8)
    assert not read.offset_stated


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("矿用本安型手机".encode(), "矿用本安型手机"),
        ("矿用本安型手机".encode("gb18030"), "矿用本安型手机"),
        (b"EX-20\0\0garbage", "EX-20"),
        (b"EX\r\n-\x1b[31m20", "EX-[31m20"),
        ("EX\u202e02-\u2028".encode(), "EX02-"),
        (b"   ", None),
        (b"x" * 500, "x" * MAX_TEXT),
    ],
)
def test_texts_are_printable_short_and_in_whichever_encoding_the_vendor_used(raw, text):
    assert facts_of(main={272: raw}).model == text


@pytest.mark.parametrize("value", [0, 9, 65535])
def test_an_orientation_that_is_none_is_absent(value):
    assert facts_of(main={274: value}).orientation is None


NORTH, EAST = (34.0, 30.0, 36.0), (110.0, 15.0, 0.0)


def test_south_and_west_are_negative_and_accuracy_may_be_missing():
    position = facts_of(places={1: "S", 2: NORTH, 3: "W", 4: EAST}).position
    assert position == CameraPosition(pytest.approx(-34.51), pytest.approx(-110.25))


@pytest.mark.parametrize(
    "places",
    [
        {1: "N", 2: NORTH, 3: "E"},
        {1: "N", 2: (91.0, 0.0, 0.0), 3: "E", 4: EAST},
        {1: "N", 2: NORTH, 3: "E", 4: (180.0, 0.0, 1.0)},
        {1: "N", 2: (34.0, 30.0), 3: "E", 4: EAST},
        {1: "N", 2: 34.5, 3: "E", 4: EAST},
        {1: "North", 2: NORTH, 3: "E", 4: EAST},
        {1: b"\0", 2: NORTH, 3: "E", 4: EAST},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
    ],
)
def test_a_position_that_is_none_is_absent(places):
    assert facts_of(places=places).position is None


@pytest.mark.parametrize("accuracy", [0.0, 1e9])
def test_an_accuracy_that_is_none_is_absent(accuracy):
    places = {1: "N", 2: NORTH, 3: "E", 4: EAST, 31: accuracy}
    assert facts_of(places=places).position.accuracy_m is None


def test_a_division_by_zero_in_the_position_is_absent():
    zero = struct.pack("<HHII", 2, 5, 3, 100) + struct.pack("<HHI4s", 1, 2, 2, b"N\0\0\0")
    east = struct.pack("<HHI4s", 3, 2, 2, b"E\0\0\0") + struct.pack("<HHII", 4, 5, 3, 100)
    main = b"II*\0\x08\0\0\0" + struct.pack("<HHHII", 1, 0x8825, 4, 1, 26) + bytes(4)
    tiff = main + struct.pack("<H", 4) + zero + east + bytes(4)
    assert facts(with_raw_exif(tiff.ljust(100, b"\0") + bytes(24))).position is None


def test_one_broken_tag_costs_no_other():
    entries = [
        struct.pack("<HHI4s", 271, 2, 4, b"EX1\0"),
        struct.pack("<HHII", 272, 2, 0xFFFFFF, 0xFFFFFF00),
        struct.pack("<HHI4s", 274, 3, 1, b"\6\0\0\0"),
    ]
    tiff = b"II*\0\x08\0\0\0" + struct.pack("<H", 3) + b"".join(entries) + bytes(4)
    read = facts(with_raw_exif(tiff))
    assert (read.make, read.model, read.orientation) == ("EX1", None, 6)


def test_text_where_a_number_belongs_is_absent():
    assert facts_of(main={271: "x"}, camera={0x9003: 7}).taken_at is None


TIFF = bytes(exif(**HONEST).tobytes())[6:]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(TIFF) - 1), st.integers(0, 255)), max_size=12), st.integers(1, len(TIFF)))
def test_no_damage_to_exif_ever_raises_or_costs_the_photo(changes, end):
    tiff = bytearray(TIFF)
    for at, value in changes:
        tiff[at] = value
    assert isinstance(facts(with_raw_exif(bytes(tiff[:end]))), CameraFacts)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_at_all_in_place_of_exif_ever_raise(noise):
    assert isinstance(facts(with_raw_exif(b"II*\0\x08\0\0\0" + noise)), CameraFacts)
