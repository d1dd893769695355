"""Rebuilds registers, findings, visit counts and coverage from the log and holds what is stored against it (RB-1).

Uses the recorded operations and verdicts, the checklist editions and the register of mines; nothing that the exchange
derived at the time. Only reads; the whole county's sheets are in memory at once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from patrol.coverage import MonthCoverage
from server.db import db
from server.models.coverage import CoverageMonth, CoverageSheet
from server.models.finding import Finding
from server.models.segment import Chain, Segment
from server.models.visit import Visit, VisitSheet
from server.queries import log
from server.queries.finding_sheets import sheet_of
from server.services import coverage, finding_life
from server.services.exchange import judge
from sync import known, visits
from sync.findings import fields_of
from sync.rebuild import Rebuilt, rebuild
from sync.sheets import Sheet, decode

Said = dict[tuple[str, str], str]
_AT_ONCE = 500


@dataclass(frozen=True)
class Difference:
    """Something stored that the log does not give: what, which, and both values in short."""

    what: str
    name: str
    stored: str = ""
    rebuilt: str = ""

    def __str__(self) -> str:
        return f"{self.what} {self.name}: stored {self.stored or '-'}, rebuilt {self.rebuilt or '-'}"


@dataclass
class Comparison:
    """How many were compared, and where they differ."""

    visits: int = 0
    findings: int = 0
    months: int = 0
    differences: list[Difference] = field(default_factory=list)

    def equal(self, what: str, name: str, stored: object, rebuilt: object) -> None:
        """Enter a difference unless both are the same."""
        if stored != rebuilt:
            self.differences.append(Difference(what, name, repr(stored)[:80], repr(rebuilt)[:80]))


def compare() -> Comparison:
    """Rebuild everything and compare, on the connection of the session at hand. Raises SegmentDamagedError."""
    rebuilt = rebuild(_segments(), _chains(), judge)
    found = Comparison()
    said = _compare_visits(found, rebuilt)
    _compare_findings(found, rebuilt)
    _compare_months(found, said)
    return found


def _chains() -> dict[str, known.ChainKnown]:
    return {
        row.id: known.ChainKnown(row.id, log.author(row.user_id, row.device_id), row.algorithm, row.public_key)
        for row in db.session.scalars(select(Chain))
    }


def _segments() -> Iterator[known.Segment]:
    """In the order in which they were stored; each needs the hash that it continues."""
    before: dict[str, str] = {}
    query = select(Segment).order_by(Segment.id).execution_options(yield_per=_AT_ONCE)
    for row in db.session.scalars(query):
        yield log.segment_known(row, before.get(row.chain_id, ""))
        before[row.chain_id] = row.last_hash
        db.session.expunge(row)


def _compare_visits(found: Comparison, rebuilt: Rebuilt) -> dict[tuple[str, str], Said]:
    """Compare sheets and headers; returns (mine, month) → (pair, visit) → outcome for the coverage."""
    said: dict[tuple[str, str], Said] = {}
    left = dict(rebuilt.visits)
    query = select(Visit, VisitSheet.data).join(VisitSheet, VisitSheet.visit_id == Visit.id).order_by(Visit.id)
    for row, data in db.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        found.visits += 1
        sheet = left.pop(row.id, Sheet())
        found.equal("registers of visit", row.id, decode(data).content(), sheet.content())
        _compare_header(found, row, sheet)
        said.setdefault((row.mine_id, row.month), {}).update(_said(row.id, sheet))
    for visit in left:
        found.equal("visit", visit, None, "in the log")
    return said


def _compare_header(found: Comparison, row: Visit, sheet: Sheet) -> None:
    said = _said(row.id, sheet)
    outcomes = list(said.values())
    stored = (row.answered, row.failed, row.unseen, row.conflicts, row.chains_joined, row.chains_done)
    done = sum(1 for _ in sheet.under("done/"))
    counts = (len(said), outcomes.count("fail"), outcomes.count("unseen"))
    rebuilt = (*counts, visits.disputed(sheet), len(visits.participants(sheet)), done)
    found.equal("counts of visit", row.id, stored, rebuilt)
    found.equal("status of visit", row.id, row.status.removesuffix("_incomplete"), visits.status_of(sheet))
    found.equal("photos of visit", row.id, row.photos_declared, len(visits.photos(sheet)))


def _said(visit: str, sheet: Sheet) -> Said:
    """(pair, visit) → what counts; a voided visit says nothing."""
    if visits.status_of(sheet) == "void":
        return {}
    return {
        (f"{change.item}/{change.place}", visit): change.outcome
        for change in visits.answers(sheet)
        if change.outcome is not None
    }


def _compare_findings(found: Comparison, rebuilt: Rebuilt) -> None:
    left = dict(rebuilt.findings)
    raised: dict[str, int] = {}
    for row in db.session.scalars(select(Finding).order_by(Finding.id)).all():
        found.findings += 1
        sheet = left.pop(row.id, Sheet())
        found.equal("registers of finding", row.id, _stored(row), sheet.content())
        if sheet.registers:
            _compare_life(found, row, sheet)
        raised[row.visit_id or ""] = raised.get(row.visit_id or "", 0) + 1
    for finding in left:
        found.equal("finding", finding, None, "in the log")
    for visit, count in db.session.execute(select(Visit.id, Visit.findings)):
        found.equal("findings of visit", visit, count, raised.get(visit, 0))


def _stored(row: Finding) -> object:
    """The stored registers; a column that was changed makes them unreadable, which is a difference like any other."""
    try:
        return sheet_of(row).content()
    except ValueError as error:
        return str(error)


def _compare_life(found: Comparison, row: Finding, sheet: Sheet) -> None:
    life = finding_life.life_of(finding_life.Home(row.id, row.county_id, row.mine_id, row.visit_id), sheet)
    shown, (fields, disputed) = life.finding, fields_of(sheet)
    stored = (row.status, row.severity, row.due_on, row.closed_at, row.text, row.conflicts)
    rebuilt = (shown.status.value, shown.severity.value, shown.deadline, life.ended_at, fields.get("text", ""))
    found.equal("finding", row.id, stored, (*rebuilt, len(disputed)))


def _compare_months(found: Comparison, said: Mapping[tuple[str, str], Said]) -> None:
    left = {key: value for key, value in said.items() if value}
    query = select(CoverageMonth, CoverageSheet.data).join(
        CoverageSheet,
        (CoverageSheet.mine_id == CoverageMonth.mine_id) & (CoverageSheet.month == CoverageMonth.month),
    )
    for row, data in db.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        found.months += 1
        stored = coverage.load(data)
        rebuilt = left.pop((row.mine_id, row.month), {})
        name = f"{row.mine_id} {row.month}"
        found.equal("coverage of", name, _contributions(stored), rebuilt)
        figures = _recounted(stored, rebuilt)
        found.equal("figures of", name, (row.applicable, row.judged, row.unseen, row.failed), figures)
    for mine, month in left:
        found.equal("coverage of", f"{mine} {month}", None, "in the log")


def _contributions(stored: MonthCoverage) -> Said:
    pairs = {**stored.applicable, **stored.lapsed, **stored.stray}
    return {(pair, visit): said.value for pair in pairs for visit, said in stored.said(pair).items()}


def _recounted(stored: MonthCoverage, said: Said) -> tuple[int, int, int, int]:
    """The figures over the pairs that apply, counted from what the log says of them."""
    fresh = MonthCoverage()
    fresh.set_applicable(stored.applicable, stored.lapsed)
    for (pair, visit), outcome in said.items():
        fresh.apply(visit, date.min, [(pair, outcome)])
    figures = fresh.figures
    return figures.applicable, figures.judged, figures.unseen, figures.failed
