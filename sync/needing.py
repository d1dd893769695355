"""What has to be gathered and locked before a request can be decided (SPEC, PL-2)."""

from collections.abc import Iterable

from sync import operations as ops
from sync.known import Withheld
from sync.request import Needs, Prepared


class _Named:
    """What the operations of a request name."""

    def __init__(self) -> None:
        self.chains: set[str] = set()
        self.visits: set[str] = set()
        self.findings: set[str] = set()
        self.mines: set[str] = set()
        self.teams: set[str] = set()
        self.releases: set[str] = set()
        self.opened: set[str] = set()
        self.raised: set[str] = set()

    def add(self, operation: ops.Known) -> None:
        """One operation's visit, and what its kind names beside it."""
        if operation.visit is not None:
            self.visits.add(operation.visit)
        if isinstance(operation, ops.VisitOpen | ops.VisitJoin):
            self.mines.add(operation.body.mine)
            self.teams.add(operation.body.team)
            self.opened.add(operation.visit or "")
        elif isinstance(operation, ops.PlaceAdd):
            self.mines.add(operation.body.mine)
        elif isinstance(operation, ops.OperationRelease):
            self.releases.add(operation.body.operation)
        elif isinstance(operation, ops.ChainOpen) and operation.body.after:
            self.chains.add(operation.body.after.chain)
        elif finding := finding_of(operation):
            self.findings.add(finding)
            if isinstance(operation, ops.FindingSet):
                self.raised.add(finding)


def needs(request: Prepared, fetched: Iterable[Withheld] = ()) -> Needs:
    """What has to be gathered, and which streams locked, before `plan_exchange` may run (PL-2).

    Ask a second time with the withheld rows that `releases` named, and with those of chains in the
    request that nobody vouched for yet: what they name is needed too. Rows parked for
    `parked_visits` and `parked_findings` are read under the locks, and so are the findings that
    those rows are about.
    """
    named = _Named()
    for batch in request.batches:
        named.chains.add(batch.chain)
        for operation in batch.operations:
            if type(operation) is ops.AnswerSet:
                named.visits.add(operation.visit or "")
            elif not isinstance(operation, ops.Opaque):
                named.add(operation)
    waiting = list(fetched)
    for row in waiting:
        released = ops.decode(row.data)
        if not isinstance(released, ops.Opaque):
            named.add(released)
    return Needs(
        chains=tuple(sorted(named.chains)),
        visits=tuple(sorted({*named.visits, *(w.visit for w in waiting if w.visit)} - {""})),
        findings=tuple(sorted({*named.findings, *(w.finding for w in waiting if w.finding)})),
        mines=tuple(sorted(named.mines)),
        teams=tuple(sorted(named.teams)),
        releases=tuple(sorted(named.releases)),
        parked_visits=tuple(sorted(named.opened - {""})),
        parked_findings=tuple(sorted(named.raised)),
    )


def finding_of(operation: ops.Known | ops.Opaque) -> str | None:
    """The finding an operation is about, if any."""
    if isinstance(operation, ops.FindingOperation):
        return operation.body.finding
    if isinstance(operation, ops.PhotoAdd | ops.PhotoRetract | ops.NoteAdd):
        kind, _, name = operation.body.of.partition("/")
        return name if kind == "finding" else None
    return None
