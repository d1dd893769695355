"""What does not fit about a photo, as flags with their evidence, for a person to look at.

A flag is never a verdict: it refuses nothing, closes nothing and says nothing about anybody's intent.
Pure: the server gathers the circumstances, distances and other photos included.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from media.exif import CameraFacts
from media.similarity import ALIKE_DISTANCE

#: Evidence is for storing as JSON: ids, counts, whole seconds, metres, RFC 3339 times.
Evidence = Mapping[str, str | int | bool]

#: How far outside the visit an EXIF time may lie: cameras' and phones' clocks are set by hand.
TIME_GRACE = timedelta(minutes=10)
#: A phone is known to write EXIF after this many photos of which at least nine in ten had it.
_KNOWN_AFTER = 10
_USUAL_TENTHS = 9


class FlagCode(StrEnum):
    """One code for each thing that can fail to fit."""

    SAME_BYTES = "same_bytes"
    ALIKE = "alike"
    TIME_OUTSIDE_VISIT = "time_outside_visit"
    FAR_FROM_MINE = "far_from_mine"
    NO_EXIF = "no_exif"
    FROM_FILE = "from_file"


class Source(StrEnum):
    """Where the field app got the photo: the live camera, or a file that somebody picked."""

    STREAM = "stream"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Flag:
    """One thing that does not fit, and what shows it."""

    code: FlagCode
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Bracket:
    """The time within which the visit happened: both ends aware, none if not known."""

    opened_at: datetime | None = None
    submitted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """From the photo's position to the mine, and how far the mine reaches, in metres."""

    from_mine_m: float
    radius_m: float


@dataclass(frozen=True, slots=True)
class Habit:
    """How many earlier photos of the same device were looked at, and how many had EXIF."""

    photos: int = 0
    with_exif: int = 0


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Everything that a photo is held against; what is not known is left out and raises no flag.

    `same_bytes` names other photos with this digest; `alike` gives other photos' hash distances.
    """

    source: Source
    camera: CameraFacts
    bracket: Bracket = Bracket()
    distance: Distance | None = None
    habit: Habit = Habit()
    same_bytes: tuple[str, ...] = ()
    alike: Mapping[str, int] = field(default_factory=dict)


def flags_of(photo: Circumstances) -> tuple[Flag, ...]:
    """Return what does not fit, gravest first; a copy is not also called alike."""
    return (
        *_copies(photo),
        *_likenesses(photo),
        *_time(photo),
        *_place(photo),
        *_missing_exif(photo),
        *_origin(photo),
    )


def _copies(photo: Circumstances) -> Iterator[Flag]:
    for other in photo.same_bytes:
        yield Flag(FlagCode.SAME_BYTES, {"photo": other})


def _likenesses(photo: Circumstances) -> Iterator[Flag]:
    nearest_first = sorted(photo.alike.items(), key=lambda item: (item[1], item[0]))
    for other, bits in nearest_first:
        if bits <= ALIKE_DISTANCE and other not in photo.same_bytes:
            yield Flag(FlagCode.ALIKE, {"photo": other, "distance": bits})


def _time(photo: Circumstances) -> Iterator[Flag]:
    taken_at = photo.camera.taken_at
    if taken_at is None:
        return
    opened_at, submitted_at = photo.bracket.opened_at, photo.bracket.submitted_at
    if opened_at is not None and taken_at < opened_at - TIME_GRACE:
        yield _outside(photo.camera, taken_at, "before", opened_at - taken_at)
    if submitted_at is not None and taken_at > submitted_at + TIME_GRACE:
        yield _outside(photo.camera, taken_at, "after", taken_at - submitted_at)


def _outside(camera: CameraFacts, taken_at: datetime, side: str, by: timedelta) -> Flag:
    evidence: Evidence = {
        "taken_at": taken_at.isoformat(),
        "offset_stated": camera.offset_stated,
        "side": side,
        "seconds": round(by.total_seconds()),
    }
    return Flag(FlagCode.TIME_OUTSIDE_VISIT, evidence)


def _place(photo: Circumstances) -> Iterator[Flag]:
    measured = photo.distance
    if measured is not None and measured.from_mine_m > measured.radius_m:
        evidence = {"metres": round(measured.from_mine_m), "radius": round(measured.radius_m)}
        yield Flag(FlagCode.FAR_FROM_MINE, evidence)


def _missing_exif(photo: Circumstances) -> Iterator[Flag]:
    photos, with_exif = photo.habit.photos, photo.habit.with_exif
    usual = photos >= _KNOWN_AFTER and with_exif * 10 >= photos * _USUAL_TENTHS
    if photo.camera.is_empty and usual:
        yield Flag(FlagCode.NO_EXIF, {"photos": photos, "with_exif": with_exif})


def _origin(photo: Circumstances) -> Iterator[Flag]:
    if photo.source is Source.FILE:
        yield Flag(FlagCode.FROM_FILE, {"source": photo.source.value})
