"""Pictures and photos for the tests, all made here and the same for the same seed."""

import random
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter

#: 480 x 320 turned by `irot`; nothing that the project may use writes HEIC.
HEIC = (Path(__file__).parent / "data" / "photo.heic").read_bytes()


def scene(seed, size=(640, 480)):
    """A gallery by cap lamp, roughly: soft light, some dozens of edges, the sensor's noise."""
    rng = random.Random(seed)  # noqa: S311 - the same pictures every time
    light = _noise(rng, size, 5, 4)
    picture = Image.merge("RGB", [light, _noise(rng, size, 7, 5), _noise(rng, size, 6, 6)])
    picture = Image.blend(picture, Image.merge("RGB", [light] * 3), 0.6)
    draw = ImageDraw.Draw(picture)
    for _ in range(rng.randrange(15, 40)):
        _draw_thing(draw, rng, size)
    grain = Image.frombytes("L", (size[0] // 4, size[1] // 4), rng.randbytes(size[0] // 4 * (size[1] // 4)))
    grain = Image.merge("RGB", [grain.resize(size)] * 3)
    return Image.blend(picture.filter(ImageFilter.GaussianBlur(1)), grain, 0.06)


def _noise(rng, size, across, down):
    coarse = Image.frombytes("L", (across, down), rng.randbytes(across * down))
    return coarse.resize(size, Image.Resampling.BICUBIC)


def _draw_thing(draw, rng, size):
    x, y = rng.randrange(size[0]), rng.randrange(size[1])
    box = (x, y, x + rng.randrange(8, size[0] // 3), y + rng.randrange(8, size[1] // 3))
    colour = tuple(rng.randrange(256) for _ in range(3))
    shape = rng.choice([draw.rectangle, draw.ellipse, draw.line])
    shape(box, fill=colour)


def encoded(picture, kind="JPEG", **options):
    sink = BytesIO()
    picture.save(sink, kind, **options)
    return sink.getvalue()


def photo(seed=1, kind="JPEG", size=(320, 240), **options):
    return encoded(scene(seed, size), kind, **options)


def exif(main=None, camera=None, places=None):
    """EXIF with these tags: main directory, camera directory, positions."""
    tags = Image.Exif()
    tags.update(main or {})
    tags.get_ifd(0x8769).update(camera or {})
    tags.get_ifd(0x8825).update(places or {})
    return tags


#: What an honest phone writes.
HONEST = {
    "main": {271: "Kanglu", 272: "EX-20", 305: "EX20_V1.3", 274: 6},
    "camera": {0x9003: "2026:11:20 09:30:15", 0x9011: "+08:00"},
    "places": {1: "N", 2: (34.0, 30.0, 36.0), 3: "E", 4: (110.0, 15.0, 0.0), 31: 4.5},
}


def padded(jpeg: bytes, size: int) -> bytes:
    """The same picture in exactly `size` bytes: comments stand before it. `size` is at least 4 more than it has."""
    missing, comments = size - len(jpeg), b""
    while missing > 0:
        length = missing if missing <= 60_000 else min(60_000, missing - 4)
        comments += b"\xff\xfe" + (length - 2).to_bytes(2) + b"." * (length - 4)
        missing -= length
    return jpeg[:2] + comments + jpeg[2:]
