"""Visits as an actor may see them: headers for lists, and the merged record decoded from the sheet."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select

from patrol.errors import NotFound
from patrol.permissions import Actor, Verb, reach, scopes
from server.db import db
from server.models.photo import Photo
from server.models.visit import Visit, VisitSheet
from server.queries.paging import Order, Page, page
from server.queries.reach import within

#: What the mine's companion has signed, or refused to sign; before that it is the patrol's own paper.
HANDED_OVER = ("submitted", "approved", "sealed")
_EQUAL = {
    "team": Visit.team_id,
    "mine": Visit.mine_id,
    "kind": Visit.kind,
    "status": Visit.status,
    "week": Visit.week,
    "month": Visit.month,
}


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A visit with its sheet and the ids of its photos whose bytes are here."""

    visit: Visit
    sheet: bytes
    photos_here: frozenset[str]


def list_visits(actor: Actor, wanted: Mapping[str, Any]) -> Page[Visit]:
    """A page of visits, newest first."""
    query = select(Visit).where(in_reach(actor, Verb.VISIT_READ), *filters(wanted))
    return page(query, Order((Visit.local_date, Visit.id), newest_first=True), wanted)


def get_visit(actor: Actor, visit: str) -> Visit:
    """One visit's header. Raises NotFound."""
    found = db.session.scalar(select(Visit).where(Visit.id == visit, in_reach(actor, Verb.VISIT_READ)))
    if found is None:
        raise NotFound("not_found", noun="visit")
    return found


def get_record(actor: Actor, visit: str) -> StoredRecord:
    """One visit with everything said in it. Raises NotFound."""
    found = db.session.execute(
        select(Visit, VisitSheet.data)
        .join(VisitSheet, VisitSheet.visit_id == Visit.id)
        .where(Visit.id == visit, in_reach(actor, Verb.RECORD_READ))
    ).one_or_none()
    if found is None:
        raise NotFound("not_found", noun="visit")
    here = select(Photo.digest).where(Photo.visit_id == visit, Photo.arrived_at.is_not(None))
    return StoredRecord(found[0], found[1], frozenset(db.session.scalars(here)))


def in_reach(actor: Actor, verb: Verb) -> ColumnElement[bool]:
    """Make the condition that keeps the visits in reach; whoever does not see visits sees what was handed over."""
    seen = within(reach(actor, verb), Visit.county_id, team=Visit.team_id, mine=Visit.mine_id)
    if scopes(actor.role, Verb.VISIT_READ):
        return seen
    return and_(seen, Visit.status.in_(HANDED_OVER))


def filters(wanted: Mapping[str, Any]) -> Sequence[ColumnElement[bool]]:
    """Make the conditions of a list's filters, those of `schemas.visit.VisitQuery`."""
    found = [column == wanted[name] for name, column in _EQUAL.items() if name in wanted]
    if "since" in wanted:
        found.append(Visit.local_date >= wanted["since"])
    if "until" in wanted:
        found.append(Visit.local_date <= wanted["until"])
    return found
