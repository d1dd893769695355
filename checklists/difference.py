"""What changed between two editions: of the checklist, field by field, and of what one mine is asked."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import NamedTuple

import msgspec

from checklists.applicability import Cadence, Place
from checklists.definition import Checklist
from checklists.editions import Edition


class Change(NamedTuple):
    """One field of one thing; `path` as in the compiled edition (answer.limits.below), None = not there."""

    path: str
    before: object
    after: object


class Difference(NamedTuple):
    """Keys in the order of the edition that holds them. `vocabulary`: attributes, units, standards … used by items."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[Change, ...]]
    vocabulary: tuple[Change, ...]


class MineDifference(NamedTuple):
    """What changes for one mine: pairs that it is asked from now on, no longer, or otherwise than before."""

    added: tuple[str, ...]
    removed: tuple[str, ...]
    changed: Mapping[str, tuple[Change, ...]]


Fields = Mapping[str, Mapping[str, object]]

VOCABULARIES = ("attributes", "places", "units", "standards")


def difference(before: Checklist, after: Checklist) -> Difference:
    """From the earlier edition to the later one. An item that moved to another domain is changed, not new."""
    old, new = _items(before), _items(after)
    return Difference(
        added=tuple(key for key in new if key not in old),
        removed=tuple(key for key in old if key not in new),
        changed=_changed(old, new),
        vocabulary=tuple(
            change
            for name in VOCABULARIES
            for change in _changes(
                name, msgspec.to_builtins(getattr(before, name)), msgspec.to_builtins(getattr(after, name))
            )
        ),
    )


def difference_for(
    before: Edition, after: Edition, attributes: Mapping[str, object], places: Iterable[Place], on: date
) -> MineDifference:
    """For a mine on a day, of the whole monthly table."""
    register: tuple[Place, ...] = tuple(places)
    monthly: Cadence = "monthly"
    old = dict.fromkeys(before.pairs(attributes, register, on, monthly))
    new = dict.fromkeys(after.pairs(attributes, register, on, monthly))
    kept = {pair.partition("/")[0] for pair in old if pair in new}
    changed = _changed(_items(before.checklist), _items(after.checklist))
    return MineDifference(
        added=tuple(pair for pair in new if pair not in old),
        removed=tuple(pair for pair in old if pair not in new),
        changed={key: changes for key, changes in changed.items() if key in kept},
    )


def _items(checklist: Checklist) -> Fields:
    return {
        item.key: {"domain": section.domain, **msgspec.to_builtins(item)}
        for section in checklist.sections
        for item in section.items
    }


def _changed(old: Fields, new: Fields) -> dict[str, tuple[Change, ...]]:
    compared = {key: tuple(_changes("", old[key], new[key])) for key in new if key in old}
    return {key: changes for key, changes in compared.items() if changes}


def _changes(path: str, before: object, after: object) -> Iterable[Change]:
    """Mappings are compared field by field, everything else as a whole."""
    if before == after:
        return
    if not isinstance(before, dict) or not isinstance(after, dict):
        yield Change(path, before, after)
        return
    for name in [*before, *(name for name in after if name not in before)]:
        yield from _changes(f"{path}.{name}".lstrip("."), before.get(name), after.get(name))
