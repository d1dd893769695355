"""The two smaller copies of a photo that people look at: upright, without metadata, re-encoded.

No byte of the original is copied into them: neither its EXIF nor a hidden file can leak.
"""

from dataclasses import dataclass
from io import BytesIO
from math import ceil

from PIL import Image

#: Longest side in pixels.
SCREEN_SIDE = 1600
THUMBNAIL_SIDE = 320
DERIVATIVE_MEDIA_TYPE = "image/jpeg"

#: JPEG, although WebP is half the size at the same look: a Word document cannot hold WebP, and it
#: takes ten times as long to encode (5 ms against 56 ms at screen size).
_QUALITY = 80

#: Modes that are scaled as they are, and made plain when small: half the memory.
_SCALABLE = frozenset({"L", "RGB", "RGBA"})

#: EXIF orientation → what makes the picture upright (CIPA DC-008 4.6.5.1.6).
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


@dataclass(frozen=True, slots=True)
class Derivative:
    """A smaller copy: JPEG bytes and their dimensions in pixels."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Derivatives:
    """Both copies, made from one decoding of the photo."""

    screen: Derivative
    thumbnail: Derivative


def draft_for_screen(image: Image.Image) -> None:
    """Let a JPEG decode at a half, a quarter or an eighth, still no smaller than the screen copy.

    Must come before anything that loads the pixels; other formats ignore it. The size asked for has
    the photo's shape: asked for a square, the library keeps the short side that long, and a photo
    of twelve megapixels would be decoded whole.
    """
    scale = SCREEN_SIDE / max(image.size)
    image.draft("RGB", (ceil(image.width * scale), ceil(image.height * scale)))


def screen_picture(image: Image.Image, orientation: int | None) -> Image.Image:
    """Decode and return the picture upright, in plain RGB, no side longer than SCREEN_SIDE.

    `orientation` is the EXIF value 1 to 8; the decoder's own transposition is not used because it
    writes the EXIF anew, and hostile EXIF cannot always be written.
    """
    picture = image if image.mode in _SCALABLE else _plain(image)
    picture.thumbnail((SCREEN_SIDE, SCREEN_SIDE), Image.Resampling.BILINEAR, reducing_gap=None)
    picture = _plain(picture)
    turn = _TURNS.get(orientation or 1)
    return picture if turn is None else picture.transpose(turn)


def thumbnail_picture(screen: Image.Image) -> Image.Image:
    """Return the small picture, made from the screen copy's."""
    picture = screen.copy()
    picture.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return picture


def derivatives_of(screen: Image.Image, thumbnail: Image.Image) -> Derivatives:
    """Encode both copies."""
    return Derivatives(_encoded(screen), _encoded(thumbnail))


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture as RGB: transparency on white, sixteen bits scaled and not clipped."""
    if image.mode.startswith("I;16"):
        image = image.point(lambda value: value * (1 / 257)).convert("L")
    if image.has_transparency_data:
        picture = image.convert("RGBA")
        ground = Image.new("RGB", picture.size, "white")
        ground.paste(picture, mask=picture.getchannel("A"))
        return ground
    return image.convert("RGB")


def _encoded(picture: Image.Image) -> Derivative:
    sink = BytesIO()
    picture.save(sink, "JPEG", quality=_QUALITY, exif=b"", icc_profile=b"", comment=b"")
    return Derivative(sink.getvalue(), picture.width, picture.height)
