"""What the book of a mine (一矿一册) is put together from, beside the lists that the API has. Reads only."""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select

from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.contract import Contract
from server.models.coverage import CoverageMonth
from server.models.finding import Finding
from server.models.mine import Mine, Place
from server.models.team import Team
from server.models.user import User
from server.models.visit import Visit, VisitSheet
from server.queries import visits
from server.queries.board_records import GRAVE
from server.queries.findings import ids_in_sight, is_overdue
from server.queries.paging import Order, Page, page
from server.queries.reach import named, open_on, within
from sync.sheets import decode

_json = msgspec.json.Decoder(dict[str, Any])


def place_rows(mine: str) -> Sequence[Place]:
    """A mine's places by kind and code, closed and proposed ones too; for callers that have the mine in reach."""
    query = select(Place).where(Place.mine_id == mine).order_by(Place.kind, Place.code, Place.id)
    return db.session.scalars(query).all()


def places_by_id(mine: str) -> Mapping[str, Place]:
    """The same by id: months refer to closed places too."""
    return {place.id: place for place in place_rows(mine)}


def answers_in(actor: Actor, wanted: Collection[str], pairs: Collection[str]) -> dict[str, list[dict[str, Any]]]:
    """Pair → what stands of it in the records of these visits, each with who, when by the phone, and which visit.

    Only of visits whose record is in reach.
    """
    if not wanted or not pairs:
        return {}
    query = select(Visit.id, Visit.kind, Visit.local_date, VisitSheet.data).join(
        VisitSheet, VisitSheet.visit_id == Visit.id
    )
    rows = db.session.execute(query.where(Visit.id.in_(wanted), visits.in_reach(actor, Verb.RECORD_READ))).all()
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        sheet = decode(row.data)
        for pair in pairs:
            register = sheet.registers.get(f"answer/{pair}")
            heads = register.heads() if register else ()
            found.setdefault(pair, []).extend(_said(head, row) for head in heads)
    names = person_names({one["person_id"] for told in found.values() for one in told})
    return {
        pair: [one | {"person": names.get(one["person_id"], "")} for one in told if one.get("outcome")]
        for pair, told in found.items()
    }


def _said(head: Any, visit: Any) -> dict[str, Any]:
    at = datetime.fromtimestamp(head.stamp.wall / 1000, UTC)
    who = {"person_id": head.stamp.person, "device_id": head.stamp.device, "at": at}
    return _json.decode(head.value) | who | {"visit": visit.id, "kind": visit.kind, "local_date": visit.local_date}


def person_names(persons: Collection[str]) -> dict[str, str]:
    """Person → name; for callers who have what they did in hand."""
    if not persons:
        return {}
    query = select(User.id, User.name).where(User.id.in_(persons))
    return {row.id: row.name for row in db.session.execute(query)}


def find_mines(actor: Actor, wanted: Mapping[str, Any]) -> Page[Mine]:
    """A page of mines by code; filters `q` (name or code), `township`, `closed`, and as of the day `on`
    `team` and `uncontracted`."""
    query = select(Mine).where(*_mine_filters(actor, wanted))
    return page(query, Order((Mine.code, Mine.id)), wanted)


def count_mines(actor: Actor, wanted: Mapping[str, Any]) -> int:
    """How many mines the same filters leave."""
    return db.session.scalar(select(func.count()).select_from(Mine).where(*_mine_filters(actor, wanted))) or 0


def _mine_filters(actor: Actor, wanted: Mapping[str, Any]) -> Sequence[ColumnElement[bool]]:
    found = [within(reach(actor, Verb.MINE_READ), Mine.county_id, mine=Mine.id)]
    if wanted.get("q"):
        found.append(or_(named(Mine.name, wanted["q"]), named(Mine.code, wanted["q"])))
    if wanted.get("township"):
        found.append(Mine.township == wanted["township"])
    if wanted.get("team"):
        held = and_(Contract.team_id == wanted["team"], _in_force(wanted["on"]))
        found.append(Mine.id.in_(select(Contract.mine_id).where(held)))
    if wanted.get("uncontracted"):
        held_today = select(Contract.mine_id).where(_in_force(wanted["on"]))
        found += [Mine.id.not_in(held_today), Mine.closed_on.is_(None)]
    if wanted.get("closed") is not None:
        found.append(Mine.closed_on.is_not(None) == wanted["closed"])
    return found


def townships(actor: Actor) -> list[str]:
    """The townships of the mines in reach."""
    seen = within(reach(actor, Verb.MINE_READ), Mine.county_id, mine=Mine.id)
    return list(db.session.scalars(select(Mine.township).where(seen).distinct().order_by(Mine.township)))


def bearers(actor: Actor, mines: Collection[str], day: date) -> dict[str, Row[Any]]:
    """Mine → its contract of the day (team_id, team, from_date), where the actor may read contracts."""
    seen = within(reach(actor, Verb.CONTRACT_READ), Contract.county_id, team=Contract.team_id, mine=Contract.mine_id)
    told: tuple[Any, ...] = (Contract.mine_id, Contract.team_id, Contract.from_date, Team.name.label("team"))
    query: Select[Any] = select(*told)
    query = query.join(Team, Team.id == Contract.team_id).where(seen, Contract.mine_id.in_(mines), _in_force(day))
    return {row.mine_id: row for row in db.session.execute(query)}


def month_counts(actor: Actor, mines: Collection[str], month: str) -> dict[str, CoverageMonth]:
    """Mine → its kept counts of a month, where the actor may read coverage."""
    seen = within(reach(actor, Verb.COVERAGE_READ), CoverageMonth.county_id, mine=CoverageMonth.mine_id)
    query = select(CoverageMonth).where(seen, CoverageMonth.mine_id.in_(mines), CoverageMonth.month == month)
    return {row.mine_id: row for row in db.session.scalars(query)}


def repeats(actor: Actor, mine: str, limit: int) -> Sequence[Row[Any]]:
    """The mine's findings that repeat an earlier one, newest first, each with what it repeats."""
    earlier, in_sight = Finding.__table__.alias("earlier"), Finding.id.in_(ids_in_sight(actor))
    told: tuple[Any, ...] = (Finding.id, Finding.text, Finding.item_key, Finding.status, Finding.recorded_at)
    before: tuple[Any, ...] = (earlier.c.id.label("earlier_id"), earlier.c.closed_at.label("earlier_closed_at"))
    query: Select[Any] = select(*told, *before).join(earlier, earlier.c.id == Finding.repeat_of)
    query = query.where(in_sight, Finding.mine_id == mine, Finding.status != "void")
    return db.session.execute(query.order_by(Finding.recorded_at.desc(), Finding.id).limit(limit)).all()


def open_findings(actor: Actor, mines: Collection[str], today: date) -> dict[str, tuple[int, int, int]]:
    """Mine → open findings in sight, overdue ones, suspected and confirmed majors among them."""
    overdue, grave = case((is_overdue(today), 1), else_=0), case((Finding.severity.in_(GRAVE), 1), else_=0)
    query = select(Finding.mine_id, func.count(), func.sum(overdue), func.sum(grave)).where(
        Finding.mine_id.in_(mines), Finding.closed_at.is_(None), Finding.id.in_(ids_in_sight(actor))
    )
    return {
        mine: (n, int(late), int(bad)) for mine, n, late, bad in db.session.execute(query.group_by(Finding.mine_id))
    }


def _in_force(day: date) -> ColumnElement[bool]:
    return open_on(Contract.from_date, Contract.until_date, day)
