from datetime import UTC

from media.development import develop
from media.refusals import Refusal, RefusalCode
from tests.media import containers as make
from tests.media.pictures import HONEST, exif, photo


def test_a_photo_becomes_header_camera_copies_and_likeness():
    made = develop(photo(1, exif=exif(**HONEST)), UTC)
    assert (made.header.width, made.header.height) == (320, 240)
    assert made.camera.model == "EX-20"
    assert (made.derivatives.screen.width, made.derivatives.screen.height) == (240, 320)
    assert made.likeness.stored in made.likeness.views


def test_what_inspection_refuses_is_not_opened():
    assert develop(b"<svg/>", UTC) == Refusal(RefusalCode.NOT_A_PHOTO, "svg")


def test_a_header_without_a_picture_is_undecodable():
    assert develop(make.still((40, 30)), UTC).code is RefusalCode.UNDECODABLE


def test_the_same_bytes_always_become_the_same():
    assert develop(photo(3), UTC) == develop(photo(3), UTC)
