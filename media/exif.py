"""What the camera wrote about a photo: when, with what, which way up, where.

Only what parses is reported and the rest is absent: EXIF is a claim by whoever made the file, and
it is often broken. Never raises for any bytes; never decodes pixels.
"""

import re
import struct
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import partial
from typing import TypeVar

from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

_Value = TypeVar("_Value")
#: Tag number → whatever the decoder made of its value.
_Tags = Mapping[int, object]

MAX_TEXT = 100

_TIME = re.compile(r"(\d{4})[:-](\d\d)[:-](\d\d)[ T](\d\d):(\d\d):(\d\d)")
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_PARSE_ERRORS = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
)


@dataclass(frozen=True, slots=True)
class CameraPosition:
    """WGS-84 degrees as the camera wrote them; `accuracy_m` where it said so."""

    latitude: float
    longitude: float
    accuracy_m: float | None = None


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """What EXIF says. `taken_at` is aware; `offset_stated` tells whether EXIF named the offset."""

    taken_at: datetime | None = None
    offset_stated: bool = False
    make: str | None = None
    model: str | None = None
    software: str | None = None
    orientation: int | None = None
    position: CameraPosition | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether a camera wrote nothing: no time, no name, no place."""
        return not any((self.taken_at, self.make, self.model, self.software, self.position))


def read_camera_facts(image: Image.Image, assumed_zone: tzinfo) -> CameraFacts:
    """Return what the opened photo's EXIF says; a time without an offset is in `assumed_zone`.

    Call it before the pixels are loaded: it reads no more than the header.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        main = _parsed(lambda: _tags(image.getexif())) or {}
        camera = _parsed(lambda: _tags(image.getexif().get_ifd(IFD.Exif))) or {}
        places = _parsed(lambda: _tags(image.getexif().get_ifd(IFD.GPSInfo))) or {}
    zone = _parsed(lambda: _stated_zone(camera))
    return CameraFacts(
        taken_at=_parsed(lambda: _taken_at(camera, zone or assumed_zone)),
        offset_stated=zone is not None,
        make=_text(main.get(Base.Make)),
        model=_text(main.get(Base.Model)),
        software=_text(main.get(Base.Software)),
        orientation=_orientation(main.get(Base.Orientation)),
        position=_parsed(lambda: _position(places)),
    )


def _parsed(parse: Callable[[], _Value | None]) -> _Value | None:
    try:
        return parse()
    except _PARSE_ERRORS:
        return None


def _tags(directory: _Tags) -> _Tags:
    """Read every value of the directory now, each for itself: one broken tag costs no other."""
    values = {tag: _parsed(partial(directory.get, tag)) for tag in list(directory)}
    return {tag: value for tag, value in values.items() if value is not None}


def _text(value: object) -> str | None:
    """Return printable text: vendors write UTF-8 or GB 18030 where EXIF says ASCII."""
    if not isinstance(value, str | bytes):
        return None
    raw = value.encode("latin-1", "ignore") if isinstance(value, str) else value
    raw = raw.split(b"\0", 1)[0]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", "ignore")
    return "".join(filter(str.isprintable, text)).strip()[:MAX_TEXT] or None


def _orientation(value: object) -> int | None:
    return value if isinstance(value, int) and 1 <= value <= 8 else None


def _taken_at(camera: _Tags, zone: tzinfo) -> datetime | None:
    text = _text(camera.get(Base.DateTimeOriginal)) or _text(camera.get(Base.DateTimeDigitized))
    found = _TIME.match(text or "")
    if found is None:
        return None
    year, month, day, hour, minute, second = map(int, found.groups())
    return datetime(year, month, day, hour, minute, second, tzinfo=zone)


def _stated_zone(camera: _Tags) -> tzinfo | None:
    stated = _text(camera.get(Base.OffsetTimeOriginal)) or _text(camera.get(Base.OffsetTime))
    found = _OFFSET.fullmatch(stated or "")
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = timedelta(hours=int(hours), minutes=int(minutes))
    return timezone(-offset if sign == "-" else offset)


def _position(places: _Tags) -> CameraPosition | None:
    latitude = _degrees(places[GPS.GPSLatitude], places[GPS.GPSLatitudeRef], "NS", 90)
    longitude = _degrees(places[GPS.GPSLongitude], places[GPS.GPSLongitudeRef], "EW", 180)
    # A camera without a fix writes zeros; there is no coal mine in the Gulf of Guinea.
    if latitude is None or longitude is None or (latitude, longitude) == (0, 0):
        return None
    return CameraPosition(latitude, longitude, _accuracy(places.get(GPS.GPSHPositioningError)))


def _degrees(value: object, reference: object, letters: str, limit: int) -> float | None:
    letter = _text(reference)
    if letter is None or letter not in letters or not isinstance(value, tuple):
        return None
    degrees, minutes, seconds = map(float, value)
    whole = degrees + minutes / 60 + seconds / 3600
    if not 0 <= whole <= limit:
        return None
    return -whole if letter == letters[1] else whole


def _accuracy(value: object) -> float | None:
    metres = _parsed(lambda: float(value))  # type: ignore[arg-type]
    return metres if metres is not None and 0 < metres < 1e6 else None
