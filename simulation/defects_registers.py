"""Planted defects of registers, sheets and the plan: what an operation comes to."""

from dataclasses import replace
from typing import Any

from simulation import county
from simulation.planting import Patches, put
from sync import append, plan, reducer, registers, state, visits
from sync import writing as planned
from sync.wire import Mark


def last_write_wins() -> Patches:
    """The last entry that was added is the only head."""
    return put(registers.Register, "heads", lambda self: list(self.entries.values())[-1:])


def version_check_replaces() -> Patches:
    """An edit that names one of the heads replaces all of them."""

    def heads(self: registers.Register) -> list[registers.Entry]:
        standing: list[registers.Entry] = []
        for entry in self.entries.values():
            standing = [entry] if not standing or {h.uid for h in standing} & set(entry.parents) else [*standing, entry]
        return sorted(standing, key=lambda entry: entry.uid)

    return put(registers.Register, "heads", heads)


def incremental_heads() -> Patches:
    """Heads by removing parents as operations arrive, not from the set."""

    def heads(self: registers.Register) -> list[registers.Entry]:
        standing: dict[str, registers.Entry] = {}
        for uid, entry in self.entries.items():
            standing = {k: v for k, v in standing.items() if k not in entry.parents} | {uid: entry}
        return sorted(standing.values(), key=lambda entry: entry.uid)

    return put(registers.Register, "heads", heads)


def clock_decides() -> Patches:
    """Of several heads the one with the latest clock stands."""
    real = registers.Register.heads
    return put(registers.Register, "heads", lambda self: sorted(real(self), key=lambda e: e.stamp.wall)[-1:])


def latest_place_counts() -> Patches:
    """A re-homed operation takes the place it came with last, not the smaller one."""

    def add(self: registers.Register, entry: registers.Entry) -> bool:
        new = entry.uid not in self.entries
        self.entries[entry.uid] = entry
        return new

    return put(registers.Register, "add", add)


def no_uid_dedupe() -> Patches:
    """An operation that came before is news again, with a new seq on the feed."""
    real = registers.Register.add

    def add(self: registers.Register, entry: registers.Entry) -> bool:
        real(self, entry)
        return True

    return put(registers.Register, "add", add)


def graver_is_forgotten() -> Patches:
    """Of several heads the lightest counts."""
    wrong = lambda heads: min((registers.outcome(h.value) for h in heads), key=registers.GRAVITY.__getitem__)
    return put(visits, "counted", wrong)


def duplicate_by_seq_only() -> Patches:
    """A seq that is there is a duplicate, whatever its hash."""
    real = append.append

    def wrong(known: Any, batch: Any) -> append.Appended:
        found = real(known, batch)
        if found.error != "fork":
            return found
        return append.Appended(len(batch.operations), Mark(batch.last, batch.hashes[-1]), found.head)

    return put(plan, "append", wrong)


def gap_is_bridged() -> Patches:
    """A run that does not join is taken."""
    real = append.append

    def wrong(known: Any, batch: Any) -> append.Appended:
        found = real(known, batch)
        last = Mark(batch.last, batch.hashes[-1]) if batch.hashes else found.head
        return append.Appended(0, last, last) if found.error == "gap" and known else found

    return put(plan, "append", wrong)


def out_of_scope_is_dropped() -> Patches:
    """What is out of scope is acknowledged and out of everybody's reach."""
    real = plan.plan_exchange

    def wrong(*given: Any) -> Any:
        found = real(*given)
        return replace(found, withheld=tuple(row for row in found.withheld if row.verdict != "no_scope"))

    return put(county, "plan_exchange", wrong)


def released_is_lost() -> Patches:
    """A withheld operation that stays withheld is removed with those that do not."""
    real = plan.plan_exchange

    def wrong(*given: Any) -> Any:
        found = real(*given)
        moved = tuple(uid for segment in found.segments for uid, _ in segment.settled)
        return replace(found, released=moved, withheld=tuple(w for w in found.withheld if w.uid not in moved))

    return put(county, "plan_exchange", wrong)


def seal_does_not_hold() -> Patches:
    """What comes after the seal changes the record."""
    return [*put(reducer._Step, "_is_late", lambda self: False), *put(reducer, "_answer", lambda *_: None)]


def parked_is_never_replayed() -> Patches:
    """What waits for a visit goes on waiting when it comes."""
    return put(plan._Planner, "settle", lambda self: None)


def rows_by_hand() -> Patches:
    """The visit's rows keep their seq when they change."""
    real = planned._Seqs.next
    wrong = lambda self, stream: self.now(stream) if stream in self.moved else real(self, stream)
    return put(planned._Seqs, "next", wrong)


def own_rows_in_spite_of_errors() -> Patches:
    """The phone is left to build rows from operations that have no effect."""
    everything = lambda _, request: frozenset(o.uid for b in request.batches for o in b.operations)
    return put(plan._Planner, "_own", everything)


def photos_are_not_awaited() -> Patches:
    """A visit is complete although photos are missing."""
    return put(state.State, "__init__", _state_with_photos)


def _state_with_photos(self: state.State, known: Any, context: Any) -> None:
    self.known, self.context = replace(known, here=_Everything()), context
    self.visits, self.findings, self.places = {}, {}, {}


class _Everything(frozenset[str]):
    def __contains__(self, _: object) -> bool:
        return True


DEFECTS = (
    last_write_wins, version_check_replaces, incremental_heads, clock_decides, latest_place_counts, no_uid_dedupe,
    graver_is_forgotten, duplicate_by_seq_only, gap_is_bridged, out_of_scope_is_dropped, released_is_lost,
    seal_does_not_hold, parked_is_never_replayed, rows_by_hand, own_rows_in_spite_of_errors, photos_are_not_awaited,
)  # fmt: skip
