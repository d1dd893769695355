"""May this run be appended to this chain, and what of it is there already (SPEC, part CH).

Looks at seqs and hashes only; what the operations mean is not asked here.
"""

from dataclasses import dataclass

from sync import segments
from sync.known import Batch, ChainKnown
from sync.wire import START, Mark


@dataclass(frozen=True, slots=True)
class Appended:
    """`fresh`: index of the first operation of the run to take (the run's length if none).

    `ack`: highest operation of the run that is stored after this, with the same hash; `head` of the
    chain after this; `error` as in wire.ChainAnswer.
    """

    fresh: int
    ack: Mark = START
    head: Mark = START
    error: str | None = None


def overlap(head: Mark, batch: Batch) -> tuple[int, int] | None:
    """The seqs of a run that the log may hold already, whose segments the plan wants to see.

    None for a run that only adds, which most are. The segments tell duplicates from a fork where
    the head does not settle it, and what verdicts the duplicates got (CH-6).
    """
    if not batch.operations or batch.error or batch.first > head.seq:
        return None
    return batch.first, min(batch.last, head.seq)


def _continues(head: Mark, batch: Batch) -> bool:
    """True if the run holds the head, or begins right after it."""
    if batch.last < head.seq:
        return False
    if batch.first == head.seq + 1:
        return batch.operations[0].prev == head.hash
    return batch.hashes[head.seq - batch.first] == head.hash


def append(known: ChainKnown | None, batch: Batch) -> Appended:
    """Where a run stands against the chain: append, duplicate, fork or gap (CH-5 to CH-8)."""
    head = known.head if known else START
    count = len(batch.operations)
    if batch.error or not count:
        return Appended(count, START, head, batch.error)
    if batch.first > head.seq + 1:
        return Appended(count, START, head, "gap")
    if not _continues(head, batch):
        return _against_log(known, batch, head)
    fresh = head.seq + 1 - batch.first
    if known and known.closed and fresh < count:
        return Appended(count, head if batch.first <= head.seq else START, head, "closed")
    last = Mark(batch.last, batch.hashes[-1])
    return Appended(fresh, last, last)


def _against_log(known: ChainKnown | None, batch: Batch, head: Mark) -> Appended:
    """A run that ends before the head (all duplicates), or that forks somewhere."""
    stored = _stored_hashes(known, batch) if known else {}
    ack = START
    for seq, found in enumerate(batch.hashes, batch.first):
        if seq > head.seq:
            break
        if seq not in stored:
            raise LookupError(f"segment with operation {seq} of {batch.chain} was not gathered")
        if stored[seq] != found:
            break
        ack = Mark(seq, found)
    error = None if ack.seq == batch.last else "fork"
    return Appended(len(batch.operations), ack, head, error)


def _stored_hashes(known: ChainKnown, batch: Batch) -> dict[int, str]:
    stored: dict[int, str] = {}
    for segment in known.segments:
        if segment.last >= batch.first and segment.first <= batch.last:
            _, hashes = segments.unpack_run(segment.data, segment.before, known.alg)
            stored |= dict(enumerate(hashes, segment.first))
    return stored


def recorded_verdicts(known: ChainKnown, first: int, last: int) -> list[tuple[int, str]]:
    """The verdicts that duplicates `first`..`last` got when they were new."""
    return [(seq, verdict) for segment in known.segments for seq, verdict in segment.verdicts if first <= seq <= last]
