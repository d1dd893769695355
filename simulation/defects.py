"""Planted defects: each replaces a part of the real code by a wrong one, to see whether the simulator notices.

`planted(name)` is the only way in; what it changes it puts back.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from msgspec.structs import replace as with_fields

from simulation import county, feeding, gathering, store
from sync import append, feed, plan, prepare, receipts, reducer, registers, state, visits, wire
from sync import writing as planned
from sync.phone import answering, desk, edits, outbox, pen, pruning, rehoming, view
from sync.wire import Mark

Patches = Callable[[], list[Any]]


def _put(target: object, name: str, wrong: object) -> list[Any]:
    return [patch.object(target, name, wrong)]


def last_write_wins() -> list[Any]:
    """The last entry that was added is the only head."""
    return _put(registers.Register, "heads", lambda self: list(self.entries.values())[-1:])


def version_check_replaces() -> list[Any]:
    """An edit that names one of the heads replaces all of them."""

    def heads(self: registers.Register) -> list[registers.Entry]:
        standing: list[registers.Entry] = []
        for entry in self.entries.values():
            standing = [entry] if not standing or {h.uid for h in standing} & set(entry.parents) else [*standing, entry]
        return sorted(standing, key=lambda entry: entry.uid)

    return _put(registers.Register, "heads", heads)


def incremental_heads() -> list[Any]:
    """Heads by removing parents as operations arrive, not from the set."""

    def heads(self: registers.Register) -> list[registers.Entry]:
        standing: dict[str, registers.Entry] = {}
        for uid, entry in self.entries.items():
            standing = {k: v for k, v in standing.items() if k not in entry.parents} | {uid: entry}
        return sorted(standing.values(), key=lambda entry: entry.uid)

    return _put(registers.Register, "heads", heads)


def latest_place_counts() -> list[Any]:
    """A re-homed operation takes the place it came with last, not the smaller one."""

    def add(self: registers.Register, entry: registers.Entry) -> bool:
        new = entry.uid not in self.entries
        self.entries[entry.uid] = entry
        return new

    return _put(registers.Register, "add", add)


def no_uid_dedupe() -> list[Any]:
    """An operation that came before is news again, with a new seq on the feed."""
    real = registers.Register.add

    def add(self: registers.Register, entry: registers.Entry) -> bool:
        real(self, entry)
        return True

    return _put(registers.Register, "add", add)


def graver_is_forgotten() -> list[Any]:
    """Of several heads the lightest counts."""
    wrong = lambda heads: min((registers.outcome(h.value) for h in heads), key=registers.GRAVITY.__getitem__)  # noqa: E731
    return _put(visits, "counted", wrong)


def out_of_scope_is_dropped() -> list[Any]:
    """What is out of scope is acknowledged and not kept."""
    real = plan.plan_exchange

    def wrong(*given: Any) -> Any:
        found = real(*given)
        bad = {s.chain for s in found.segments if any(v == "no_scope" for _, v in s.verdicts)}
        return replace(found, segments=tuple(s for s in found.segments if s.chain not in bad))

    return _put(county, "plan_exchange", wrong)


def unsent_is_purged_on_loss_of_scope() -> list[Any]:
    """A stream that leaves takes the phone's own unsent work with it."""
    real = answering._scope

    def wrong(at: desk.Desk, answer: wire.Answer) -> None:
        real(at, answer)
        for chain in at.state.chains:
            left = [h for h in chain.log if h.seq <= chain.acked]
            gone = any(p.stream in answer.dropped for h in chain.log[len(left) :] for p in at.writes_of(chain, h))
            chain.log = left if gone else chain.log

    return _put(answering, "_scope", wrong)


def restore_drops_unsent() -> list[Any]:
    """A forked phone begins anew without what it had not delivered."""
    return _put(pen, "rewrite", lambda *_: None)


def old_chain_is_forgotten() -> list[Any]:
    """A forked phone throws the old chain away."""
    real = rehoming.rehome

    def wrong(at: desk.Desk, chain: Any, why: str, app: str) -> None:
        real(at, chain, why, app)
        at.state.chains.remove(chain)

    return _put(answering, "rehome", wrong)


def seq_is_used_again() -> list[Any]:
    """A forked phone goes on with the chain it has."""
    return _put(answering, "rehome", lambda *_: None)


def any_answer_is_taken() -> list[Any]:
    """An answer to an earlier request is as good as one to the last, and its pages apply wherever."""
    real = answering._page

    def page(at: desk.Desk, given: wire.Page, flying: Any) -> None:
        at.state.cursor[given.stream] = given.after
        real(at, given, flying)

    def holds(answer: wire.Answer, _nonce: str, device: str, keys: dict[str, str]) -> bool:
        return receipts.holds(answer, answer.nonce, device, keys)

    return [*_put(answering, "_page", page), patch.object(answering, "receipts", _Receipts(holds))]


class _Receipts:
    def __init__(self, holds: Callable[..., bool]) -> None:
        self.holds = holds


def receipt_is_not_verified() -> list[Any]:
    """Whatever looks like an answer is one."""
    return [patch.object(answering, "receipts", _Receipts(lambda *_: True))]


def duplicate_by_seq_only() -> list[Any]:
    """A seq that is there is a duplicate, whatever its hash."""
    real = append.append

    def wrong(known: Any, batch: Any) -> append.Appended:
        found = real(known, batch)
        if found.error != "fork":
            return found
        return append.Appended(len(batch.operations), Mark(batch.last, batch.hashes[-1]), found.head)

    return _put(plan, "append", wrong)


def ack_hash_is_not_checked() -> list[Any]:
    """The phone advances on a seq alone, and the server acknowledges its head."""
    real = answering._chain

    def wrong(at: desk.Desk, chain: Any, part: wire.ChainAnswer) -> str | None:
        chain.acked = max(chain.acked, min(part.head.seq, chain.last))
        return real(at, chain, part)

    return _put(answering, "_chain", wrong)


def epoch_is_ignored() -> list[Any]:
    """A county that came back says that it never was away."""

    def restore(self: county.County) -> None:
        self.store = self.backup
        self.restores += 1

    return _put(county.County, "restore", restore)


def phone_ignores_the_epoch() -> list[Any]:
    """The phone notes a new epoch and offers nothing again."""

    def wrong(at: desk.Desk, epoch: str) -> None:
        at.state.epoch = epoch

    return _put(answering, "_new_epoch", wrong)


def ack_before_commit() -> list[Any]:
    """The county answers although its transaction failed."""
    real = county.County.push

    def wrong(self: county.County, request: Any, carrier: str, fault: str | None = None) -> Any:
        if fault == "before":
            return self.planned(prepare.check_signatures(request, {}), carrier)
        return real(self, request, carrier, fault)

    return _put(county.County, "push", wrong)


def pruned_at_stored() -> list[Any]:
    """The phone drops what is stored, safe or not."""
    return _put(pruning, "_may_go", lambda at, chain, held: held.seq <= chain.acked and view.seen_back(at, chain, held))


def safe_at_once() -> list[Any]:
    """The county says safe for what no backup has."""
    real = gathering._chain

    def wrong(given: store.Store, name: str, request: Any) -> Any:
        found = real(given, name, request)
        return replace(found, safe=found.head.seq)

    return _put(gathering, "_chain", wrong)


def seal_does_not_hold() -> list[Any]:
    """What comes after the seal changes the record."""
    return [*_put(reducer._Step, "_is_late", lambda self: False), *_put(reducer, "_answer", lambda *_: None)]


def parked_is_never_replayed() -> list[Any]:
    """What waits for a visit goes on waiting when it comes."""
    return _put(plan._Planner, "settle", lambda self: None)


def parked_is_not_gathered() -> list[Any]:
    """The server forgets to look for what waits."""
    return _put(gathering, "_parked", lambda *_: {})


def scope_is_for_reading_only() -> list[Any]:
    """Anybody writes anywhere."""
    return _put(county.County, "may", lambda *_: True)


def scope_is_for_writing_only() -> list[Any]:
    """Everybody reads everything."""
    every = lambda self, _: {*self.heads, *(f"visit:{v}" for v in self.visits)}  # noqa: E731
    return _put(store.Store, "in_scope", every)


def revoked_still_reads() -> list[Any]:
    """A revoked phone goes on pulling."""
    return _put(county.County, "is_revoked", lambda *_: False)


def revoked_still_writes() -> list[Any]:
    """A revoked phone goes on having effect."""
    real = gathering._chain
    return _put(gathering, "_chain", lambda *given: replace(real(*given), revoked=False))


def page_ends_early() -> list[Any]:
    """A page ends before its last row and says that it reached the head."""
    real = feed.page

    def wrong(*given: Any) -> Any:
        found, more = real(*given)
        return (with_fields(found, rows=found.rows[:-1]), more) if len(found.rows) > 2 else (found, more)

    return _put(feed, "page", wrong)


def rows_by_hand() -> list[Any]:
    """The visit's rows keep their seq when they change."""
    real = planned._Seqs.next
    wrong = lambda self, stream: self.now(stream) if stream in self.moved else real(self, stream)  # noqa: E731
    return _put(planned._Seqs, "next", wrong)


def dropped_rows_stay() -> list[Any]:
    """A stream that is out of scope stays on the phone."""
    real = answering._scope
    return _put(answering, "_scope", lambda at, answer: real(at, with_fields(answer, dropped=[])))


def seen_back_when_acknowledged() -> list[Any]:
    """The phone takes its own work off the screen once it is acknowledged, before the rows are there."""
    return _put(view, "seen_back", lambda _, chain, held: held.seq <= chain.acked)


def own_rows_in_spite_of_errors() -> list[Any]:
    """The phone is left to build rows from operations that have no effect."""
    everything = lambda _, request: frozenset(o.uid for b in request.batches for o in b.operations)  # noqa: E731
    return _put(plan._Planner, "_own", everything)


def edits_name_nothing() -> list[Any]:
    """Answers do not say what was on the screen, and the phone hides what it did not name."""
    real = edits.write

    def wrong(at: desk.Desk, person: str, kind: Any, body: Any, **envelope: Any) -> str:
        return real(at, person, kind, body, **(envelope | {"parents": envelope.get("parents", [])[:1]}))

    return _put(edits, "write", wrong)


def saved_before_stored() -> list[Any]:
    """The outbox skips what it believes to be under way."""
    real = outbox._batch

    def wrong(chain: Any, room: int, left: int) -> wire.ChainBatch:
        found = real(chain, room, left)
        chain.acked = max(chain.acked, chain.base) + len(found.operations)
        return found

    return _put(outbox, "_batch", wrong)


def photos_are_not_awaited() -> list[Any]:
    """A visit is complete although photos are missing."""
    return _put(state.State, "__init__", _state_with_photos)


def _state_with_photos(self: state.State, known: Any, context: Any) -> None:
    self.known, self.context = replace(known, here=_Everything()), context
    self.visits, self.findings, self.places = {}, {}, {}


class _Everything(frozenset[str]):
    def __contains__(self, _: object) -> bool:
        return True


def released_is_lost() -> list[Any]:
    """A withheld operation that stays withheld is removed with those that do not."""
    real = plan.plan_exchange

    def wrong(*given: Any) -> Any:
        found = real(*given)
        moved = tuple(uid for segment in found.segments for uid, _ in segment.settled)
        return replace(found, released=moved, withheld=tuple(w for w in found.withheld if w.uid not in moved))

    return _put(county, "plan_exchange", wrong)


def clock_decides() -> list[Any]:
    """Of several heads the one with the latest clock stands."""
    real = registers.Register.heads
    return _put(registers.Register, "heads", lambda self: sorted(real(self), key=lambda e: e.stamp.wall)[-1:])


def gap_is_bridged() -> list[Any]:
    """A run that does not join is taken."""
    real = append.append

    def wrong(known: Any, batch: Any) -> append.Appended:
        found = real(known, batch)
        last = Mark(batch.last, batch.hashes[-1]) if batch.hashes else found.head
        return append.Appended(0, last, last) if found.error == "gap" and known else found

    return _put(plan, "append", wrong)


DEFECTS: dict[str, Patches] = {
    make.__name__: make
    for make in (
        last_write_wins, version_check_replaces, incremental_heads, latest_place_counts, no_uid_dedupe,
        graver_is_forgotten, out_of_scope_is_dropped, unsent_is_purged_on_loss_of_scope, restore_drops_unsent,
        old_chain_is_forgotten, seq_is_used_again, any_answer_is_taken, receipt_is_not_verified,
        duplicate_by_seq_only, ack_hash_is_not_checked, epoch_is_ignored,
        phone_ignores_the_epoch, ack_before_commit, pruned_at_stored, safe_at_once, seal_does_not_hold,
        parked_is_never_replayed, parked_is_not_gathered, scope_is_for_reading_only, scope_is_for_writing_only,
        revoked_still_reads, revoked_still_writes, page_ends_early, rows_by_hand, dropped_rows_stay,
        seen_back_when_acknowledged, own_rows_in_spite_of_errors, edits_name_nothing, saved_before_stored,
        photos_are_not_awaited, released_is_lost, clock_decides, gap_is_bridged,
    )
}  # fmt: skip


@contextmanager
def planted(name: str) -> Iterator[None]:
    """Play with one defect."""
    with ExitStack() as stack:
        for one in DEFECTS[name]():
            stack.enter_context(one)
        yield
    feeding.sheet_of.cache_clear()
    feeding.digests_of.cache_clear()

