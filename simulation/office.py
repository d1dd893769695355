"""The county's own people: rulings on visits, steps of findings, releases, through the same plan as phones.

The key is the server's, so the chain stands in the store and comes back with a backup.
"""

from typing import Unpack

import msgspec

from simulation.county import County
from simulation.feeding import sheet_of
from simulation.signing import new_keys
from sync import bodies, chain, wire
from sync import operations as ops
from sync.known import Author, ChainKnown
from sync.phone.pen import Envelope
from sync.phone.surroundings import Randomness
from sync.prepare import prepare
from sync.sheets import Sheet

_DEVICE = "console"


class Office:
    """A console session."""

    def __init__(self, county: County, randomness: Randomness, *, real: bool) -> None:
        self.county = county
        self._randomness = randomness
        self._keys = new_keys(randomness, real=real)
        self.chain = chain.b64(randomness(16))
        self._public = self._keys.create(self.chain)
        with county.transaction() as work:
            author = Author("office", _DEVICE, office=True)
            work.chains[self.chain] = ChainKnown(self.chain, author, "ES256", self._public)
        county.backup = county.store

    def rule(self, visit: str, kind: type[ops.Operation]) -> None:
        """Approve, seal, reopen or void a visit, naming what stands."""
        known = self.county.store.visits.get(visit)
        if known is None:
            return
        parents = _heads(sheet_of(known.sheet), "visit/status")
        said: dict[object, bodies.Body] = {ops.VisitSeal: bodies.Seal(), ops.VisitApprove: bodies.Approval()}
        body = said.get(kind, bodies.Reason("said so"))
        self.write(kind, body, visit=visit, parents=parents)

    def step(self, number: int) -> None:
        """Move a finding on."""
        found = sorted(self.county.store.findings)
        if found:
            name = found[number % len(found)]
            parents = _heads(sheet_of(self.county.store.findings[name].sheet), "status")
            self.write(ops.FindingStep, bodies.FindingStep(name, "handed_over"), parents=parents)

    def release(self, number: int) -> None:
        """Give a withheld operation its effect."""
        waiting = sorted(self.county.store.withheld)
        if waiting:
            self.write(ops.OperationRelease, bodies.Release(waiting[number % len(waiting)], "looked into"))

    def write(self, kind: type[ops.Operation], body: bodies.Body, **envelope: Unpack[Envelope]) -> None:
        """One operation on the office's chain, planned like any other."""
        last = self.county.store.chains[self.chain].head
        texts: list[str] = []
        if last.seq == 0:
            opening = bodies.ChainOpening(self.chain, "office", _DEVICE, "ES256", self._public, _DEVICE)
            last = self._add(texts, last, ops.ChainOpen, opening)
        self._add(texts, last, kind, body, **envelope)
        signature = self._keys.sign(self.chain, texts[-1].encode()) or ""
        batch = wire.ChainBatch(self.chain, texts, signature)
        exchange = wire.Exchange(wire.PROTOCOL, "n" * 22, _DEVICE, wire.Clock(0, 0, ""), [batch])
        self.county.push(prepare(msgspec.json.encode(exchange), gzipped=False), _DEVICE)

    def _add(
        self,
        texts: list[str],
        last: wire.Mark,
        kind: type[ops.Operation],
        body: bodies.Body,
        **envelope: Unpack[Envelope],
    ) -> wire.Mark:
        operation = kind(  # type: ignore[call-arg]
            v=1, uid=chain.b64(self._randomness(16)), seq=last.seq + 1, prev=last.hash, t=(0, 0, "office"),
            body=body, **envelope,
        )  # fmt: skip
        data = msgspec.json.encode(operation)
        texts.append(data.decode())
        return wire.Mark(operation.seq, chain.hash_of(data))


def _heads(sheet: Sheet, key: str) -> list[str]:
    register = sheet.registers.get(key)
    return [head.uid for head in register.heads()] if register else []
