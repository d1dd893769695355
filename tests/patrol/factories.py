"""Plain makers of patrol values: every argument has a lawful default."""

from datetime import UTC, date, datetime

from patrol.contracts import Contract
from patrol.findings import Finding, Severity
from patrol.permissions import Actor, Role
from patrol.steps import Attempt
from patrol.visits import Visit, VisitKind

COUNTY = "zezhou"
MONDAY = date(2026, 11, 16)


def instant(day, hour=2, minute=0):
    """UTC; the default hour is 10:00 in Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)


def actor(role, person=None, *, team="t1", county=COUNTY, contracted=("m1",), mines=("m1",)):
    in_team = role in (Role.MEMBER, Role.LEADER)
    return Actor(
        person=person or f"{role.value}-1",
        role=role,
        county=county,
        team=team if in_team else None,
        contracted=frozenset(contracted if in_team else ()),
        mines=frozenset(mines if role is Role.MINE_USER else ()),
    )


def attempt(role, person=None, day=MONDAY, **more):
    return Attempt(actor(role, person, **more), instant(day))


def contract(contract_id="c1", team="t1", mine="m1", from_date=date(2026, 1, 1), until_date=None):
    return Contract(contract_id, team, mine, from_date, until_date)


def finding(finding_id="f1", **more):
    facts = {
        "county": COUNTY,
        "team": "t1",
        "mine": "m1",
        "severity": Severity.GENERAL,
        "recorded_by": "member-1",
        "recorded_at": instant(MONDAY),
        "deadline": date(2026, 11, 23),
        "item": "GAS-001",
        "place": "p1",
    }
    return Finding(finding_id, **(facts | more))


def visit(visit_id="v1", **more):
    facts = {
        "county": COUNTY,
        "team": "t1",
        "mine": "m1",
        "kind": VisitKind.ROUND,
        "day": MONDAY,
    }
    return Visit(visit_id, **(facts | more))
