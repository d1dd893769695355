"""Whether a compiled checklist is whole: every name, number and condition in it can be used. Repairs nothing.

Files are checked where they are loaded, with lines; this is for bytes that came from elsewhere.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from checklists.decimals import read_decimal
from checklists.definition import AnswerType, Attribute, Checklist, Condition, Count, Item, Limits, Number, PassFail

#: `and`, `or`, `not` inside one another.
DEEPEST = 50


def flaws(checklist: Checklist) -> Iterator[str]:
    """One line for everything that an item names and the checklist does not hold, or that cannot be read."""
    keys = Counter(item.key for section in checklist.sections for item in section.items)
    yield from (f"{key}: twice" for key, count in keys.items() if count > 1)
    yield from (
        f"units: {name}"
        for name, unit in checklist.units.items()
        if not _spell_numbers(unit.factor, unit.least, unit.most)
    )
    for item in checklist.items().values():
        yield from (f"{item.key}: {flaw}" for flaw in _item_flaws(item, checklist))


def well_formed(condition: Condition, attributes: Mapping[str, Attribute], deepest: int = DEEPEST) -> bool:
    """Whether the condition is one of the shapes of docs/checklist-format.md over these attributes."""
    match condition:
        case ["and" | "or", *parts]:
            return deepest > 0 and all(well_formed(part, attributes, deepest - 1) for part in parts)
        case ["not", part]:
            return deepest > 0 and well_formed(part, attributes, deepest - 1)
        case ["true", str(name)]:
            return name in attributes and attributes[name].type == "bool"
        case ["in", str(name), [*values]]:
            return name in attributes and all(value in attributes[name].values for value in values)
        case ["<" | "<=" | ">" | ">=", str(name), str(number)]:
            return name in attributes and attributes[name].type == "number" and read_decimal(number) is not None
    return False


def _item_flaws(item: Item, checklist: Checklist) -> Iterator[str]:
    if item.applies is not None and not well_formed(item.applies, checklist.attributes):
        yield f"applies {item.applies}"
    yield from (f"at {kind}" for kind in item.at if kind not in checklist.places)
    links = (*item.clauses, *item.severity.may_be_major)
    yield from (f"standard {link.standard}" for link in links if link.standard not in checklist.standards)
    yield from (f"unit {unit}" for unit in _units_of(item.answer) if unit not in checklist.units)
    if not all(_spell_numbers(*texts) for texts in _numbers_of(item.answer)):
        yield "answer"


def _units_of(answer: AnswerType) -> Iterable[str]:
    if isinstance(answer, Number):
        return (answer.unit, *answer.accepts)
    if isinstance(answer, Count):
        return (answer.unit,)
    return tuple(answer.accepts) if isinstance(answer, PassFail) else ()


def _numbers_of(answer: AnswerType) -> Iterator[Iterable[str | None]]:
    if isinstance(answer, Number | PassFail):
        yield answer.accepts.values()
        yield from (_bounds(limits) for limits in answer.fields.values())
    if isinstance(answer, Number | Count) and answer.limits is not None:
        yield _bounds(answer.limits)


def _bounds(limits: Limits) -> tuple[str | None, ...]:
    return limits.min, limits.max, limits.below, limits.above


def _spell_numbers(*texts: str | None) -> bool:
    return all(text is None or read_decimal(text) is not None for text in texts)
