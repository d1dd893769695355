"""Turn what changed in memory into rows with their seqs on the feed (SPEC, part FD)."""

from typing import TypedDict

from msgspec.structs import replace

from sync import bodies, findings, known, sheets, visits
from sync.state import OpenFinding, OpenVisit, State


class Written(TypedDict):
    """The parts of a plan that come from the sheets."""

    visits: tuple[known.VisitWrite, ...]
    findings: tuple[known.FindingWrite, ...]
    places: tuple[known.PlaceWrite, ...]
    heads: dict[str, int]
    visit_rows: dict[str, int]


class _Seqs:
    """Hands out the next seqs of the locked streams; the only place that does (FD-2)."""

    def __init__(self, state: State) -> None:
        self._before = state.known.heads
        self.moved: dict[str, int] = {}

    def next(self, stream: str) -> int:
        seq = self.now(stream) + 1
        self.moved[stream] = seq
        return seq

    def run(self, stream: str, count: int) -> range:
        """The same for the next `count` of a stream; they are handed out whether they are used or not."""
        before = self.now(stream)
        if count:
            self.moved[stream] = before + count
        return range(before + 1, before + count + 1)

    def now(self, stream: str) -> int:
        """Raises LookupError for a stream that was not locked: better nothing stored than a seq given out twice."""
        return self.moved[stream] if stream in self.moved else self._before[stream]


def written(state: State) -> Written:
    """Every changed sheet as a row to write, and where its streams stand afterwards."""
    seqs = _Seqs(state)
    visit_rows: dict[str, int] = {}
    found = [_visit(state, v, seqs, visit_rows) for v in state.visits.values() if v.dirty]
    return Written(
        visits=tuple(found),
        findings=tuple(_finding(f, seqs) for f in state.findings.values() if f.dirty),
        places=tuple(
            known.PlaceWrite(p.place, p.mine, seqs.next(f"mine:{p.mine}"), p.body, p.uid) for p in state.places.values()
        ),
        heads=seqs.moved,
        visit_rows=visit_rows,
    )


def _visit(state: State, visit: OpenVisit, seqs: _Seqs, visit_rows: dict[str, int]) -> known.VisitWrite:
    stream = f"visit:{visit.visit}"
    registers = visit.sheet.registers
    for key, seq in zip(visit.changed, seqs.run(stream, len(visit.changed)), strict=True):
        registers[key].seq = seq
    status, missing = visits.state_of(visit.sheet, state.known.here)
    if visit.created or status != visit.before or visit.editions[""] != visit.identity.edition:
        visit_rows[visit.visit] = seqs.next(f"team:{visit.identity.team}")
    changed = tuple(visit.changed)
    answers = [visits.answer_change(k, registers[k]) for k in changed if k.startswith("answer/")]
    return known.VisitWrite(
        visit.visit, _identity(visit), visit.created, sheets.encode(visit.sheet), status,
        seqs.now(stream), visits.participants(visit.sheet), changed, tuple(answers),
        tuple(_photos(visit)), missing, visits.disputed(visit.sheet),
        sum(1 for _ in visit.sheet.under("done/")), *visits.times(visit.sheet), visit.sheet,
    )  # fmt: skip


def _identity(visit: OpenVisit) -> bodies.VisitIdentity:
    return replace(visit.identity, edition=visit.editions[""], role=None)


def _photos(visit: OpenVisit) -> list[bodies.Photo]:
    """Photos whose register changed and that stand."""
    if not any(key.startswith("photo/") for key in visit.changed):
        return []
    return [p for p in visits.photos(visit.sheet) if f"photo/{p.photo}" in visit.changed]


def _finding(finding: OpenFinding, seqs: _Seqs) -> known.FindingWrite:
    stream = f"mine:{finding.mine}"
    registers = finding.sheet.registers.values()
    seq = seqs.next(stream) if finding.changed else max(register.seq for register in registers)
    for register in registers:
        register.seq = seq
    fields, disputed = findings.fields_of(finding.sheet)
    return known.FindingWrite(
        finding.finding, finding.mine, finding.visit, finding.created, seq, fields, disputed, finding.sheet,
    )  # fmt: skip
