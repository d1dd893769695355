"""Findings as an actor may see them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select

from patrol.deadlines import MINE_OWES
from patrol.errors import NotFound
from patrol.permissions import Actor, Reach, Role, Subject, Verb, reach
from server.db import db
from server.models.finding import Finding
from server.models.visit import Visit
from server.queries.paging import Order, Page, page
from server.queries.reach import within

_EQUAL = {
    "mine": Finding.mine_id,
    "visit": Finding.visit_id,
    "item": Finding.item_key,
    "status": Finding.status,
    "severity": Finding.severity,
}


def list_findings(actor: Actor, wanted: Mapping[str, Any], today: date) -> Page[Finding]:
    """A page of findings, newest first; `overdue` as of today."""
    query = _in_sight(select(Finding), actor).where(*filters(wanted, today))
    return page(query, Order((Finding.recorded_at, Finding.id), newest_first=True), wanted)


def get_finding(actor: Actor, finding: str) -> Finding:
    """One finding. Raises NotFound."""
    query = _in_sight(select(Finding), actor).where(Finding.id == finding)
    found: Finding | None = db.session.scalar(query)
    if found is None:
        raise NotFound("not_found", noun="finding")
    return found


def ids_in_sight(actor: Actor) -> Select[tuple[str]]:
    """The ids of all findings that the actor may read, for another query to select from."""
    found: Select[tuple[str]] = _in_sight(select(Finding.id), actor)
    return found


def is_overdue(today: date | ColumnElement[date]) -> ColumnElement[bool]:
    """`patrol.deadlines.is_overdue` for the database."""
    return and_(Finding.status.in_([literal(status.value) for status in sorted(MINE_OWES)]), Finding.due_on < today)


def subject_of_finding(finding: Finding) -> Subject:
    """Whose a finding is: its mine's, and the team's whose visit found it."""
    team = db.session.scalar(select(Visit.team_id).where(Visit.id == finding.visit_id))
    return Subject(finding.county_id, team=team, mine=finding.mine_id)


def _in_sight(query: Select[Any], actor: Actor) -> Select[Any]:
    seen = reach(actor, Verb.FINDING_READ)
    if seen.teams:
        query = query.outerjoin(Visit, Visit.id == Finding.visit_id)
    return query.where(_in_reach(seen, actor))


def _in_reach(seen: Reach, actor: Actor) -> ColumnElement[bool]:
    """The mine sees a finding once it has been told of it, not while the patrol still writes."""
    team = Visit.team_id if seen.teams else None
    found = within(seen, Finding.county_id, team=team, mine=Finding.mine_id)
    if actor.role is Role.MINE_USER:
        return and_(found, Finding.status != "recorded")
    return found


def filters(wanted: Mapping[str, Any], today: date) -> Sequence[ColumnElement[bool]]:
    """Make the conditions of a list's filters, those of `schemas.finding.FindingQuery`."""
    found = [column == wanted[name] for name, column in _EQUAL.items() if name in wanted]
    if "open" in wanted:
        found.append(Finding.closed_at.is_(None) == wanted["open"])
    if "overdue" in wanted:
        late = is_overdue(today)
        found.append(late if wanted["overdue"] else late.is_not(True))
    return found
