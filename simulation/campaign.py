"""Plays many seeds in several processes and says what was seen; and plants defects, to see each noticed."""

import multiprocessing
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from simulation.defects import DEFECTS, planted
from simulation.events import Event, events_of
from simulation.runs import LENGTH, play
from simulation.shrinking import shrink

CHUNK = 50
#: Seeds that a campaign found for defects that few notice; they are played first.
PINNED = {"verdicts_are_forgotten": (1661,), "first_marks_are_kept": (81,), "latest_place_counts": (51,)}
#: A defect that no longer fits the code it replaces fails by itself, and proves nothing.
_OWN_MISTAKES = ("TypeError", "AttributeError", "NameError", "ImportError")


@dataclass
class Report:
    """What a range of seeds came to: failing seeds with what was broken, and what happened in all of them."""

    seeds: int = 0
    failing: dict[int, str] = field(default_factory=dict)
    story: Counter[str] = field(default_factory=Counter)

    def add(self, other: "Report") -> None:
        """Put another range's report to this one."""
        self.seeds += other.seeds
        self.failing |= other.failing
        self.story.update(other.story)


def play_range(start: int, count: int) -> Report:
    """Play `count` seeds from `start` on, here."""
    report = Report()
    for seed in range(start, start + count):
        outcome = play(seed)
        report.seeds += 1
        report.story.update(outcome.story)
        if outcome.broken:
            report.failing[seed] = outcome.broken
    return report


def play_many(start: int, count: int, workers: int) -> Iterator[Report]:
    """Play `count` seeds from `start` on in `workers` processes; yields the sum so far after every chunk, in order."""
    chunks = [(at, min(CHUNK, start + count - at)) for at in range(start, start + count, CHUNK)]
    total = Report()
    context = multiprocessing.get_context("forkserver")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for report in pool.map(play_range, *zip(*chunks, strict=True)) if chunks else ():
            total.add(report)
            yield total


def smallest(seed: int) -> list[Event]:
    """The events that a failing seed needs to break the same invariant."""
    rule = play(seed).rule
    return shrink(events_of(seed, LENGTH), lambda events: play(seed, events).rule == rule, tries=600)


@dataclass(frozen=True)
class Notice:
    """Whether a defect was noticed: by which seed, and by what."""

    defect: str
    seed: int | None
    broken: str = ""


def notice(defect: str, seeds: range) -> Notice:
    """Plant one defect and play seeds until one of them fails. Raises TypeError if the defect itself is broken."""
    with planted(defect):
        for seed in (*PINNED.get(defect, ()), *seeds):
            outcome = play(seed)
            if outcome.broken and outcome.broken.startswith(_OWN_MISTAKES):
                raise TypeError(f"{defect} does not fit the code: {outcome.broken}")
            if outcome.broken:
                return Notice(defect, seed, outcome.broken)
    return Notice(defect, None)


def notice_all(seeds: range, tell: Callable[[Notice], None]) -> int:
    """Plant every defect in turn; returns how many were noticed."""
    found = [notice(defect, seeds) for defect in DEFECTS]
    for one in found:
        tell(one)
    return sum(one.seed is not None for one in found)
