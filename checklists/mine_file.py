"""A mine described by hand for the commands: its attributes and its places, in a YAML file. Opens no file itself."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from checklists.conditions import understood
from checklists.definition import Checklist
from checklists.loading import BadFiles
from checklists.reading import Mistake, Spot, open_file


class RegisteredPlace(NamedTuple):
    """As `applicability.Place` wants it; a place without dates is always in use."""

    id: str
    kind: str
    opened_on: date = date.min
    closed_on: date | None = None


class MineFile(NamedTuple):
    """What the file says; whether an attribute or a kind is known is the edition's business."""

    attributes: Mapping[str, object]
    places: tuple[RegisteredPlace, ...]


def strangers(mine: MineFile, checklist: Checklist) -> Iterator[str]:
    """What the edition does not understand and so takes as not known, or not registered."""
    for name, value in mine.attributes.items():
        if name not in checklist.attributes:
            yield f"no such attribute: {name}"
        elif understood(value, checklist.attributes[name]) is None:
            yield f"no value of {name}: {value}"
    yield from (f"no such kind of place: {p.kind} ({p.id})" for p in mine.places if p.kind not in checklist.places)


def read_mine(file: str, text: str) -> MineFile:
    """Raises BadFiles with all mistakes."""
    mistakes: list[Mistake] = []
    root = open_file(file, text, mistakes)
    fields = root.record(("attributes", "places")) if root else {}
    mine = MineFile(
        attributes=_attributes(fields["attributes"]) if "attributes" in fields else {},
        places=tuple(_place(spot) for spot in fields["places"].sequence()) if "places" in fields else (),
    )
    if mistakes:
        raise BadFiles(mistakes)
    return mine


def _attributes(spot: Spot) -> dict[str, object]:
    words: dict[str, object] = {"true": True, "false": False}
    said = {name: value.text() for name, value in spot.mapping().items()}
    return {name: words.get(text, text) for name, text in said.items()}


def _place(spot: Spot) -> RegisteredPlace:
    fields = spot.record(("id", "kind"), ("opened_on", "closed_on"))
    return RegisteredPlace(
        id=fields["id"].text() if "id" in fields else "",
        kind=fields["kind"].text() if "kind" in fields else "",
        opened_on=fields["opened_on"].day() if "opened_on" in fields else date.min,
        closed_on=fields["closed_on"].day() if "closed_on" in fields else None,
    )
