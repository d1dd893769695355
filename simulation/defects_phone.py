"""Planted defects of the phone: what it keeps, sends, shows and believes."""

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace as with_fields

from simulation.planting import Patches, put
from sync import receipts, wire
from sync.phone import answering, desk, edits, outbox, pen, pruning, rehoming, view


def unsent_is_purged_on_loss_of_scope() -> Patches:
    """A stream that leaves takes the phone's own unsent work with it."""
    real = answering._scope

    def wrong(at: desk.Desk, answer: wire.Answer) -> None:
        real(at, answer)
        for chain in at.state.chains:
            left = [h for h in chain.log if h.seq <= chain.acked]
            gone = any(p.stream in answer.dropped for h in chain.log[len(left) :] for p in at.writes_of(chain, h))
            chain.log = left if gone else chain.log

    return put(answering, "_scope", wrong)


def restore_drops_unsent() -> Patches:
    """A forked phone begins anew without what it had not delivered."""
    return put(pen, "rewrite", lambda *_: None)


def old_chain_is_forgotten() -> Patches:
    """A forked phone throws the old chain away."""
    real = rehoming.rehome

    def wrong(at: desk.Desk, chain: Any, why: str, app: str) -> None:
        real(at, chain, why, app)
        at.state.chains.remove(chain)

    return put(answering, "rehome", wrong)


def seq_is_used_again() -> Patches:
    """A forked phone goes on with the chain it has."""
    return put(answering, "rehome", lambda *_: None)


def any_answer_is_taken() -> Patches:
    """An answer to an earlier request is as good as one to the last, and its pages apply wherever."""
    real = answering._page

    def page(at: desk.Desk, given: wire.Page, flying: Any) -> None:
        at.state.cursor[given.stream] = given.after
        real(at, given, flying)

    def holds(answer: wire.Answer, _nonce: str, device: str, keys: dict[str, str]) -> bool:
        return receipts.holds(answer, answer.nonce, device, keys)

    return [*put(answering, "_page", page), *put(answering, "receipts", _Receipts(holds))]


def receipt_is_not_verified() -> Patches:
    """Whatever looks like an answer is one."""
    return put(answering, "receipts", _Receipts(lambda *_: True))


def ack_hash_is_not_checked() -> Patches:
    """The phone takes the county's head for its own, by its number alone."""
    real = answering._chain

    def wrong(at: desk.Desk, chain: Any, part: wire.ChainAnswer, flying: Any) -> str | None:
        chain.acked = max(chain.acked, min(part.head.seq, chain.last))
        return real(at, chain, part, flying)

    return put(answering, "_chain", wrong)


def first_marks_are_kept() -> Patches:
    """A mark once taken stands, although the row may have moved beyond it."""

    def wrong(at: desk.Desk, marks: dict[str, int]) -> None:
        for chain, held in view.held_operations(at):
            streams = {placed.stream for placed in at.writes_of(chain, held)}
            if held.seq <= chain.acked and held.uid not in at.state.seen_at and streams <= set(marks):
                at.state.seen_at[held.uid] = {stream: marks[stream] for stream in streams}

    return put(answering, "_expect_back", wrong)


def verdicts_are_forgotten() -> Patches:
    """In a new epoch the phone no longer knows what was set aside."""
    real = answering._new_epoch

    def wrong(at: desk.Desk, epoch: str) -> None:
        real(at, epoch)
        at.state.verdicts = {}

    return put(answering, "_new_epoch", wrong)


def phone_ignores_the_epoch() -> Patches:
    """The phone notes a new epoch and offers nothing again."""

    def wrong(at: desk.Desk, epoch: str) -> None:
        at.state.epoch = epoch

    return put(answering, "_new_epoch", wrong)


def pruned_at_stored() -> Patches:
    """The phone drops what is stored, safe or not."""
    return put(pruning, "_may_go", lambda at, chain, held: held.seq <= chain.acked and view.seen_back(at, chain, held))


def dropped_rows_stay() -> Patches:
    """A stream that is out of scope stays on the phone."""
    real = answering._scope
    return put(answering, "_scope", lambda at, answer: real(at, with_fields(answer, dropped=[])))


def seen_back_when_acknowledged() -> Patches:
    """The phone takes its own work off the screen once it is acknowledged, before the rows are there."""
    return put(view, "seen_back", lambda _, chain, held: held.seq <= chain.acked)


def edits_name_nothing() -> Patches:
    """Answers do not say what was on the screen, and the phone hides what it did not name."""
    real = edits.write

    def wrong(at: desk.Desk, person: str, kind: Any, body: Any, **envelope: Any) -> str:
        return real(at, person, kind, body, **(envelope | {"parents": envelope.get("parents", [])[:1]}))

    return put(edits, "write", wrong)


def saved_before_stored() -> Patches:
    """The outbox skips what it believes to be under way."""
    real = outbox._batch

    def wrong(chain: Any, room: int, left: int) -> wire.ChainBatch:
        found = real(chain, room, left)
        chain.acked = max(chain.acked, chain.base) + len(found.operations)
        return found

    return put(outbox, "_batch", wrong)


class _Receipts:
    def __init__(self, holds: Callable[..., bool]) -> None:
        self.holds = holds


DEFECTS = (
    unsent_is_purged_on_loss_of_scope, restore_drops_unsent, old_chain_is_forgotten, seq_is_used_again,
    any_answer_is_taken, receipt_is_not_verified, ack_hash_is_not_checked, phone_ignores_the_epoch,
    first_marks_are_kept, verdicts_are_forgotten, pruned_at_stored,
    dropped_rows_stay, seen_back_when_acknowledged, edits_name_nothing, saved_before_stored,
)  # fmt: skip
