"""What a checklist is: sections of items, each with its answer, its places and its legal links.

Values only. These structs are also the JSON of a compiled edition, which phones read; the files that
they are loaded from are described in docs/checklist-format.md. Nothing here reads a file, asks the
time or judges an answer. Decimals are text, so that no binary fraction stands between rule and answer.
"""

from datetime import date
from typing import Any, Literal

import msgspec

#: The version of the compiled form; a phone refuses a form that it does not know.
FORMAT = 1
#: The place id of a pair whose item is asked of the mine itself.
MINE_ITSELF = "-"

Outcome = Literal["fail", "unseen", "pass", "na"]
#: A parsed `applies`: JSON arrays such as ["in", "gas_grade", ["突出"]] (docs/checklist-format.md).
Condition = list[Any]


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What all of these are: immutable, written by name, without what is not said.

    So the defaults below are part of what compiled bytes mean; whoever changes one raises FORMAT.
    """


class Attribute(Value, frozen=True, kw_only=True):
    """Something known of a mine that items may depend on; `values` of an enum."""

    title: str
    type: Literal["enum", "bool", "number"]
    values: tuple[str, ...] = ()


class PlaceKind(Value, frozen=True, kw_only=True):
    """A kind of place that a mine registers."""

    title: str
    place_class: Literal["face", "roadway", "chamber", "device", "surface", "records"] = msgspec.field(name="class")


class Unit(Value, frozen=True, kw_only=True):
    """`factor` turns a value into the quantity's own unit; outside least..most it is a slip of the hand."""

    title: str
    quantity: str
    factor: str = "1"
    substance: str | None = None
    least: str | None = None
    most: str | None = None


class Standard(Value, frozen=True, kw_only=True):
    """A legal text; `since` and `until` are its first and its last day in force."""

    title: str
    document: str
    since: date = msgspec.field(name="from")
    until: date | None = None
    supersedes: tuple[str, ...] = ()


class Link(Value, frozen=True, kw_only=True):
    """An article of a legal text, as the text numbers it."""

    standard: str
    article: str


class Limits(Value, frozen=True, kw_only=True):
    """Bounds in the answer's own unit: `min` and `max` still pass, `below` and `above` do not."""

    min: str | None = None
    max: str | None = None
    below: str | None = None
    above: str | None = None


class PassFail(Value, frozen=True, kw_only=True, tag="pass_fail", tag_field="type"):
    """A person says; `fields` are settings (alarm, cut, restore) that may be added and are then judged."""

    unit: str | None = None
    accepts: dict[str, str] = {}
    fields: dict[str, Limits] = {}


class Number(Value, frozen=True, kw_only=True, tag="number", tag_field="type"):
    """A reading. `accepts`: unit a person may type → exact factor to `unit`. With `fields`, the settings instead."""

    unit: str
    accepts: dict[str, str]
    limits: Limits | None = None
    fields: dict[str, Limits] = {}


class Count(Value, frozen=True, kw_only=True, tag="count", tag_field="type"):
    """A whole number, not negative."""

    unit: str
    limits: Limits | None = None


class Date(Value, frozen=True, kw_only=True, tag="date", tag_field="type"):
    """One of the two, in days from the visit's day, inclusive."""

    max_age_days: int | None = None
    min_days_left: int | None = None


AnswerType = PassFail | Number | Count | Date


class Severity(Value, frozen=True, kw_only=True):
    """What a failure may amount to. Neither = general. Which link counts is a question of the date."""

    serious_violation: bool = False
    may_be_major: tuple[Link, ...] = ()


class Item(Value, frozen=True, kw_only=True):
    """One thing that is looked at; `key` means it for ever, in every edition."""

    key: str
    title: str
    answer: AnswerType
    repeat: Literal["mine", "place"]
    cadence: Literal["round", "monthly"]
    photo: Literal["required", "optional", "none"]
    specialty: Literal["mining", "ventilation", "electromechanical", "geology", "safety"]
    basis: Literal["verified", "mixed", "seed_document", "general_knowledge"]
    guidance: str = ""
    evidence: str = ""
    applies: Condition | None = None
    at: tuple[str, ...] = ()
    unplaced: Literal["mine", "none"] = "mine"
    severity: Severity = Severity()
    clauses: tuple[Link, ...] = ()
    notice: tuple[str, ...] = ()


class Section(Value, frozen=True, kw_only=True):
    """The items of one domain, in the order in which they are asked."""

    domain: str
    title: str
    items: tuple[Item, ...]


class Checklist(Value, frozen=True, kw_only=True, tag=FORMAT, tag_field="format"):
    """One edition's whole content: what the bytes say that its digest is taken of."""

    checklist: str
    title: str
    number: int
    since: date = msgspec.field(name="from")
    attributes: dict[str, Attribute]
    places: dict[str, PlaceKind]
    units: dict[str, Unit]
    standards: dict[str, Standard]
    sections: tuple[Section, ...]

    def items(self) -> dict[str, Item]:
        """Every item by key, in the order in which it is shown."""
        return {item.key: item for section in self.sections for item in section.items}
