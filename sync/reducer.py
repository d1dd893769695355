"""What one operation does to the registers, and the verdict that says so (SPEC, parts RT and VD).

Never raises and never leaves half an effect: what goes wrong is the verdict `quarantined`.
"""

from sync import operations as ops
from sync import visits
from sync.known import Author, PlaceWrite
from sync.needing import finding_of
from sync.registers import Entry, Stamp, contradicts, relation
from sync.routing import VISIT, InvalidBodyError, Write, answer_value, writes
from sync.state import OpenVisit, State

CONTENT = (
    ops.AnswerSet, ops.FindingSet, ops.FindingRetract, ops.FindingRecheck, ops.PhotoAdd,
    ops.PhotoRetract, ops.PlaceAdd, ops.PlaceMark, ops.ItemClaim, ops.NoteAdd,
)  # fmt: skip
_ABOUT_CHAIN = (ops.ChainOpen, ops.ChainRotate)
_OPENING = (ops.VisitOpen, ops.VisitJoin)
_OFFICE = (
    ops.VisitApprove, ops.VisitSeal, ops.VisitReopen, ops.VisitVoid, ops.FindingStep, ops.OperationRelease,
)  # fmt: skip
_RULING = (ops.VisitSeal, ops.VisitReopen, ops.VisitVoid)


def reduce(state: State, operation: ops.Known | ops.Opaque, author: Author, chain: str, *, forced: bool) -> str:
    """Apply one operation of `author` on `chain` and say what became of it.

    `forced`: a person released it, so scope is not asked again; a sealed visit still stands.
    """
    if isinstance(operation, ops.Opaque):
        return "quarantined"
    if isinstance(operation, _ABOUT_CHAIN):
        return "applied"
    try:
        if type(operation) is ops.AnswerSet and not forced:
            verdict = _answer(state, operation, author, chain)
            if verdict is not None:
                return verdict
        return _Step(state, operation, author, chain).run(forced=forced)
    except Exception:  # noqa: BLE001 - VD-2: whatever one operation trips over is its own verdict
        state.forget_untouched()
        return "quarantined"


def _answer(state: State, operation: ops.AnswerSet, author: Author, chain: str) -> str | None:
    """What nine of ten operations are, without the detours of `_Step`; None where it needs them."""
    visit = state.visits.get(operation.visit or "") or state.visit(operation.visit or "")
    uid = operation.uid
    if visit is None or visit.status in visits.CLOSED or uid in visit.sheet.stamps or visit.sheet.full:
        return None
    if not state.may(author, "answer.set", visit):
        return "no_scope"
    judge = state.context.judge
    value = answer_value(operation, judge, visit.edition_of(author), visit.identity.date)
    stamp = Stamp(uid, chain, operation.seq, author.person, author.device, operation.t[0])
    key, entry = operation.reg or "", Entry(stamp, tuple(operation.parents), value)
    visit.sheet.add(key, entry)
    visit.dirty = True
    visit.changed[key] = None
    if visit.status in visits.HANDED_IN:
        return "after_submit"
    return relation(visit.sheet.registers[key], entry)


class _Step:
    """One operation on its way through the reducer."""

    __slots__ = ("author", "chain", "operation", "state", "visit")

    def __init__(self, state: State, operation: ops.Known, author: Author, chain: str) -> None:
        self.state = state
        self.operation = operation
        self.author = author
        self.chain = chain
        self.visit: OpenVisit | None = None

    def run(self, *, forced: bool) -> str:
        operation, state = self.operation, self.state
        if operation.visit is not None:
            self.visit = state.visit(operation.visit)
            if self.visit is None and not isinstance(operation, _OPENING):
                return "parked"
        if isinstance(operation, _OPENING):
            self._check_identity(operation)
        if not forced and not self._in_scope():
            return "no_scope"
        if self._is_late():
            return "late"
        return self._apply()

    def _check_identity(self, operation: ops.VisitOpen | ops.VisitJoin) -> None:
        if operation.visit != visits.visit_id(operation.body):
            raise InvalidBodyError("visit")

    def _in_scope(self) -> bool:
        operation, state, author = self.operation, self.state, self.author
        if isinstance(operation, _OFFICE) and not author.office:
            return False
        if self.visit is not None:
            return state.may(author, operation.kind, self.visit)
        if isinstance(operation, _OPENING):
            body = operation.body
            return state.context.may(author, operation.kind, body, body.mine)
        return state.context.may(author, operation.kind, None, self._mine())

    def _mine(self) -> str | None:
        """The mine of an operation outside a visit, from its finding or its body."""
        operation = self.operation
        if isinstance(operation, ops.PlaceAdd):
            return operation.body.mine
        finding = self.state.finding(finding_of(operation) or "")
        return finding.mine if finding else None

    def _is_late(self) -> bool:
        if self.visit is None or self.visit.status not in visits.CLOSED:
            return False
        return not isinstance(self.operation, _RULING)

    def _apply(self) -> str:
        visit, author = self.visit, self.author
        under = (visit.edition_of(author), visit.identity.date) if visit else ("", "")
        found = writes(self.operation, author, self.state.context.judge, *under)
        if waiting := self._homes(found):
            return waiting
        if not found or (self.visit is None and self._needs_visit(found)):
            raise InvalidBodyError("visit")
        return self._put(found)

    def _needs_visit(self, found: list[Write]) -> bool:
        return any(w.sheet == VISIT for w in found) and not isinstance(self.operation, ops.PlaceAdd)

    def _homes(self, found: list[Write]) -> str | None:
        """Make sure that the sheets exist, making the visit or finding that this operation opens."""
        operation, state = self.operation, self.state
        for name in {write.sheet for write in found if write.sheet != VISIT}:
            finding = state.finding(name)
            if finding is None:
                if not isinstance(operation, ops.FindingSet) or self.visit is None:
                    return "parked"
                state.create_finding(name, self.visit.identity.mine, self.visit.visit)
            elif self.visit is not None and finding.mine != self.visit.identity.mine:
                raise InvalidBodyError("mine")
        if self.visit is None and isinstance(operation, _OPENING):
            self.visit = state.create_visit(operation.visit or "", operation.body)
        return None

    def _put(self, found: list[Write]) -> str:
        operation, author = self.operation, self.author
        if isinstance(operation, ops.PlaceAdd):
            found = self._propose(operation, found)
        stamp = Stamp(operation.uid, self.chain, operation.seq, author.person, author.device, operation.t[0])
        entries = [(write, Entry(stamp, write.parents, write.value)) for write in found]
        for write, entry in entries:
            self._check_uid(write, entry)
        verdicts = [self._add(write, entry) for write, entry in entries]
        if self.visit is not None and not isinstance(operation, CONTENT):
            self._refresh(self.visit)
        return self._verdict(verdicts)

    def _propose(self, operation: ops.PlaceAdd, found: list[Write]) -> list[Write]:
        body = operation.body
        if self.visit is not None and body.mine != self.visit.identity.mine:
            raise InvalidBodyError("mine")
        if self.visit is None or operation.uid not in self.visit.sheet.stamps:
            proposal = PlaceWrite(body.place, body.mine, 0, body, operation.uid)
            self.state.places.setdefault(body.place, proposal)
        return found if self.visit is not None else []

    def _check_uid(self, write: Write, entry: Entry) -> None:
        """One uid says one thing, in one place (RG-8)."""
        sheet = self.state.sheet_of(write, self.visit)
        if entry.stamp.uid not in sheet.stamps:
            if sheet.full:
                raise InvalidBodyError("sheet_full")
            return
        register = sheet.registers.get(write.key)
        old = register.entries.get(entry.stamp.uid) if register else None
        if old is None or contradicts(old, entry):
            raise InvalidBodyError("uid")

    def _add(self, write: Write, entry: Entry) -> str:
        sheet = self.state.sheet_of(write, self.visit)
        changed = sheet.add(write.key, entry)
        self.state.touched(write, self.visit, changed=changed)
        if not changed or write.listing or write.value == b'"live"':
            return "applied"
        return relation(sheet.registers[write.key], entry)

    def _refresh(self, visit: OpenVisit) -> None:
        visit.status = visits.status_of(visit.sheet)
        visit.editions = visits.editions(visit.sheet)

    def _verdict(self, verdicts: list[str]) -> str:
        visit = self.visit
        if visit is not None and visit.status in visits.HANDED_IN and isinstance(self.operation, CONTENT):
            return "after_submit"
        if "concurrent" in verdicts:
            return "concurrent"
        return "same" if "same" in verdicts else "applied"
