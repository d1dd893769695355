"""Decide one exchange: from what is known and what was sent to what must be written (SPEC, part PL).

The server and the simulator both call `plan_exchange`; it is pure, and raises nothing because of
what an operation means.
"""

from collections.abc import Iterable
from dataclasses import replace

import msgspec

from sync import operations as ops
from sync.append import append, recorded_verdicts
from sync.chain import verify
from sync.known import (
    Author,
    Batch,
    ChainKnown,
    ChainWrite,
    Context,
    Known,
    Needs,
    Plan,
    Prepared,
    Refused,
    Segment,
    Withheld,
)
from sync.needing import finding_of, needs
from sync.reducer import reduce
from sync.segments import pack_run
from sync.state import State
from sync.wire import START, ChainAnswer, Mark
from sync.writing import written

__all__ = ["Context", "Known", "Needs", "Plan", "Prepared", "needs", "plan_exchange"]


def plan_exchange(known: Known, request: Prepared, context: Context) -> Plan:
    """Decide what to store and what to answer. Same inputs, same plan."""
    planner = _Planner(known, context)
    for batch in request.batches:
        planner.take(batch)
    planner.settle()
    return planner.plan(request)


class _Run:
    """The part of one batch that is new, with the verdicts it gets."""

    __slots__ = ("author", "batch", "fresh", "verdicts")

    def __init__(self, batch: Batch, fresh: int, author: Author) -> None:
        self.batch = batch
        self.fresh = fresh
        self.author = author
        self.verdicts: dict[int, str] = {}

    def listed(self) -> tuple[tuple[int, str], ...]:
        return tuple((seq, v) for seq, v in self.verdicts.items() if v != "applied")


class _Planner:
    """Collects what a plan says while the batches go by."""

    def __init__(self, known: Known, context: Context) -> None:
        self.known = known
        self.context = context
        self.state = State(known, context)
        self.runs: dict[str, _Run] = {}
        self.chains: list[ChainWrite] = []
        self.refused: list[Refused] = []
        self.answers: list[ChainAnswer] = []
        self.waiting: dict[str, Withheld] = dict(known.withheld)
        self.settled: dict[str, str] = {}
        self.origin: dict[str, tuple[str, int]] = {}

    def take(self, batch: Batch) -> None:
        """Append one chain's run, reduce what is new, and say how the chain stands."""
        known = self.known.chains.get(batch.chain)
        appended = append(known, batch)
        if appended.error in ("fork", "signature", "malformed", "closed"):
            self.refused.append(Refused(batch.chain, str(appended.error), batch.data, batch.signature))
        chain = self._vouched(known) if known else self._opened(batch)
        if chain is not None and appended.fresh < len(batch.operations):
            self._reduce(batch, appended.fresh, chain)
            self.chains.append(self._chain_write(batch, chain, new=known is None))
            if known and chain.vouched and not known.vouched:
                self._replay_carried(chain)
        safe = min(known.safe, appended.head.seq) if known else 0
        before = recorded_verdicts(known, batch.first, appended.ack.seq) if known else []
        self.answers.append(ChainAnswer(batch.chain, appended.head, appended.ack, safe, appended.error, before))

    def _replay_carried(self, chain: ChainKnown) -> None:
        """What came by other hands gets its effect, now that its own device goes on with it (CH-12)."""
        carried = [row for row in self.known.withheld.values() if row.chain == chain.chain]
        for row in sorted(carried, key=lambda row: row.seq):
            if row.verdict == "no_scope":
                self._retry(row, forced=False)

    def _opened(self, batch: Batch) -> ChainKnown | None:
        """A chain made by its opening; whoever cannot be vouched for waits for a release (CH-12)."""
        first = batch.operations[0] if batch.operations and not batch.error else None
        if not isinstance(first, ops.ChainOpen):
            return None
        body = first.body
        author = Author(body.person, body.device)
        enrolled = self.context.may(author, ops.CHAIN_OPEN, None, None)
        vouched = enrolled and (self.context.device == body.device or self._proven(first, author))
        return ChainKnown(batch.chain, author, body.alg, body.key, START, vouched=vouched)

    def _vouched(self, chain: ChainKnown) -> ChainKnown:
        """A chain that came by other hands is vouched for once its own device sends it (CH-12)."""
        author = chain.author
        if chain.vouched or self.context.device != author.device:
            return chain
        return replace(chain, vouched=self.context.may(author, ops.CHAIN_OPEN, None, None))

    def _proven(self, opening: ops.ChainOpen, author: Author) -> bool:
        """The chain it continues is vouched for and the same person's, and its key signed the new one."""
        after = opening.body.after
        old = self.known.chains.get(after.chain) if after else None
        if after is None or old is None or old.author.person != author.person:
            return False
        trusted = old.vouched and not old.revoked
        return trusted and verify(old.alg, old.key, opening.body.key.encode(), after.proof or "")

    def _reduce(self, batch: Batch, fresh: int, chain: ChainKnown) -> None:
        run = _Run(batch, fresh, chain.author)
        self.runs[batch.chain] = run
        for index in range(fresh, len(batch.operations)):
            operation = batch.operations[index]
            verdict = self._verdict(operation, chain)
            if verdict != "applied":
                run.verdicts[operation.seq] = verdict
                if verdict in ops.WITHHELD:
                    self._withhold(batch, index, verdict, chain.author)

    def _verdict(self, operation: ops.Known | ops.Opaque, chain: ChainKnown) -> str:
        if chain.revoked:
            return "revoked"
        if not chain.vouched and type(operation) is not ops.ChainOpen:
            return "no_scope"
        if type(operation) is ops.OperationRelease:
            return self._release(operation, chain.author)
        return reduce(self.state, operation, chain.author, chain.chain, forced=False)

    def _release(self, operation: ops.OperationRelease, author: Author) -> str:
        """Give a withheld operation its effect (VD-6); the release shares its fate."""
        target = self.waiting.get(operation.body.operation)
        if not author.office or not self.context.may(author, operation.kind, None, None):
            return "no_scope"
        return self._retry(target, forced=True) if target else "quarantined"

    def _retry(self, target: Withheld, *, forced: bool) -> str:
        operation = ops.decode(target.data)
        verdict = reduce(self.state, operation, target.author, target.chain, forced=forced)
        self.settled[target.uid] = verdict
        if verdict == target.verdict:
            del self.settled[target.uid]
        if verdict in ops.EFFECTIVE:
            self.waiting.pop(target.uid, None)
        return verdict

    def _withhold(self, batch: Batch, index: int, verdict: str, author: Author) -> None:
        operation = batch.operations[index]
        visit = None if isinstance(operation, ops.Opaque) else operation.visit
        self.origin[operation.uid] = batch.chain, operation.seq
        self.waiting[operation.uid] = Withheld(
            operation.uid, batch.chain, operation.seq, verdict, batch.data[index], author, visit,
            finding_of(operation),
        )  # fmt: skip

    def settle(self) -> None:
        """Replay parked operations until nothing moves any more (VD-5); duplicates move nothing."""
        moved = bool(self.runs)
        while moved:
            moved = False
            for target in [w for w in self.waiting.values() if self.settled.get(w.uid, w.verdict) == "parked"]:
                moved |= self._retry(target, forced=False) != "parked"

    def _chain_write(self, batch: Batch, chain: ChainKnown, *, new: bool) -> ChainWrite:
        first = batch.operations[0]
        opening = first.body if new and isinstance(first, ops.ChainOpen) else None
        closed = any(isinstance(o, ops.ChainRotate) for o in batch.operations)
        head = Mark(batch.last, batch.hashes[-1])
        return ChainWrite(batch.chain, chain.author, chain.alg, chain.key, head, closed, chain.vouched, opening)

    def plan(self, request: Prepared) -> Plan:
        """Everything decided so far, as one plan."""
        self._give_final_verdicts()
        segments = self._segments()
        return Plan(
            chains=tuple(self.chains),
            segments=segments,
            withheld=tuple(self._withheld_rows()),
            released=tuple(u for u, v in self.settled.items() if u in self.known.withheld and v in ops.EFFECTIVE),
            refused=tuple(self.refused),
            answers=tuple(self._answer(answer) for answer in self.answers),
            own=self._own(request),
            **written(self.state),
        )

    def _own(self, request: Prepared) -> frozenset[str]:
        """What the phone may build rows from (FD-6): all it sent, or nothing where some of it has no effect."""
        answers = [self._answer(answer) for answer in self.answers]
        if any(a.error or any(verdict in ops.WITHHELD for _, verdict in a.verdicts) for a in answers):
            return frozenset()
        return frozenset(o.uid for b in request.batches for o in b.operations)

    def _give_final_verdicts(self) -> None:
        for uid, verdict in self.settled.items():
            target = self.origin.get(uid)
            if target is not None:
                self.runs[target[0]].verdicts[target[1]] = verdict

    def _withheld_rows(self) -> Iterable[Withheld]:
        """Rows to insert or replace: new ones, and old ones whose verdict is another now."""
        for uid, row in self.waiting.items():
            verdict = self.settled.get(uid, row.verdict)
            if uid in self.origin or verdict != row.verdict:
                yield replace(row, verdict=verdict)

    def _segments(self) -> tuple[Segment, ...]:
        settled = tuple((u, v) for u, v in self.settled.items() if u not in self.origin)
        segments = [self._segment(run) for run in self.runs.values()]
        if settled:
            segments[0] = replace(segments[0], settled=settled)
        return tuple(segments)

    def _segment(self, run: _Run) -> Segment:
        batch, fresh = run.batch, run.fresh
        first = batch.operations[fresh]
        before = (first.prev, *batch.hashes[fresh:-1])
        return Segment(
            batch.chain, first.seq, batch.last, first.prev, batch.hashes[-1], batch.signature,
            pack_run(batch.data[fresh:], before), self.context.now, self.context.receipt,
            run.listed(),
        )  # fmt: skip

    def _answer(self, answer: ChainAnswer) -> ChainAnswer:
        run = self.runs.get(answer.chain)
        return msgspec.structs.replace(answer, verdicts=[*answer.verdicts, *run.listed()]) if run else answer
