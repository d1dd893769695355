import mmap

import pytest

from media.headers.parts import Header, PhotoType
from media.inspection import MAX_PHOTO_BYTES, inspect
from media.refusals import Refusal, RefusalCode
from tests.media.pictures import HEIC, photo


@pytest.mark.parametrize(
    ("kind", "options", "expected"),
    [
        ("JPEG", {}, PhotoType.JPEG),
        ("JPEG", {"progressive": True, "optimize": True}, PhotoType.JPEG),
        ("PNG", {}, PhotoType.PNG),
        ("WEBP", {}, PhotoType.WEBP),
        ("WEBP", {"lossless": True}, PhotoType.WEBP),
        ("AVIF", {"speed": 10}, PhotoType.AVIF),
    ],
)
def test_a_photo_is_known_by_its_content_with_its_dimensions(kind, options, expected):
    data = photo(7, kind, (322, 241), **options)
    assert inspect(data) == Header(expected, 322, 241, len(data))


def test_heic_is_known_by_its_brand_with_its_dimensions_before_turning():
    assert inspect(HEIC) == Header(PhotoType.HEIC, 480, 320, len(HEIC))


def test_nothing_at_all_is_refused_as_empty():
    assert inspect(b"") == Refusal(RefusalCode.EMPTY)


def test_a_photo_of_exactly_fifteen_megabytes_is_kept_and_one_byte_more_is_refused():
    data = photo()
    full = data + bytes(MAX_PHOTO_BYTES - len(data))
    assert isinstance(inspect(full), Header)
    assert inspect(full + b"\0") == Refusal(RefusalCode.TOO_LARGE, "15000001 bytes")


def test_a_mapped_file_is_inspected_without_reading_it_into_memory(tmp_path):
    path = tmp_path / "photo"
    for data in (photo(), photo(2, "PNG"), photo(3, "WEBP"), HEIC):
        path.write_bytes(data)
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            assert inspect(mapped) == inspect(data)


@pytest.mark.parametrize("cut", range(1, 40))
def test_whatever_is_missing_at_the_end_is_noticed(cut):
    for data in (photo(), photo(2, "PNG"), photo(3, "WEBP"), photo(4, "AVIF", speed=10), HEIC):
        refusal = inspect(data[:-cut])
        assert isinstance(refusal, Refusal)
        assert refusal.code is RefusalCode.TRUNCATED
