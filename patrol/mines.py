"""What a mine is on a given day: its dated attributes and its register of places.

Attribute values are added, never overwritten; places are closed, never removed. So the picture of
a past day stays what it was, and a check made before a re-grading keeps the old grade.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from patrol.errors import Conflict, Invalid
from patrol.periods import Period


@dataclass(frozen=True, slots=True)
class Attribute:
    """One value of a mine's attribute, or of a place's, in force since a day.

    `source` names the report or approval that it rests on. Of two values since the same day the
    one recorded later is the correction and counts.
    """

    name: str
    value: object
    from_date: date
    recorded_at: datetime
    source: str = ""
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place of the register: face, roadway, chamber, sealed wall, device …, of a `kind`.

    `code` is what stands on the sign and in the scanned mark, unique among a mine's open places.
    In use from `opened_on` to `closed_on`, both inclusive; `closed_on` None: still in use.
    """

    id: str
    mine: str
    kind: str
    code: str
    opened_on: date
    closed_on: date | None = None

    def __post_init__(self) -> None:
        if self.closed_on is not None and self.closed_on < self.opened_on:
            raise Invalid("place_closed_before_opened", place=self.id, opened_on=self.opened_on)

    def open_on(self, day: date) -> bool:
        """Whether the place is in use on the day."""
        return self.opened_on <= day and (self.closed_on is None or day <= self.closed_on)


@dataclass(frozen=True, slots=True)
class PlacePicture:
    """A place in use, with the attributes of its own on the day."""

    place: Place
    attributes: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Picture:
    """A mine on a day, as applicability is judged from it."""

    mine: str
    on: date
    attributes: Mapping[str, object] = field(default_factory=dict)
    places: tuple[PlacePicture, ...] = ()


def values_on(history: Iterable[Attribute], day: date, place: str | None = None) -> dict[str, object]:
    """Name → value in force on the day, of the mine itself or of one place."""
    standing: dict[str, Attribute] = {}
    for entry in history:
        if entry.place != place or entry.from_date > day:
            continue
        known = standing.get(entry.name)
        if known is None or (entry.from_date, entry.recorded_at) > (known.from_date, known.recorded_at):
            standing[entry.name] = entry
    return {name: entry.value for name, entry in standing.items()}


def picture(mine: str, day: date, history: Iterable[Attribute], register: Iterable[Place]) -> Picture:
    """The mine on the day: values in force and places in use, places ordered by kind and code."""
    entries = tuple(history)
    open_places = sorted(
        (place for place in register if place.mine == mine and place.open_on(day)),
        key=lambda place: (place.kind, place.code, place.id),
    )
    places = tuple(PlacePicture(p, values_on(entries, day, p.id)) for p in open_places)
    return Picture(mine, day, values_on(entries, day), places)


def change_days(history: Iterable[Attribute], register: Iterable[Place], period: Period) -> tuple[date, ...]:
    """The days of the period, its first one included, on which the picture may be another one.

    Between two of them nothing changes, so what applied on any day of the period is what applies
    on one of these.
    """
    days = {period.first} | {entry.from_date for entry in history}
    for place in register:
        days.add(place.opened_on)
        if place.closed_on is not None:
            days.add(place.closed_on + timedelta(days=1))
    return tuple(sorted(day for day in days if day in period))


def check_place(new: Place, register: Iterable[Place]) -> None:
    """Raise Conflict when another place of the mine has the code while both are in use."""
    for other in register:
        shared = other.mine == new.mine and other.code == new.code and other.id != new.id
        if shared and (other.open_on(new.opened_on) or new.open_on(other.opened_on)):
            raise Conflict("place_code_taken", code=new.code, place=other.id)
