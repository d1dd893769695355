"""Deadlines of findings: what to suggest, what is overdue, what the county owes the mine.

The suggestions are defaults that a county may replace; only the 20 days of an acceptance are law
(煤矿安全生产条例, article 48).
"""

from datetime import date, timedelta

from patrol.findings import Finding, Severity, Status, Step
from patrol.periods import local_date

SUGGESTED_DAYS = {
    Severity.GENERAL: (0, 3, 5, 7, 15, 30),
    Severity.SUSPECTED_MAJOR: (0,),
    Severity.SERIOUS_VIOLATION: (0,),
}
"""Days from recording, 0 meaning at once, in this shift."""

DEFAULT_DAYS = {Severity.GENERAL: 7, Severity.SUSPECTED_MAJOR: 0, Severity.SERIOUS_VIOLATION: 0}

RECHECK_WITHIN_DAYS = 10
EXTENSION_DECIDED_WITHIN_DAYS = 5
ACCEPTANCE_WITHIN_DAYS = 20

MINE_OWES = frozenset({Status.NOTIFIED, Status.RECTIFYING, Status.LISTED})
"""Where a finding can be overdue: the mine was told, and the next move is its own."""

_COUNTY_OWES = {
    Status.AWAITING_RECHECK: (Step.ASK_RECHECK, RECHECK_WITHIN_DAYS),
    Status.AWAITING_ACCEPTANCE: (Step.ASK_ACCEPTANCE, ACCEPTANCE_WITHIN_DAYS),
    Status.ACCEPTED_ONCE: (Step.ASK_ACCEPTANCE, ACCEPTANCE_WITHIN_DAYS),
    Status.AWAITING_SIGN_OFF: (Step.ASK_ACCEPTANCE, ACCEPTANCE_WITHIN_DAYS),
}


def suggest_deadlines(severity: Severity, recorded_on: date) -> tuple[date, ...]:
    """Days to offer when recording, soonest first; none for a confirmed major, whose listing
    says."""
    return tuple(recorded_on + timedelta(days=n) for n in SUGGESTED_DAYS.get(severity, ()))


def default_deadline(severity: Severity, recorded_on: date) -> date:
    """The day that counts when nobody chose one."""
    return recorded_on + timedelta(days=DEFAULT_DAYS.get(severity, 0))


def is_overdue(finding: Finding, today: date) -> bool:
    """Whether the mine has let the deadline pass. The deadline's own day is still in time.

    Not while the mine has not been told, nor while it waits for the county.
    """
    return finding.status in MINE_OWES and today > finding.deadline


def county_owes_by(finding: Finding) -> date | None:
    """Until which day the county owes the mine a re-check, an acceptance, or a decision on an
    extension; None when it owes none."""
    owed = []
    if finding.status in _COUNTY_OWES:
        step, days = _COUNTY_OWES[finding.status]
        owed.append((finding.last(step, Step.FIX_ON_SPOT), days))
    if finding.extension_asked is not None:
        owed.append((finding.last(Step.ASK_EXTENSION), EXTENSION_DECIDED_WITHIN_DAYS))
    return min((local_date(d.at) + timedelta(days=n) for d, n in owed if d is not None), default=None)


DUE_SOON_DAYS = 3
RUNGS = ("soon", "late_3", "late_7", "late_30", "late", "listed")
"""The ladder of what has to be looked at: due within days, overdue by 1 to 3, 4 to 7, 8 to 30 and more days, and
listed (挂牌督办)."""

_LATE = {"late_3": (1, 3), "late_7": (4, 7), "late_30": (8, 30), "late": (31, 100_000)}


def rung_span(rung: str, today: date) -> tuple[date, date]:
    """The first and the last deadline that stands on a rung today. Raises KeyError for `listed`, which is a status."""
    if rung == "soon":
        return today, today + timedelta(days=DUE_SOON_DAYS)
    least, most = _LATE[rung]
    return today - timedelta(days=most), today - timedelta(days=least)


def rung_of(finding: Finding, today: date) -> str | None:
    """On which rung a finding stands; None where nobody has to look yet."""
    if finding.status not in MINE_OWES:
        return None
    dated = (rung for rung in RUNGS if rung != "listed")
    spans = {rung: rung_span(rung, today) for rung in dated}
    found = next((rung for rung, (first, last) in spans.items() if first <= finding.deadline <= last), None)
    return found or ("listed" if finding.status is Status.LISTED else None)
