"""Moves the counts of visits and of the month's coverage with what a plan has written.

Under the locks of the visits' and the mines' streams; costs what changed.
"""

from datetime import date, datetime

from sqlalchemy import bindparam, func, update

from patrol.periods import local_date, month_of
from server.db import db, run
from server.models.visit import Visit
from server.services import asked, coverage
from server.services.finding_life import instant
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
        photos_declared=Visit.photos_declared + bindparam("more_photos"),
        chains_joined=bindparam("joined"),
        chains_done=bindparam("done"),
        feed_seq=func.coalesce(bindparam("seq"), Visit.feed_seq),
    )
)


def count_plan(plan: Plan, county: str, now: datetime) -> None:
    """Move every count that `plan` moves."""
    for visit in plan.visits:
        _count_visit(visit, plan, county, now)
    _count_addenda(plan)


def _count_visit(visit: VisitWrite, plan: Plan, county: str, now: datetime) -> None:
    day, today = date.fromisoformat(visit.identity.date), local_date(now)
    required = asked.required_pairs(visit.identity.mine, visit.identity.edition, day)
    month = coverage.open_month(visit.identity.mine, county, month_of(day), today)
    counted = coverage.count(month, visit, required, today)
    coverage.save_month(month, now)
    moved = {
        "visit": visit.visit,
        "to_status": visit.status,
        "now": now,
        "submitted": None if visit.submitted is None else instant(visit.submitted),
        "submission_received": None if visit.submitted is None else now,
        "required": len(required),
        "more_round_answered": counted.round_answered,
        "more_answered": counted.answered,
        "more_failed": counted.failed,
        "more_unseen": counted.unseen,
        "more_findings": sum(f.created and f.visit == visit.visit for f in plan.findings),
        "disputed": visit.disputed,
        "more_photos": len(visit.photos),
        "joined": len(visit.participants),
        "done": visit.done,
        "seq": plan.visit_rows.get(visit.visit),
    }
    run(_MOVE, moved)


def _count_addenda(plan: Plan) -> None:
    """Late operations wait beside their sealed visits: say how many."""
    waiting: dict[str, int] = {}
    for operation in plan.withheld:
        if operation.verdict == "late" and operation.visit:
            waiting[operation.visit] = waiting.get(operation.visit, 0) + 1
    for visit, more in waiting.items():
        db.session.execute(update(Visit).where(Visit.id == visit).values(addenda=Visit.addenda + more))
