"""Where something was seen, as the device or the person said it, and how far that is from a mine.

There is no satellite fix underground, so a location is one of four kinds and never a silent
default. What was given is kept as given; conversion is for drawing on a Chinese map only and must
never be stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from geopy.distance import geodesic

from patrol.errors import Invalid

EVIDENCE_WITHIN_M = 200.0
"""A worse fix is kept as a hint and is no evidence."""


class LocationKind(StrEnum):
    """How a location is known."""

    GNSS = "gnss"
    CHECKPOINT = "checkpoint"
    MANUAL = "manual"
    NONE = "none"


class Datum(StrEnum):
    """Which system coordinates are in. `unsure`: some phones deliver GCJ-02 as if it were
    WGS-84."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Point:
    """Latitude and longitude in degrees."""

    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Location:
    """A location as given. `accuracy` in metres, `at` in milliseconds since the epoch.

    gnss has lat, lon, accuracy, at, and source and datum as far as told; checkpoint has the place
    whose code was scanned, manual the place chosen and why; none may have a reason.
    """

    kind: LocationKind
    lat: float | None = None
    lon: float | None = None
    accuracy: float | None = None
    at: int | None = None
    source: str | None = None
    datum: Datum | None = None
    place: str | None = None
    reason: str | None = None

    @property
    def point(self) -> Point | None:
        """The coordinates as given, if any."""
        return None if self.lat is None or self.lon is None else Point(self.lat, self.lon)

    @property
    def is_evidence(self) -> bool:
        """Whether it proves anything: a scanned code, or a fix that is good enough."""
        if self.kind is LocationKind.CHECKPOINT:
            return True
        return self.accuracy is not None and self.accuracy <= EVIDENCE_WITHIN_M


_NEEDED = {
    LocationKind.GNSS: ("lat", "lon", "accuracy", "at"),
    LocationKind.CHECKPOINT: ("place",),
    LocationKind.MANUAL: ("place", "reason"),
    LocationKind.NONE: (),
}
_NUMBERS = {
    "lat": (-90.0, 90.0),
    "lon": (-180.0, 180.0),
    "accuracy": (0.0, 1e7),
    "at": (0.0, 1e15),
}


def read_location(given: Mapping[str, object]) -> Location:
    """A location from what a device sent. Fields of another kind are refused, not dropped.

    Raises Invalid: `unknown_location_kind`, `missing_fields`, `bad_field`.
    """
    kind = _word(LocationKind, given.get("kind"), "unknown_location_kind")
    said = {name: value for name, value in given.items() if value not in (None, "")}
    missing = [name for name in _NEEDED[kind] if name not in said]
    if missing:
        raise Invalid("missing_fields", fields=missing)
    if kind is not LocationKind.GNSS and said.keys() & {"lat", "lon", "accuracy"}:
        raise Invalid("bad_field", field="lat", kind=kind.value)
    return _location(kind, said)


def _location(kind: LocationKind, said: Mapping[str, object]) -> Location:
    at = _number(said, "at")
    datum = said.get("datum")
    return Location(
        kind=kind,
        lat=_number(said, "lat"),
        lon=_number(said, "lon"),
        accuracy=_number(said, "accuracy"),
        at=None if at is None else int(at),
        source=_text(said, "source"),
        datum=None if datum is None else _word(Datum, datum, "unknown_datum"),
        place=_text(said, "place"),
        reason=_text(said, "reason"),
    )


def distance_m(location: Location, mine: Point) -> float | None:
    """Metres along the ellipsoid from a location to the mine's point; None without coordinates.

    Both are taken as WGS-84, from which CGCS2000 differs by centimetres.
    """
    here = location.point
    if here is None:
        return None
    return float(geodesic((here.lat, here.lon), (mine.lat, mine.lon)).meters)


Word = TypeVar("Word", LocationKind, Datum)


def _word(words: type[Word], value: object, code: str) -> Word:
    try:
        return words(str(value))
    except ValueError:
        raise Invalid(code, given=str(value)) from None


def _number(said: Mapping[str, object], name: str) -> float | None:
    value = said.get(name)
    if value is None:
        return None
    low, high = _NUMBERS[name]
    if isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high:
        return float(value)
    raise Invalid("bad_field", field=name)


def _text(said: Mapping[str, object], name: str) -> str | None:
    value = said.get(name)
    if value is not None and not isinstance(value, str):
        raise Invalid("bad_field", field=name)
    return value
