from datetime import UTC
from io import BytesIO

import pytest
from PIL import Image

from media.decoding import opened
from media.derivatives import SCREEN_SIDE, THUMBNAIL_SIDE, draft_for_screen
from media.development import develop
from tests.media.pictures import HEIC, HONEST, encoded, exif, photo, scene

SECRET = b"secret of the camera"


def looked_at(derivative):
    image = Image.open(BytesIO(derivative.data))
    image.load()
    assert image.size == (derivative.width, derivative.height)
    return image


def derivatives(data):
    return develop(data, UTC).derivatives


def test_both_copies_are_small_and_keep_the_shape():
    made = derivatives(photo(1, size=(3200, 2400)))
    assert looked_at(made.screen).size == (SCREEN_SIDE, 1200)
    assert looked_at(made.thumbnail).size == (THUMBNAIL_SIDE, 240)


def test_a_small_photo_is_not_blown_up():
    made = derivatives(photo(1, size=(200, 100)))
    assert looked_at(made.screen).size == looked_at(made.thumbnail).size == (200, 100)


def corners():
    picture = Image.new("RGB", (64, 32), "black")
    picture.paste("red", (0, 0, 32, 16))
    picture.paste("lime", (32, 0, 64, 16))
    picture.paste("blue", (0, 16, 32, 32))
    return picture


#: EXIF orientation → which colours must stand at top left, top right, bottom left once upright.
UPRIGHT = {
    1: ("red", "lime", "blue"),
    2: ("lime", "red", "black"),
    3: ("black", "blue", "lime"),
    4: ("blue", "black", "red"),
    5: ("red", "blue", "lime"),
    6: ("blue", "red", "black"),
    7: ("black", "lime", "blue"),
    8: ("lime", "black", "red"),
}


@pytest.mark.parametrize("orientation", UPRIGHT)
def test_the_copies_are_upright_whichever_way_the_phone_was_held(orientation):
    data = encoded(corners(), "PNG", exif=exif({274: orientation}))
    for copy in (derivatives(data).screen, derivatives(data).thumbnail):
        image = looked_at(copy)
        right, bottom = image.width * 3 // 4, image.height * 3 // 4
        places = [(image.width // 4, image.height // 4), (right, image.height // 4), (image.width // 4, bottom)]
        assert tuple(colour_at(image, place) for place in places) == UPRIGHT[orientation]


def colour_at(image, place):
    bright = tuple(level > 128 for level in image.getpixel(place))
    return {(True, False, False): "red", (False, True, False): "lime", (False, False, True): "blue"}.get(
        bright, "black"
    )


def test_heic_comes_out_upright():
    assert looked_at(derivatives(HEIC).screen).size == (320, 480)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_no_metadata_reaches_the_copies(kind):
    secret = {"exif": exif(**HONEST), "icc_profile": SECRET, "xmp": SECRET, "comment": SECRET}
    data = photo(1, kind, **secret)
    assert b"Kanglu" in data
    for copy in (derivatives(data).screen, derivatives(data).thumbnail):
        image = looked_at(copy)
        assert SECRET not in copy.data
        assert b"Kanglu" not in copy.data
        assert b"Exif" not in copy.data
        assert not set(image.info) - {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA", "I;16"])
def test_every_kind_of_pixel_becomes_plain_colour(mode):
    picture = scene(1, (64, 48)).convert("L").convert("I;16" if mode == "I;16" else mode)
    copy = looked_at(derivatives(encoded(picture, "PNG")).screen)
    assert copy.mode == "RGB"


def test_cmyk_becomes_plain_colour():
    assert looked_at(derivatives(encoded(scene(1).convert("CMYK"))).screen).mode == "RGB"


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_is_white(mode):
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0)).convert(mode)
    assert min(looked_at(derivatives(encoded(clear, "PNG")).screen).getpixel((20, 20))) > 250


def test_sixteen_bits_are_scaled_and_not_clipped():
    grey = Image.new("I;16", (40, 40), 32768)
    level = looked_at(derivatives(encoded(grey, "PNG")).screen).getpixel((20, 20))[0]
    assert 126 <= level <= 130


def test_a_large_jpeg_is_decoded_at_a_fraction_no_smaller_than_the_screen_copy():
    with opened(photo(1, size=(6400, 4800))) as image:
        draft_for_screen(image)
        image.load()
        assert image.size == (1600, 1200)
