"""How a thing with a life moves: a table of rules, what an actor may do now, and what is missing.

A rule is data; findings and visits each have a table of them. Refuses, never repairs: what is
admitted is appended to the thing's history and nothing is taken out of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from patrol.errors import Conflict, Invalid
from patrol.periods import local_date
from patrol.permissions import Actor, Subject, Verb, can, require

Value = str | date | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """A step that was taken: by which person, when (UTC), with what."""

    step: str
    by: str
    at: datetime
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """Somebody wants to take a step at a moment."""

    actor: Actor
    at: datetime

    @property
    def day(self) -> date:
        """The local day of it."""
        return local_date(self.at)


class FieldKind(StrEnum):
    """How the value of a field looks: text that is not blank, an ISO date, one of some words,
    ids."""

    TEXT = "text"
    DATE = "date"
    CHOICE = "choice"
    IDS = "ids"


@dataclass(frozen=True, slots=True)
class Field:
    """Something that a step asks for."""

    name: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    choices: tuple[str, ...] = ()


class Moving(Protocol):
    """What a table can be applied to."""

    @property
    def status(self) -> str:
        """Where it stands."""
        ...

    @property
    def subject(self) -> Subject:
        """Whose it is."""
        ...


T = TypeVar("T", bound=Moving)


# Generic and frozen with slots cannot be made through its alias on Python 3.11: no slots here.
@dataclass(frozen=True)
class Guard(Generic[T]):
    """A condition on the thing and the attempt; `code` says what is wrong while it does not
    hold."""

    code: str
    holds: Callable[[T, Attempt], bool]


@dataclass(frozen=True)
class Rule(Generic[T]):
    """One row of a table: `step` leads from any of `sources` to `to` (None: it stays)."""

    step: str
    sources: frozenset[str]
    to: str | None
    verb: Verb
    fields: tuple[Field, ...] = ()
    guards: tuple[Guard[T], ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """A step that the actor's role allows from here. `blocked`: codes of the guards in the way."""

    step: str
    fields: tuple[Field, ...]
    blocked: tuple[str, ...] = ()


def offers(rules: Sequence[Rule[T]], thing: T, attempt: Attempt) -> tuple[Offer, ...]:
    """Which steps this actor may take now, with what each asks for and what stands in its way."""
    return tuple(
        Offer(rule.step, rule.fields, _blocked(rule, thing, attempt))
        for rule in rules
        if thing.status in rule.sources and can(attempt.actor, rule.verb, thing.subject)
    )


def admit(
    rules: Sequence[Rule[T]], thing: T, step: str, attempt: Attempt, values: Mapping[str, object]
) -> tuple[Rule[T], Done]:
    """The rule that allows the step, and the step as it is to be kept.

    Raises NotAllowed or NotFound (whose step), Conflict `step_not_from_here` or a guard's code,
    Invalid `unknown_step`, `missing_fields` or `bad_field`, in this order.
    """
    named = [rule for rule in rules if rule.step == step]
    if not named:
        raise Invalid("unknown_step", step=step)
    require(attempt.actor, named[0].verb, thing.subject)
    rule = next((rule for rule in named if thing.status in rule.sources), None)
    if rule is None:
        raise Conflict("step_not_from_here", step=step, status=thing.status)
    for code in _blocked(rule, thing, attempt):
        raise Conflict(code, step=step)
    return rule, Done(step, attempt.actor.person, attempt.at, read_fields(rule.fields, values))


def read_fields(fields: tuple[Field, ...], values: Mapping[str, object]) -> dict[str, Value]:
    """The values that the fields ask for, read; others are left out.

    Raises Invalid: `missing_fields` naming all that lack, or `bad_field` for the first bad one.
    """
    given = {name: value for name, value in values.items() if value not in (None, "", [], ())}
    missing = [f.name for f in fields if f.required and f.name not in given]
    if missing:
        raise Invalid("missing_fields", fields=missing)
    return {f.name: _read(f, given[f.name]) for f in fields if f.name in given}


def _blocked(rule: Rule[T], thing: T, attempt: Attempt) -> tuple[str, ...]:
    return tuple(guard.code for guard in rule.guards if not guard.holds(thing, attempt))


def _read(asked: Field, value: object) -> Value:
    read = _READERS[asked.kind](value)
    if read is None or (asked.choices and read not in asked.choices):
        raise Invalid("bad_field", field=asked.name, kind=asked.kind.value)
    return read


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _date(value: object) -> date | None:
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _ids(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list | tuple):
        return None
    return tuple(value) if all(isinstance(name, str) and name for name in value) else None


_READERS: Mapping[FieldKind, Callable[[object], Value | None]] = {
    FieldKind.TEXT: _text,
    FieldKind.CHOICE: _text,
    FieldKind.DATE: _date,
    FieldKind.IDS: _ids,
}
