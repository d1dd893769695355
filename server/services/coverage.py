"""Keeps coverage: what each visit said of each pair, per mine and month, and the counts that lists read.

Everything here is under the lock of the mine's stream. A change costs what it changes; the sheet of a month is read
and written whole, which is a few kilobytes, whatever the years of history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import msgspec
from sqlalchemy import bindparam, select, update

from patrol.coverage import MonthCoverage
from patrol.outcomes import Outcome
from patrol.periods import Period, local_date, month_of, parse, week_of
from server.db import db, run
from server.direct import Question, ask
from server.models.coverage import CoverageMonth, CoverageSheet
from server.models.mine import Mine
from server.models.visit import Visit
from server.services import asked, editions, week_rounds
from server.services.upsert import put
from sync import visits
from sync.compression import pack, unpack
from sync.known import VisitWrite

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(MonthCoverage)

_MONTH_CHANGES = ("edition_digest", "applicable", "judged", "unseen", "failed", "late_operations", "changed_at")


_MONTH = (
    select(Mine.picture, CoverageMonth.edition_digest, CoverageMonth.late_operations, CoverageSheet.data)
    .select_from(Mine)
    .outerjoin(CoverageMonth, (CoverageMonth.mine_id == Mine.id) & (CoverageMonth.month == bindparam("month")))
    .outerjoin(CoverageSheet, (CoverageSheet.mine_id == Mine.id) & (CoverageSheet.month == bindparam("month")))
    .where(Mine.id == bindparam("mine"))
)
_MONTHS = (
    select(CoverageMonth.month, CoverageMonth.edition_digest, CoverageMonth.late_operations)
    .add_columns(CoverageSheet.data, Mine.picture)
    .join(Mine, Mine.id == CoverageMonth.mine_id)
    .join(
        CoverageSheet,
        (CoverageSheet.mine_id == CoverageMonth.mine_id) & (CoverageSheet.month == CoverageMonth.month),
    )
    .where(CoverageMonth.mine_id == bindparam("mine"), CoverageMonth.month >= bindparam("since"))
    .order_by(CoverageMonth.month)
)


@dataclass(frozen=True, slots=True)
class Counted:
    """How a visit's own counts move with a batch of answers."""

    answered: int = 0
    round_answered: int = 0
    failed: int = 0
    unseen: int = 0


@dataclass(slots=True)
class OpenMonth:
    """A month's coverage in memory, to be written back once. `picture`: the number of the mine's present picture."""

    mine: str
    county: str
    period: Period
    edition: str
    coverage: MonthCoverage
    late_operations: int = 0
    picture: int = 0


def open_month(mine: str, county: str, period: Period, today: date) -> OpenMonth:
    """The month of a mine as kept, or begun now. The caller holds the lock of the mine's stream."""
    month, kept = _read_month(mine, county, period)
    if not kept:
        say_applicable(month, today)
    return month


def kept_month(mine: str, county: str, period: Period) -> OpenMonth | None:
    """The month of a mine as kept; None before anything was kept of it."""
    month, kept = _read_month(mine, county, period)
    return month if kept else None


def _read_month(mine: str, county: str, period: Period) -> tuple[OpenMonth, bool]:
    row = ask(*month_asked(mine, period))[0]
    if row.data is None:
        return OpenMonth(mine, county, period, "", MonthCoverage(), picture=row.picture), False
    kept = OpenMonth(mine, county, period, row.edition_digest, load(row.data), row.late_operations, row.picture)
    return kept, True


def month_asked(mine: str, period: Period) -> Question:
    """What `open_month` and `kept_month` ask first."""
    return _MONTH, {"mine": mine, "month": period.id}


def _kept_since(mine: Mine, since: date) -> list[OpenMonth]:
    """The months kept of a mine from that of `since` on, however far back it is: one statement."""
    rows = run(_MONTHS, {"mine": mine.id, "since": month_of(since).id})
    return [
        OpenMonth(
            mine.id,
            mine.county_id,
            parse(row.month),
            row.edition_digest,
            load(row.data),
            row.late_operations,
            row.picture,
        )
        for row in rows
    ]


def say_applicable(month: OpenMonth, today: date) -> None:
    """Work out anew which pairs apply, under the edition in force on the judging day."""
    day = month.period.judging_day(today)
    edition = editions.find_in_force(month.county, day)
    if edition is None:
        # Nothing is published: nothing applies yet, and nothing answered is lost. Publishing says it anew.
        month.coverage.set_applicable(())
        month.edition = ""
        return
    mine = asked.mine_register(month.mine)
    days = sorted(on for on in mine.change_days(month.period) if on < day)
    earlier = [pair for on in days for pair in mine.pairs(edition, on, "monthly")]
    month.coverage.set_applicable(mine.pairs(edition, day, "monthly"), earlier)
    month.edition = edition.digest


def refresh_mine(mine: Mine, since: date, now: datetime) -> None:
    """An attribute or a place of the mine is another one from `since` on: say anew what applies.

    The caller holds the lock of the mine's stream and has flushed the change.
    """
    db.session.execute(update(Mine).where(Mine.id == mine.id).values(picture=Mine.picture + 1))
    today = local_date(now)
    for month in _kept_since(mine, since):
        say_applicable(month, today)
        save_month(month, now)
        recount_visits(month)


def recount_visits(month: OpenMonth) -> None:
    """Hold the month's unsealed visits against what a round asks now on their day."""
    query = select(Visit.id, Visit.edition_digest, Visit.local_date).where(
        Visit.mine_id == month.mine, Visit.month == month.period.id, Visit.status.not_in(("sealed", "void"))
    )
    found = db.session.execute(query).all()
    for visit in found:
        required = asked.required_pairs(month.mine, visit.edition_digest, visit.local_date, month.picture)
        answered = sum(visit.id in month.coverage.said(pair) for pair in required)
        counts = {"round_required": len(required), "round_answered": answered}
        db.session.execute(update(Visit).where(Visit.id == visit.id).values(counts))
    weeks = {week_of(visit.local_date) for visit in found}
    week_rounds.recount(month.county, month.mine, sorted(weeks))


def save_month(month: OpenMonth, now: datetime) -> None:
    """Write the month back: its counts and its sheet."""
    figures = month.coverage.figures
    row = {
        "mine_id": month.mine,
        "month": month.period.id,
        "county_id": month.county,
        "edition_digest": month.edition,
        "applicable": figures.applicable,
        "judged": figures.judged,
        "unseen": figures.unseen,
        "failed": figures.failed,
        "late_operations": month.late_operations,
        "changed_at": now,
    }
    sheet = {"mine_id": month.mine, "month": month.period.id, "data": dump(month.coverage)}
    put(CoverageMonth, ("mine_id", "month"), _MONTH_CHANGES, [row])
    put(CoverageSheet, ("mine_id", "month"), ("data",), [sheet])


def load(data: bytes) -> MonthCoverage:
    """A month's coverage from its sheet."""
    return _decoder.decode(unpack(data)[0])


def dump(coverage: MonthCoverage) -> bytes:
    """A month's coverage as its sheet."""
    return pack(_encoder.encode(coverage))


def count(month: OpenMonth, visit: VisitWrite, required: frozenset[str], today: date) -> Counted:
    """Take a visit's changed answers into the month. Returns how the visit's own counts move."""
    moved = _moved(visit)
    before = month.coverage.said_by(visit.visit, [pair for pair, _ in moved])
    late = today > month.period.last
    month.coverage.apply(visit.visit, date.fromisoformat(visit.identity.date), moved, late=late)
    if visit.status == "void":
        month.coverage.drop_visit(visit.visit)
    month.late_operations += len(visit.answers) if late else 0
    return _difference(before, moved, required)


def _moved(visit: VisitWrite) -> list[tuple[str, str | None]]:
    """Pair → what it counts as now. A ruling may have voided the visit or taken that back, so it moves all answers."""
    changes = visits.answers(visit.content) if "visit/status" in visit.changed else visit.answers
    counts = visit.status != "void"
    return [(c.key.removeprefix("answer/"), c.outcome if counts and c.answered else None) for c in changes]


def _difference(
    before: Sequence[Outcome | None], moved: Sequence[tuple[str, str | None]], required: frozenset[str]
) -> Counted:
    answered = round_answered = failed = unseen = 0
    for old, (pair, new) in zip(before, moved, strict=True):
        step = (new is not None) - (old is not None)
        answered += step
        round_answered += step if pair in required else 0
        failed += (new == Outcome.FAIL) - (old == Outcome.FAIL)
        unseen += (new == Outcome.UNSEEN) - (old == Outcome.UNSEEN)
    return Counted(answered, round_answered, failed, unseen)
