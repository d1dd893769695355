"""Looks at the county after every commit and at every answer, and raises where an invariant is broken."""

from collections.abc import Mapping

from simulation.county import County
from simulation.feeding import digests_of, sheet_of
from simulation.ledger import require
from simulation.store import Store
from sync import operations as ops
from sync import visits, wire
from sync.known import FindingWrite, PlaceWrite, Plan, Prepared, VisitWrite
from sync.segments import operations_of

Content = Mapping[str, object]
_RULINGS = (ops.VisitSeal, ops.VisitReopen, ops.VisitVoid)


class CountyWatch:
    """Invariants 4, 10 to 12, 15, 16, 18 to 20 and SC-3, SC-4, on the county's side."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.commits = 0
        self.verdicts: list[tuple[str, int, str]] = []

    def committed(self, before: Store, request: Prepared, plan: Plan, carrier: str) -> None:
        """After a commit: compare what was, what was planned and what is."""
        self.commits += 1
        now = self.county.store
        self._dense(before, plan)
        self._chains_grow(before, plan)
        self._sealed_stays(before, now, plan)
        self._within_scope(plan)
        for part in plan.answers:
            require(part.error not in ("signature", "malformed"), "18", lambda p=part: p)
            require(part.safe <= now.chains[part.chain].head.seq if part.chain in now.chains else 1, "16", part)
            self.verdicts += [(part.chain, seq, verdict) for seq, verdict in part.verdicts]
        if self.commits % 4 == 0:
            self._same_again(request, plan, carrier)

    def _dense(self, before: Store, plan: Plan) -> None:
        """Seqs are handed out once, in order, without a hole (11)."""
        taken: dict[str, list[int]] = {}
        for visit in plan.visits:
            stream, old = f"visit:{visit.visit}", before.heads.get(f"visit:{visit.visit}", 0)
            seqs = [r.seq for r in sheet_of(visit.sheet).registers.values()]
            taken[stream] = [seq for seq in seqs if seq > old]
            require(len(set(seqs)) == len(seqs), "11", f"{stream} gave a seq twice")
            self._only_news(before, visit)
            complete = visit.status != "submitted" or set(digests_of(visit.sheet)) <= self.county.store.photos
            require(complete, "14", f"{visit.visit} is complete without its photos")
        rows: list[FindingWrite | PlaceWrite] = [*plan.findings, *plan.places]
        for row in rows:
            if row.seq > before.heads.get(f"mine:{row.mine}", 0):
                taken.setdefault(f"mine:{row.mine}", []).append(row.seq)
        for name, seq in plan.visit_rows.items():
            taken.setdefault(f"team:{self.county.store.visits[name].identity.team}", []).append(seq)
        for stream, seqs in taken.items():
            start = before.heads.get(stream, 0)
            require(sorted(seqs) == list(range(start + 1, start + 1 + len(seqs))), "11", f"{stream} {start} {seqs}")
            require(plan.heads.get(stream, start) == start + len(seqs), "11", f"{stream} {plan.heads} {seqs}")

    def _only_news(self, before: Store, write: VisitWrite) -> None:
        """A row moves when an operation is new in it: one that was there takes no effect again (4)."""
        old = before.visits.get(write.visit)
        had = sheet_of(old.sheet).registers if old else {}
        for key in write.changed:
            new = set(sheet_of(write.sheet).registers[key].entries)
            require(key not in had or new > set(had[key].entries), "4", f"{write.visit} {key} moved for nothing")

    def _chains_grow(self, before: Store, plan: Plan) -> None:
        """A chain's head moves over what is stored, without a hole (10)."""
        for segment in plan.segments:
            old = before.chains.get(segment.chain)
            last = old.head.seq if old else 0
            require(segment.first == last + 1, "10", f"{segment.chain} {last} -> {segment.first}")
            require(self.county.store.chains[segment.chain].head.seq == segment.last, "10", segment.chain)

    def _sealed_stays(self, before: Store, now: Store, plan: Plan) -> None:
        """What is sealed or void is not touched, rulings apart (12)."""
        for write in plan.visits:
            old = before.visits.get(write.visit)
            if old and visits.status_of(sheet_of(old.sheet)) in visits.CLOSED:
                new = now.visits[write.visit]
                require(_content(old.sheet) == _content(new.sheet), "12", f"{write.visit} changed after its seal")

    def _within_scope(self, plan: Plan) -> None:
        """An operation has effect only within its author's scope and right (SC-3, RV-1)."""
        store = self.county.store
        for segment in plan.segments:
            author, verdicts = store.chains[segment.chain].author, dict(segment.verdicts)
            if author.office:
                continue
            revoked = {author.person, author.device} & store.revoked
            for data in operations_of(segment):
                operation = ops.decode(data)
                effective = verdicts.get(operation.seq, "applied") in ops.EFFECTIVE
                if not effective or isinstance(operation, ops.Opaque | ops.ChainOpen | ops.ChainRotate):
                    continue
                require(not revoked, "RV-1", f"{author} has effect")
                require(not isinstance(operation, _RULINGS), "SC-3", "an office ruling from a phone")
                visit = store.visits.get(operation.visit or "")
                granted = visit and store.granted(author.person, visit.identity, visit.identity.mine)
                require(granted or visit is None, "SC-3", f"{author} wrote out of scope")

    def _same_again(self, request: Prepared, plan: Plan, carrier: str) -> None:
        """The same request once more writes nothing and says the same (15)."""
        again = self.county.planned(request, carrier)
        wrote = (again.segments, again.visits, again.findings, again.places, again.withheld, again.released)
        require(not any(wrote) and not again.heads and not again.visit_rows, "15", lambda: again)
        for first, second in zip(plan.answers, again.answers, strict=True):
            require(first.error or first.ack == second.ack, "15", lambda f=first, s=second: (f, s))
            require(
                first.error or sorted(first.verdicts) == sorted(second.verdicts), "15", lambda f=first, s=second: (f, s)
            )

    def answered(self, body: bytes) -> None:
        """Nothing in an answer that its device may not see (SC-4, 19)."""
        answer = wire.answer_decoder.decode(body)
        streams = {*answer.marks, *(page.stream for page in answer.pages)}
        if answer.device in self.county.store.revoked:
            require(not streams and not answer.photos_wanted, "19", streams)
        allowed = _allowed(self.county.store, answer.device)
        require(streams <= allowed, "SC-4", lambda: streams - allowed)


def _content(sheet: bytes) -> Content:
    found = dict(sheet_of(sheet).content())
    found.pop("visit/status", None)
    return found


def _allowed(store: Store, device: str) -> set[str]:
    """What a device may see, told once more from the contracts."""
    team = store.teams.get(device, "")
    allowed = {f"team:{team}"}
    for contract in store.contracts:
        if contract.team == team and contract.begins <= store.today <= (contract.ends or store.today):
            allowed.add(f"mine:{contract.mine}")
    return allowed | {f"visit:{name}" for name, visit in store.visits.items() if visit.identity.team == team}
