"""What one plan works on: sheets opened on demand, and what changed in them (SPEC, part PL)."""

from dataclasses import dataclass, field

from sync import bodies, sheets, visits
from sync.known import Author, Context, Known, PlaceWrite
from sync.routing import VISIT, Write
from sync.sheets import Sheet


@dataclass(slots=True)
class OpenVisit:
    """A visit in memory. `changed` keeps the order in which its registers changed."""

    visit: str
    identity: bodies.VisitIdentity
    sheet: Sheet
    before: str
    status: str
    editions: dict[str, str]
    created: bool = False
    dirty: bool = False
    changed: dict[str, None] = field(default_factory=dict)
    allowed: dict[tuple[str, str, str], bool] = field(default_factory=dict)

    def edition_of(self, author: Author) -> str:
        """The edition that an author's phone shows, under whose texts the answer was given (VS-3)."""
        found = self.editions.get(f"{author.person}@{author.device}")
        return found or self.editions.get("", "")


@dataclass(slots=True)
class OpenFinding:
    """A finding in memory."""

    finding: str
    mine: str
    visit: str | None
    sheet: Sheet
    created: bool = False
    dirty: bool = False
    changed: bool = False


class State:
    """Registers of everything a request touches; made for one plan and thrown away."""

    def __init__(self, known: Known, context: Context) -> None:
        self.known = known
        self.context = context
        self.visits: dict[str, OpenVisit] = {}
        self.findings: dict[str, OpenFinding] = {}
        self.places: dict[str, PlaceWrite] = {}

    def visit(self, visit: str) -> OpenVisit | None:
        """The visit, opened once; None if nobody opened it yet."""
        found = self.visits.get(visit)
        if found is None and (row := self.known.visits.get(visit)):
            sheet = sheets.decode(row.sheet)
            status = visits.status_of(sheet)
            editions = visits.editions(sheet)
            found = OpenVisit(visit, row.identity, sheet, row.status, status, editions)
            self.visits[visit] = found
        return found

    def create_visit(self, visit: str, identity: bodies.VisitIdentity) -> OpenVisit:
        """A visit that its opening makes exist."""
        found = OpenVisit(visit, identity, Sheet(), "", "open", {"": identity.edition}, created=True)
        self.visits[visit] = found
        return found

    def finding(self, finding: str) -> OpenFinding | None:
        """The finding, opened once; None if nobody raised it yet."""
        found = self.findings.get(finding)
        if found is None and (row := self.known.findings.get(finding)):
            found = OpenFinding(finding, row.mine, row.visit, sheets.decode(row.sheet, row.beside))
            self.findings[finding] = found
        return found

    def create_finding(self, finding: str, mine: str, visit: str | None) -> OpenFinding:
        """A finding that its first edit makes exist."""
        found = OpenFinding(finding, mine, visit, Sheet(), created=True)
        self.findings[finding] = found
        return found

    def forget_untouched(self) -> None:
        """Undo what an operation opened and then could not fill."""
        for name in [n for n, v in self.visits.items() if v.created and not v.dirty]:
            del self.visits[name]
        for name in [n for n, f in self.findings.items() if f.created and not f.dirty]:
            del self.findings[name]

    def may(self, author: Author, kind: str, visit: OpenVisit) -> bool:
        """`context.may` within a visit, asked once a plan for each question."""
        question = (author.person, author.device, kind)
        answer = visit.allowed.get(question)
        if answer is None:
            identity = visit.identity
            answer = self.context.may(author, kind, identity, identity.mine)
            visit.allowed[question] = answer
        return answer

    def sheet_of(self, write: Write, visit: OpenVisit | None) -> Sheet:
        """The sheet that a write is for."""
        if write.sheet == VISIT:
            if visit is None:
                raise LookupError("no visit")
            return visit.sheet
        return self.findings[write.sheet].sheet

    def touched(self, write: Write, visit: OpenVisit | None, *, changed: bool) -> None:
        """Remember that a sheet must be written, and whether the feed must tell of it."""
        if write.sheet != VISIT:
            self.findings[write.sheet].dirty = True
            self.findings[write.sheet].changed |= changed
        elif visit is not None:
            visit.dirty = True
            if changed:
                visit.changed[write.key] = None
