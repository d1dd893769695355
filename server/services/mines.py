"""Registers mines and records their dated attributes. History is added to, never rewritten."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from patrol.errors import Conflict, Invalid
from patrol.periods import local_date
from patrol.permissions import Actor, Subject, Verb, require
from server.db import db
from server.models.mine import Mine, MineAttribute
from server.queries.mines import get_mine, get_place
from server.queries.reach import subject_of
from server.services import audit, vocabulary
from server.services.coverage import refresh_mine
from server.services.feed import emit
from server.services.versions import change, locked
from server.tokens import new_id


def register_mine(actor: Actor, given: Mapping[str, Any], now: datetime) -> Mine:
    """Register a mine of the actor's county. Raises Conflict when its code is taken there."""
    require(actor, Verb.MINE_WRITE, Subject(actor.county))
    _check_position(given)
    _check_code(actor.county, given["code"], None)
    mine = Mine(id=new_id(), county_id=actor.county, **given)
    mine.feed_seq = emit(db.session(), _stream(mine.id))
    db.session.add(mine)
    audit.record(actor, now, Verb.MINE_WRITE, mine, None)
    return mine


def change_mine(actor: Actor, mine_id: str, expected: int | None, given: Mapping[str, Any], now: datetime) -> Mine:
    """Correct a mine's master data. Raises Outdated, Conflict, Invalid, NotFound."""
    mine = get_mine(actor, mine_id)
    require(actor, Verb.MINE_WRITE, subject_of(mine))
    seq = emit(db.session(), _stream(mine.id))
    before = audit.snapshot(locked(mine))
    _check_code(mine.county_id, given.get("code", mine.code), mine.id)
    change(mine, expected, given)
    _check_position(audit.snapshot(mine))
    mine.feed_seq = seq
    audit.record(actor, now, Verb.MINE_WRITE, mine, before)
    return mine


def record_attribute(actor: Actor, mine_id: str, given: Mapping[str, Any], now: datetime) -> MineAttribute:
    """Record an attribute's value from a day on. Raises Invalid when the vocabulary knows no such value."""
    mine = get_mine(actor, mine_id)
    require(actor, Verb.MINE_WRITE, subject_of(mine))
    vocabulary.check_attribute(mine.county_id, given["name"], given["value"], local_date(now))
    _check_place(actor, mine, given.get("place_id"))
    entry = MineAttribute(id=new_id(), mine_id=mine.id, recorded_by=actor.person, recorded_at=now, **given)
    entry.feed_seq = emit(db.session(), _stream(mine.id))
    db.session.add(entry)
    audit.record(actor, now, Verb.MINE_WRITE, entry, None)
    refresh_mine(mine, entry.from_date, now)
    return entry


def _check_place(actor: Actor, mine: Mine, place: str | None) -> None:
    if place is not None and get_place(actor, place)[1].id != mine.id:
        raise Invalid("place_of_another_mine", place=place)


def _check_code(county: str, code: str, own: str | None) -> None:
    query = select(Mine.id).where(Mine.county_id == county, Mine.code == code)
    taken = db.session.scalar(query)
    if taken not in (None, own):
        raise Conflict("mine_code_taken", code=code, mine=taken)


def _check_position(given: Mapping[str, Any]) -> None:
    parts = [given.get(name) for name in ("latitude", "longitude", "datum")]
    if any(part is None for part in parts) and any(part is not None for part in parts):
        raise Invalid("position_incomplete")


def _stream(mine: str) -> str:
    return f"mine:{mine}"
