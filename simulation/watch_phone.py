"""Looks at a phone before and after it takes an answer in, and raises where an invariant is broken."""

from dataclasses import dataclass, field

from simulation.county import County
from simulation.handset import Handset
from simulation.ledger import Ledger, require
from simulation.work import REGISTERS, VISITS
from sync import operations as ops
from sync import wire
from sync.phone import view

Shown = dict[tuple[str, str], frozenset[str]]


@dataclass
class _Before:
    """What a phone had before an answer."""

    epoch: str
    cursor: dict[str, int]
    waiting: set[str]
    unacked: dict[str, tuple[int, list[str]]]


@dataclass
class PhoneWatch:
    """Invariants 1, 7, 8, 9 and 20 and PN-4, on the phones' side."""

    ledger: Ledger
    county: County
    shown: dict[str, Shown] = field(default_factory=dict)
    digests: dict[tuple[str, str, int], str] = field(default_factory=dict)
    told: dict[tuple[str, str, int], str] = field(default_factory=dict)

    def receive(self, handset: Handset, body: bytes) -> bool:
        """Let the phone take `body` in, and look at what that did."""
        before = self._before(handset)
        if not handset.receive(body):
            self.ledger.register(handset)
            return False
        answer = wire.answer_decoder.decode(body)
        self.ledger.register(handset)
        self._acknowledged(handset, before, answer.epoch)
        self._keeps_its_work(handset, before)
        self._within_scope(handset, answer)
        self._forward(handset, answer, before)
        self._agrees(handset, answer)
        self._verdicts(answer)
        self.look(handset, fresh={*answer.added, *answer.resets, *answer.dropped}, epoch=before.epoch)
        return True

    def _before(self, handset: Handset) -> _Before:
        unacked = {c.chain: (c.acked, [h.uid for h in c.log if h.seq > c.acked]) for c in handset.state.chains}
        return _Before(handset.state.epoch, dict(handset.state.cursor), handset.waiting(), unacked)

    def _acknowledged(self, handset: Handset, before: _Before, epoch: str) -> None:
        """What the phone took for stored is stored, at that moment (1)."""
        for chain in handset.state.chains:
            acked, uids = before.unacked.get(chain.chain, (0, []))
            known = self.county.store.chains.get(chain.chain)
            stored = known is not None and chain.acked <= known.head.seq
            if epoch == self.county.epoch and chain.acked > acked and uids:
                require(stored, "1", f"{handset.name} took {chain.acked} for stored")
            self.ledger.acknowledge(uids[: max(0, chain.acked - acked)], epoch)

    def _keeps_its_work(self, handset: Handset, before: _Before) -> None:
        """Nothing leaves the outbox but by an acknowledgement or on another chain (PN-4)."""
        gone = (before.waiting - handset.held()) & self.ledger.created
        require(not gone, "PN-4", gone)

    def _within_scope(self, handset: Handset, answer: wire.Answer) -> None:
        """No rows of a stream that is out of scope now (9)."""
        extra = set(handset.state.rows) - set(answer.marks)
        require(not extra or not answer.marks, "9", extra)

    def _forward(self, handset: Handset, answer: wire.Answer, before: _Before) -> None:
        """A cursor goes back only with a reset, a reset comes only with a new epoch (8)."""
        again = {*answer.added, *answer.resets, *answer.dropped}
        same = before.epoch == answer.epoch
        require(not same or not answer.resets, "7", f"reset of {answer.resets} within an epoch")
        for stream, seq in before.cursor.items() if same else ():
            if stream not in again:
                require(handset.state.cursor.get(stream, -1) >= seq, "8", f"cursor of {stream} went back")
        for page in answer.pages:
            seqs = [row.seq for row in page.rows]
            require(seqs == sorted(set(seqs)) and all(page.after < s <= page.upto for s in seqs), "11", page.stream)

    def _agrees(self, handset: Handset, answer: wire.Answer) -> None:
        """Phones at the head of a stream hold the same rows (7)."""
        for page in answer.pages:
            stream, seq = page.stream, handset.state.cursor.get(page.stream)
            if seq is not None and seq == answer.marks.get(stream):
                digest = view.stream_digest(handset.state.rows.get(stream, {}))
                other = self.digests.setdefault((answer.epoch, stream, seq), digest)
                require(other == digest, "7", f"{stream} at {seq}")

    def _verdicts(self, answer: wire.Answer) -> None:
        """A verdict once told is told again (20)."""
        for part in answer.chains:
            for seq, verdict in part.verdicts:
                first = self.told.setdefault((answer.epoch, part.chain, seq), verdict)
                require(first == verdict, "20", f"{part.chain} {seq}: {first}, then {verdict}")

    def look(self, handset: Handset, *, fresh: set[str], epoch: str) -> None:
        """The screen never goes back: what stood on it stands still, or something that names it does (8)."""
        desk, last = handset.phone.desk, self.shown.get(handset.name, {})
        now: Shown = {}
        own = {(p.stream, p.key) for chain, held in view.pending(desk) for p in desk.writes_of(chain, held)}
        for visit in VISITS:
            stream = f"visit:{visit}"
            for reg in REGISTERS:
                there = (stream, reg) in own or reg in handset.state.rows.get(stream, ())
                heads = frozenset(view.shown(desk, stream, reg).uids) if there else frozenset()
                if heads:
                    now[stream, reg] = heads
                if stream not in fresh and epoch == handset.state.epoch:
                    self._stands(handset, last.get((stream, reg), frozenset()), heads)
        self.shown[handset.name] = now

    def _stands(self, handset: Handset, last: frozenset[str], heads: frozenset[str]) -> None:
        for uid in last - heads:
            aside = uid in handset.state.verdicts
            require(aside or self.ledger.descends(uid, heads), "8", f"{uid} vanished from {handset.name}")

    def names_what_it_showed(self, handset: Handset, before: set[str]) -> None:
        """An answer names as parents exactly what stood on the screen (OP-5, PN-3)."""
        last = self.shown.get(handset.name)
        for chain in handset.state.chains if last is not None else ():
            operation = ops.decode(chain.log[-1].data) if chain.log else None
            if isinstance(operation, ops.AnswerSet) and operation.uid not in before:
                screen = (
                    last.get((f"visit:{operation.visit}", str(operation.reg)), frozenset()) if last else frozenset()
                )
                require(set(operation.parents) == screen, "PN-3", f"{operation.uid} names {operation.parents}")

    def forget(self, handset: Handset) -> None:
        """The phone is another one now."""
        self.shown.pop(handset.name, None)
