"""The checklist engine on the shipped library: microseconds an answer, milliseconds a mine.

    .venv/bin/python -m bench.judging

Prints the best of fifteen rounds: seconds of processor, one core.
"""

import time
from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from checklists.definition import Count, Date, Item, Number
from checklists.editions import Edition, compile_edition
from checklists.loading import load
from checklists.shell import LIBRARY, read_folder

ON = date(2026, 11, 23)
ROUNDS = 15


class Entered(msgspec.Struct, frozen=True):
    """An answer as it arrives."""

    outcome: str
    value: str | None = None
    unit: str | None = None
    settings: Mapping[str, str] | None = None
    reason: str | None = None


class Place(msgspec.Struct, frozen=True):
    """A place in use."""

    id: str
    kind: str
    opened_on: date = date.min
    closed_on: date | None = None


def main() -> None:
    texts = read_folder(LIBRARY)
    compiled = compile_edition(load(texts).checklist)
    edition = Edition(compiled)
    answers = [(key, _answer(item)) for key, item in edition.items.items()]
    judged = len(answers)
    print(f"{judged} items, compiled {len(compiled):,} bytes")
    _report("load and check all files, ms", lambda: load(texts), 1e3)
    _report("open a compiled edition, ms", lambda: Edition(compiled), 1e3)
    _report("judge an answer, µs", lambda: [edition.judge(key, answer, ON) for key, answer in answers], 1e6 / judged)
    for kind in (Number, Count, Date):
        some = [(key, answer) for key, answer in answers if isinstance(edition.items[key].answer, kind)]
        name = f"    of them {kind.__name__.lower()} ({len(some)}), µs"
        _report(name, lambda some=some: [edition.judge(key, answer, ON) for key, answer in some], 1e6 / len(some))
    places = [Place(f"{kind}{number}", kind) for kind in edition.checklist.places for number in range(2)]
    attributes = {"status": "生产", "gas_grade": "高瓦斯", "blasting": True}
    print(f"pairs of the mine: {len(edition.pairs(attributes, places, ON, 'monthly'))}")
    _report("pairs of a mine, ms", lambda: edition.pairs(attributes, places, ON, "monthly"), 1e3)
    _report("the same with reasons, ms", lambda: edition.explain(attributes, places, ON, "monthly"), 1e3)


def _answer(item: Item) -> Entered:
    if isinstance(item.answer, Number) and not item.answer.fields:
        return Entered("pass", "0.62", list(item.answer.accepts)[-1])
    if isinstance(item.answer, Count):
        return Entered("pass", "2")
    return Entered("pass", "2026-11-20" if isinstance(item.answer, Date) else None)


def _report(what: str, work: Callable[[], object], scale: float) -> None:
    best = min(_seconds(work) for _ in range(ROUNDS))
    print(f"{what:<40}{best * scale:>10.2f}")


def _seconds(work: Callable[[], object]) -> float:
    begun = time.process_time()
    for _ in range(10):
        work()
    return (time.process_time() - begun) / 10


if __name__ == "__main__":
    main()
