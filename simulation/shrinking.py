"""Leaves events out of a failing run until only those remain that it needs (delta debugging)."""

from collections.abc import Callable, Sequence

from simulation.events import Event

Fails = Callable[[Sequence[Event]], bool]


def shrink(events: Sequence[Event], fails: Fails, *, tries: int = 2000) -> list[Event]:
    """A part of `events` that still fails; one less, and it would not, unless `tries` ran out."""
    kept, size = list(events), max(1, len(events) // 2)
    while tries > 0:
        kept, removed, used = _sweep(kept, size, fails)
        tries -= used
        if size == 1 and not removed:
            break
        size = max(1, size // 2) if not removed else min(size, max(1, len(kept) // 2))
    return kept


def _sweep(events: list[Event], size: int, fails: Fails) -> tuple[list[Event], bool, int]:
    """Try to leave out every run of `size` events once; (what is left, whether less, runs played)."""
    at, removed, used = 0, False, 0
    while at < len(events):
        without = events[:at] + events[at + size :]
        used += 1
        if without and fails(without):
            events, removed = without, True
        else:
            at += size
    return events, removed, used
