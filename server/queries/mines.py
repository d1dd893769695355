"""Mines, their attributes and places as an actor may see them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from patrol.errors import NotFound
from patrol.mines import Attribute as AttributeValue
from patrol.mines import Place as PlaceValue
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.mine import Mine, MineAttribute, Place
from server.queries.paging import Order, Page, page
from server.queries.reach import named, within


def list_mines(actor: Actor, wanted: Mapping[str, Any]) -> Page[Mine]:
    """A page of mines by code; filters `name`, `township`, `closed`."""
    query = select(Mine).where(
        within(reach(actor, Verb.MINE_READ), Mine.county_id, mine=Mine.id),
        named(Mine.name, wanted.get("name")),
    )
    if "township" in wanted:
        query = query.where(Mine.township == wanted["township"])
    if "closed" in wanted:
        query = query.where(Mine.closed_on.is_not(None) == wanted["closed"])
    return page(query, Order((Mine.code, Mine.id)), wanted)


def get_mine(actor: Actor, mine: str) -> Mine:
    """One mine. Raises NotFound."""
    in_reach = within(reach(actor, Verb.MINE_READ), Mine.county_id, mine=Mine.id)
    found = db.session.scalar(select(Mine).where(Mine.id == mine, in_reach))
    if found is None:
        raise NotFound("not_found", noun="mine")
    return found


def list_attributes(actor: Actor, mine: str, on: date | None) -> Sequence[MineAttribute]:
    """The whole history of a mine's attributes, oldest first, or what held that day. Raises NotFound."""
    get_mine(actor, mine)
    history = select(MineAttribute).where(MineAttribute.mine_id == mine)
    order = (MineAttribute.name, MineAttribute.from_date, MineAttribute.recorded_at)
    entries = db.session.scalars(history.order_by(*order)).all()
    return entries if on is None else standing_on(entries, on)


def attribute_values(mine: str) -> list[AttributeValue]:
    """A mine's attribute history as values of the rules; for callers that have the mine in hand."""
    rows = db.session.scalars(select(MineAttribute).where(MineAttribute.mine_id == mine))
    return [AttributeValue(r.name, r.value, r.from_date, r.recorded_at, r.source, r.place_id) for r in rows]


def place_values(mine: str) -> list[PlaceValue]:
    """A mine's confirmed places as values of the rules; a proposed one does not count yet."""
    confirmed = select(Place).where(Place.mine_id == mine, Place.status == "confirmed")
    return [
        PlaceValue(p.id, p.mine_id, p.kind, p.code, p.opened_on, p.closed_on) for p in db.session.scalars(confirmed)
    ]


def standing_on(history: Sequence[MineAttribute], day: date) -> list[MineAttribute]:
    """Of a history, the entries in force on `day`: one a name and place, the later recorded one counts."""
    standing: dict[tuple[str, str | None], MineAttribute] = {}
    for entry in sorted(history, key=lambda e: (e.from_date, e.recorded_at)):
        if entry.from_date <= day:
            standing[entry.name, entry.place_id] = entry
    return list(standing.values())


def list_places(actor: Actor, mine: str, wanted: Mapping[str, Any]) -> Page[Place]:
    """A page of a mine's places by kind and code; filters `kind`, `status`, `closed`. Raises NotFound."""
    _require_places_in_reach(actor, mine)
    query = select(Place).where(Place.mine_id == mine)
    for name in ("kind", "status"):
        if name in wanted:
            query = query.where(getattr(Place, name) == wanted[name])
    if "closed" in wanted:
        query = query.where(Place.closed_on.is_not(None) == wanted["closed"])
    return page(query, Order((Place.kind, Place.code, Place.id)), wanted)


def get_place(actor: Actor, place: str) -> tuple[Place, Mine]:
    """One place and its mine. Raises NotFound."""
    in_reach = within(reach(actor, Verb.PLACE_READ), Mine.county_id, mine=Mine.id)
    found = db.session.execute(
        select(Place, Mine).join(Mine, Mine.id == Place.mine_id).where(Place.id == place, in_reach)
    ).one_or_none()
    if found is None:
        raise NotFound("not_found", noun="place")
    return found[0], found[1]


def _require_places_in_reach(actor: Actor, mine: str) -> None:
    in_reach = within(reach(actor, Verb.PLACE_READ), Mine.county_id, mine=Mine.id)
    if db.session.scalar(select(Mine.id).where(Mine.id == mine, in_reach)) is None:
        raise NotFound("not_found", noun="mine")
