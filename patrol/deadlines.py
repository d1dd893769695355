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
