"""Writes the headers of visits with their counts, and moves the month's coverage with what a plan says.

Under the locks of the visits' and the mines' streams; costs what changed.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, func, update

from patrol.periods import local_date, month_of
from server import direct
from server.db import db
from server.direct import write
from server.models.visit import Visit
from server.services import asked, coverage, projections, week_rounds
from server.services.coverage import Counted, OpenMonth
from server.services.finding_life import instant
from server.services.upsert import add
from sync import visits
from sync.known import Plan, VisitWrite

_MOVE = (
    update(Visit)
    .where(Visit.id == bindparam("visit"))
    .values(
        status=bindparam("to_status"),
        changed_at=bindparam("now"),
        submitted_at=bindparam("submitted"),
        submission_received_at=func.coalesce(Visit.submission_received_at, bindparam("submission_received")),
        round_required=bindparam("required"),
        round_answered=Visit.round_answered + bindparam("more_round_answered"),
        answered=Visit.answered + bindparam("more_answered"),
        failed=Visit.failed + bindparam("more_failed"),
        unseen=Visit.unseen + bindparam("more_unseen"),
        findings=Visit.findings + bindparam("more_findings"),
        conflicts=bindparam("disputed"),
        photos_declared=func.coalesce(bindparam("photos"), Visit.photos_declared),
        chains_joined=bindparam("joined"),
        chains_done=bindparam("done"),
        feed_seq=func.coalesce(bindparam("seq"), Visit.feed_seq),
    )
)
_PIN = (
    update(Visit)
    .where(Visit.id == bindparam("visit"))
    .values(edition_digest=bindparam("edition"), round_answered=bindparam("of_round"))
)


def ask_ahead(plan: Plan) -> None:
    """Ask for the months of the plan's visits with whatever is asked next, as far as they are not there yet."""
    for mine, month in {(v.identity.mine, month_of(date.fromisoformat(v.identity.date))) for v in plan.visits}:
        question = coverage.month_asked(mine, month)
        if not direct.is_ahead(*question):
            direct.ahead(*question)


def store_visits(plan: Plan, county: str, now: datetime) -> None:
    """Write the headers of the plan's visits and the months that their answers change."""
    for visit in plan.visits:
        month, required = _month_of(visit, county, now)
        counted = coverage.count(month, visit, required, local_date(now))
        coverage.save_month(month, now)
        if visit.created:
            add(Visit, [_new(visit, plan, county, now) | _counts_of_new(visit, counted, len(required))])
        else:
            write(_MOVE, _moved(visit, plan, counted, now) | {"required": len(required)})
            _pin(visit, month, required)
        week_rounds.note_visit(visit, county)
    _count_addenda(plan)


def _month_of(visit: VisitWrite, county: str, now: datetime) -> tuple[OpenMonth, frozenset[str]]:
    """The month that the visit belongs to, and what a round asks on its day."""
    day = date.fromisoformat(visit.identity.date)
    month = coverage.open_month(visit.identity.mine, county, month_of(day), local_date(now))
    return month, asked.required_pairs(month.mine, visit.identity.edition, day, month.picture)


def _pin(visit: VisitWrite, month: OpenMonth, required: frozenset[str]) -> None:
    """Whoever joins may pin the visit to another edition (VS-2), of which other answers are the round's."""
    if any(key.startswith("join/") for key in visit.changed):
        answered = sum(visit.visit in month.coverage.said(pair) for pair in required)
        write(_PIN, {"visit": visit.visit, "edition": visit.identity.edition, "of_round": answered})


def _photos(visit: VisitWrite) -> int | None:
    """How many photos stand; None where none changed."""
    changed = any(key.startswith("photo/") for key in visit.changed)
    return len(visits.photos(visit.content)) if changed else None


def _new(visit: VisitWrite, plan: Plan, county: str, now: datetime) -> dict[str, Any]:
    return projections.new_visit(visit, county, now) | {
        "submitted_at": _submitted(visit),
        "submission_received_at": None if visit.submitted is None else now,
        "findings": _new_findings(visit, plan),
        "feed_seq": plan.visit_rows.get(visit.visit, 0),
    }


def _counts_of_new(visit: VisitWrite, counted: Counted, required: int) -> dict[str, Any]:
    return {
        "round_required": required,
        "round_answered": counted.round_answered,
        "answered": counted.answered,
        "failed": counted.failed,
        "unseen": counted.unseen,
        "conflicts": visit.disputed,
        "photos_declared": _photos(visit) or 0,
        "photos_arrived": 0,
        "chains_joined": len(visit.participants),
        "chains_done": visit.done,
        "addenda": 0,
    }


def _moved(visit: VisitWrite, plan: Plan, counted: Counted, now: datetime) -> dict[str, Any]:
    return {
        "visit": visit.visit,
        "to_status": visit.status,
        "now": now,
        "submitted": _submitted(visit),
        "submission_received": None if visit.submitted is None else now,
        "more_round_answered": counted.round_answered,
        "more_answered": counted.answered,
        "more_failed": counted.failed,
        "more_unseen": counted.unseen,
        "more_findings": _new_findings(visit, plan),
        "disputed": visit.disputed,
        "photos": _photos(visit),
        "joined": len(visit.participants),
        "done": visit.done,
        "seq": plan.visit_rows.get(visit.visit),
    }


def _submitted(visit: VisitWrite) -> datetime | None:
    return None if visit.submitted is None else instant(visit.submitted)


def _new_findings(visit: VisitWrite, plan: Plan) -> int:
    return sum(finding.created and finding.visit == visit.visit for finding in plan.findings)


def _count_addenda(plan: Plan) -> None:
    """Late operations wait beside their sealed visits: say how many."""
    waiting: dict[str, int] = {}
    for operation in plan.withheld:
        if operation.verdict == "late" and operation.visit:
            waiting[operation.visit] = waiting.get(operation.visit, 0) + 1
    for visit, more in waiting.items():
        db.session.execute(update(Visit).where(Visit.id == visit).values(addenda=Visit.addenda + more))
