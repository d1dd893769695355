"""Which items a mine is asked on a day, at which of its places, and why; or why not.

A pair (item, place) is the unit of coverage, written `<item key>/<place id>` with `-` for the mine itself.
Nothing hides an item but a condition that is plainly false, or a register without such a place where the
item says that then there is nothing to ask. Takes what is known as arguments; queries and clocks are elsewhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, NamedTuple, Protocol

import msgspec

from checklists.conditions import Known, Tested, decisive, known, truth
from checklists.definition import MINE_ITSELF, Checklist, Condition, Item

Cadence = Literal["round", "monthly"]
Because = Literal["always", "true", "unknown", "false", "not_in_round"]
Placing = Literal["mine", "places", "no_open_place"]


class Place(Protocol):
    """A place of the mine's register; both its first and its last day are days in use."""

    @property
    def id(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def opened_on(self) -> date: ...
    @property
    def closed_on(self) -> date | None: ...


class Asked(NamedTuple):
    """What a mine is asked of one item: at `places` (none = not asked), and the reason.

    `because` is about the condition, `tests` are the parts of it that decided; `placing` is about the register.
    """

    item: str
    places: tuple[str, ...]
    because: Because
    tests: tuple[Tested, ...]
    placing: Placing

    @property
    def pairs(self) -> tuple[str, ...]:
        return tuple(f"{self.item}/{place}" for place in self.places)


class _Question(NamedTuple):
    """What applicability needs of an item. `condition` counts the edition's distinct conditions."""

    key: str
    condition: int
    in_round: bool
    kinds: tuple[str, ...]
    otherwise: tuple[str, ...]


class Applicability:
    """A checklist prepared for the question which pairs apply; each distinct condition is evaluated once."""

    def __init__(self, checklist: Checklist) -> None:
        self._attributes = checklist.attributes
        self._conditions: list[Condition] = []
        numbers: dict[bytes, int] = {}
        self._questions = [self._question(item, numbers) for item in checklist.items().values()]

    def _question(self, item: Item, numbers: dict[bytes, int]) -> _Question:
        condition = item.applies or ["and"]
        number = numbers.setdefault(msgspec.json.encode(condition), len(numbers))
        if number == len(self._conditions):
            self._conditions.append(condition)
        kinds = item.at if item.repeat == "place" else ()
        otherwise = () if kinds and item.unplaced == "none" else (MINE_ITSELF,)
        return _Question(item.key, number, item.cadence == "round", kinds, otherwise)

    def pairs(
        self, attributes: Mapping[str, object], places: Iterable[Place], on: date, cadence: Cadence
    ) -> tuple[str, ...]:
        """The pairs that apply, in the checklist's order. `attributes` as of the day; unknown ones hide nothing."""
        about, registered = known(attributes, self._attributes), _open_by_kind(places, on)
        hidden = [truth(condition, about) is False for condition in self._conditions]
        return tuple(
            f"{question.key}/{place}"
            for question in self._questions
            if not hidden[question.condition] and (question.in_round or cadence == "monthly")
            for place in _located(question, registered)
        )

    def explain(
        self, attributes: Mapping[str, object], places: Iterable[Place], on: date, cadence: Cadence
    ) -> tuple[Asked, ...]:
        """Every item of the checklist with its pairs and the reason; flattened, the same pairs as `pairs`."""
        about, registered = known(attributes, self._attributes), _open_by_kind(places, on)
        return tuple(self._explained(question, about, registered, cadence) for question in self._questions)

    def _explained(
        self, question: _Question, about: Known, registered: Mapping[str, Sequence[str]], cadence: Cadence
    ) -> Asked:
        condition = self._conditions[question.condition]
        because = "not_in_round" if cadence == "round" and not question.in_round else _because(condition, about)
        asked = because not in ("false", "not_in_round")
        located = _located(question, registered)
        return Asked(
            item=question.key,
            places=located if asked else (),
            because=because,
            tests=decisive(condition, about) if because in ("true", "unknown", "false") else (),
            placing=_placing(question, located),
        )


def _open_by_kind(places: Iterable[Place], on: date) -> Mapping[str, list[str]]:
    registered: dict[str, list[str]] = defaultdict(list)
    for place in places:
        if place.opened_on <= on and (place.closed_on is None or on <= place.closed_on):
            registered[place.kind].append(place.id)
    return registered


def _located(question: _Question, registered: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    found = tuple(place for kind in question.kinds for place in registered.get(kind, ()))
    return found or question.otherwise


def _placing(question: _Question, located: tuple[str, ...]) -> Placing:
    if not question.kinds:
        return "mine"
    return "no_open_place" if located == question.otherwise else "places"


def _because(condition: Condition, about: Known) -> Because:
    if condition == ["and"]:
        return "always"
    result = truth(condition, about)
    if result is None:
        return "unknown"
    return "true" if result else "false"
