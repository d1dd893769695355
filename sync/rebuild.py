"""Every register from the log alone, to be compared with what is stored (SPEC, part RB).

Uses the recorded verdicts and nothing else of what the server decided at the time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sync import operations as ops
from sync import visits
from sync.known import Author, ChainKnown, Judge, Segment
from sync.registers import Entry, Stamp
from sync.routing import VISIT, writes
from sync.segments import check_segment
from sync.sheets import Sheet


@dataclass(slots=True)
class Rebuilt:
    """Sheets by visit and by finding; `dates` are the visits' local dates."""

    visits: dict[str, Sheet] = field(default_factory=dict)
    findings: dict[str, Sheet] = field(default_factory=dict)
    dates: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Logged:
    operation: ops.Known
    chain: str
    author: Author


def rebuild(segments: Iterable[Segment], chains: Mapping[str, ChainKnown], judge: Judge) -> Rebuilt:
    """Replay `segments` in the order they were stored; raises SegmentDamagedError.

    Checks every link and signature on the way. Feed seqs are not rebuilt: compare `Sheet.content()`.
    """
    rebuilt = Rebuilt()
    withheld: dict[str, _Logged] = {}
    for segment in segments:
        chain = chains[segment.chain]
        verdicts = dict(segment.verdicts)
        effective = []
        for data in check_segment(segment, chain.alg, chain.key):
            operation = ops.decode(data)
            if isinstance(operation, ops.Opaque):
                continue
            logged = _Logged(operation, segment.chain, chain.author)
            if verdicts.get(operation.seq, "applied") in ops.EFFECTIVE:
                effective.append(logged)
            else:
                withheld[operation.uid] = logged
        settled = [uid for uid, verdict in segment.settled if verdict in ops.EFFECTIVE]
        _replay([*effective, *(withheld[uid] for uid in settled)], rebuilt, judge)
    return rebuilt


def _replay(logged: list[_Logged], rebuilt: Rebuilt, judge: Judge) -> None:
    """Openings first: within one exchange an operation may have waited for a later one."""
    waiting = []
    for it in logged:
        operation = it.operation
        if isinstance(operation, ops.VisitOpen | ops.VisitJoin):
            rebuilt.dates[operation.visit or ""] = operation.body.date
            _apply(it, rebuilt, judge)
        else:
            waiting.append(it)
    for it in waiting:
        _apply(it, rebuilt, judge)


def _apply(logged: _Logged, rebuilt: Rebuilt, judge: Judge) -> None:
    operation, author = logged.operation, logged.author
    visit = operation.visit or ""
    sheet = rebuilt.visits.get(visit) or Sheet()
    known = visits.editions(sheet) if type(operation) is ops.AnswerSet else {}
    edition = known.get(author.participant) or known.get("", "")
    stamp = Stamp(operation.uid, logged.chain, operation.seq, author.person, author.device, operation.t[0])
    for write in writes(operation, author, judge, edition, rebuilt.dates.get(visit, "")):
        if write.sheet != VISIT:
            target = rebuilt.findings.setdefault(write.sheet, Sheet())
        elif visit:
            target = rebuilt.visits.setdefault(visit, sheet)
        else:
            continue
        target.add(write.key, Entry(stamp, write.parents, write.value))
