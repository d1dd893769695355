import pytest

from media.headers.disguises import face_of, hidden_file
from tests.media.pictures import photo


@pytest.mark.parametrize(
    ("data", "face"),
    [
        (b"%PDF-1.7", "pdf"),
        (b"GIF89a", "gif"),
        (b"\0\0\0\x18ftypisom", "video"),
        (b" <SVG onload=x>", "svg"),
        (b"<svg/onload=x>", "svg"),
        (b"\xef\xbb\xbf<!doctype html>", "html"),
        (b"hello", "unknown"),
    ],
)
def test_the_face_of_what_is_no_photo(data, face):
    assert face_of(data) == face


def test_an_honest_photo_hides_nothing():
    assert hidden_file(photo()) is None


@pytest.mark.parametrize("tail", [b"PK\x05\x06", b"PK\x05\x06" + b"\1" * 40])
def test_the_four_letters_of_an_archives_end_alone_hide_nothing(tail):
    assert hidden_file(photo() + tail) is None


def test_an_empty_archive_is_found_behind_a_false_end():
    assert hidden_file(photo() + b"PK\x05\x06" + bytes(18) + b"PK\x05\x06" + b"\1" * 20) == "zip"
