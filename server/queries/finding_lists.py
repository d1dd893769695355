"""The findings as the console lists them: filtered, ordered, counted, with the names that a row shows. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, case, func, not_, or_, select

from patrol.deadlines import MINE_OWES, RUNGS, rung_span
from patrol.periods import SHANGHAI
from patrol.permissions import Actor
from server.db import db
from server.models.finding import Finding
from server.models.mine import Mine, Place
from server.models.user import User
from server.models.visit import Visit
from server.queries import findings
from server.queries.paging import Order, Page, page
from server.queries.reach import named

GRAVE = ("suspected_major", "major")
_ORDERS = {
    "due": Order((Finding.due_on, Finding.id)),
    "recent": Order((Finding.recorded_at, Finding.id), newest_first=True),
}


def list_rows(actor: Actor, wanted: Mapping[str, Any], today: date) -> Page[Finding]:
    """A page of findings in the order that `wanted["sort"]` names."""
    query = select(Finding).where(*_conditions(actor, wanted, today))
    return page(query, _ORDERS[wanted["sort"]], wanted)


def count_rows(actor: Actor, wanted: Mapping[str, Any], today: date) -> Row[Any]:
    """What the filters leave, counted: all, open, overdue, grave, awaiting, repeated, and each rung of the ladder."""
    rungs = {rung: on_rung(rung, today) for rung in RUNGS}
    kinds = {
        "open": Finding.closed_at.is_(None),
        "overdue": findings.is_overdue(today),
        "grave": _is_grave(),
        "awaiting": Finding.status.in_(("awaiting_recheck", "awaiting_acceptance", "accepted_once")),
        "repeated": Finding.repeat_of.is_not(None),
    }
    counts = [func.coalesce(func.sum(case((asked, 1), else_=0)), 0).label(n) for n, asked in (kinds | rungs).items()]
    query = select(func.count().label("total"), *counts).where(*_conditions(actor, wanted, today))
    return db.session.execute(query).one()


def on_rung(rung: str, today: date) -> ColumnElement[bool]:
    """`patrol.deadlines.rung_of` for the database; what is listed is on its rung whatever its deadline."""
    if rung == "listed":
        return Finding.status == "listed"
    first, last = rung_span(rung, today)
    return and_(Finding.status.in_(MINE_OWES), Finding.due_on.between(first, last))


def names_of(rows: Collection[Finding]) -> dict[str, Mapping[str, str]]:
    """What rows show beside their own columns: names of mines, places and people by id."""
    places = {row.place_id for row in rows if row.place_id}
    return {
        "mines": _names(Mine.id, Mine.name, {row.mine_id for row in rows}),
        "places": _names(Place.id, Place.name, places),
        "people": _names(User.id, User.name, {row.recorded_by for row in rows}),
    }


def people_named(ids: Collection[str]) -> Mapping[str, str]:
    """Person → name."""
    return _names(User.id, User.name, ids)


def townships(actor: Actor) -> Sequence[str]:
    """The townships where the actor sees findings."""
    seen = findings.ids_in_sight(actor).subquery()
    query = select(Mine.township).join(Finding, Finding.mine_id == Mine.id).where(Finding.id.in_(select(seen.c.id)))
    return db.session.scalars(query.distinct().order_by(Mine.township)).all()


def related(actor: Actor, finding: Finding) -> Sequence[Finding]:
    """Findings of the same mine that this one may be linked with: the same item first, the newest first."""
    alike = case((Finding.item_key == (finding.item_key or ""), 0), else_=1)
    query = select(Finding).where(
        Finding.id.in_(findings.ids_in_sight(actor)), Finding.mine_id == finding.mine_id, Finding.id != finding.id
    )
    return db.session.scalars(query.order_by(alike, Finding.recorded_at.desc(), Finding.id).limit(50)).all()


def repeats_of(actor: Actor, finding: str) -> Sequence[Finding]:
    """Later findings that repeat this one."""
    query = select(Finding).where(Finding.id.in_(findings.ids_in_sight(actor)), Finding.repeat_of == finding)
    return db.session.scalars(query.order_by(Finding.recorded_at, Finding.id).limit(50)).all()


def _names(key: Any, name: Any, ids: Collection[str]) -> Mapping[str, str]:
    if not ids:
        return {}
    return {row[0]: row[1] for row in db.session.execute(select(key, name).where(key.in_(sorted(ids))))}


def _conditions(actor: Actor, wanted: Mapping[str, Any], today: date) -> list[ColumnElement[bool]]:
    found = [Finding.id.in_(findings.ids_in_sight(actor)), *findings.filters(wanted, today)]
    if "rung" in wanted:
        found.append(on_rung(wanted["rung"], today))
    if "team" in wanted:
        found.append(Finding.visit_id.in_(select(Visit.id).where(Visit.team_id == wanted["team"])))
    if "township" in wanted:
        found.append(Finding.mine_id.in_(select(Mine.id).where(Mine.township == wanted["township"])))
    if "repeated" in wanted:
        found.append(Finding.repeat_of.is_not(None) == wanted["repeated"])
    if "grave" in wanted:
        found.append(_is_grave() if wanted["grave"] else not_(_is_grave()))
    if "q" in wanted:
        found.append(or_(named(Finding.text, wanted["q"]), named(Finding.item_key, wanted["q"])))
    return found + _recorded(wanted)


def _is_grave() -> ColumnElement[bool]:
    """Open, and suspected or confirmed major."""
    return and_(Finding.severity.in_(GRAVE), Finding.closed_at.is_(None))


def _recorded(wanted: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    """Recorded between two local days, both included."""
    found: list[ColumnElement[bool]] = []
    if "since" in wanted:
        found.append(Finding.recorded_at >= _midnight(wanted["since"]))
    if "until" in wanted:
        found.append(Finding.recorded_at < _midnight(wanted["until"] + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
