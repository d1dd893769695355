"""Keeps the place register of mines: the office registers, confirms or declines what phones propose, and closes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from patrol.errors import Conflict
from patrol.mines import Place as PlaceValue
from patrol.mines import check_place
from patrol.periods import local_date
from patrol.permissions import Actor, Verb, require
from server.db import db
from server.models.mine import Mine, Place
from server.queries.mines import get_mine, get_place, place_values
from server.queries.reach import subject_of
from server.services import audit, vocabulary
from server.services.coverage import refresh_mine
from server.services.feed import emit
from server.services.versions import change, locked
from server.tokens import new_id


def register_place(actor: Actor, mine_id: str, given: Mapping[str, Any], now: datetime) -> Place:
    """Register a place, confirmed at once. Raises Conflict when its code is in use, Invalid for its kind."""
    mine = get_mine(actor, mine_id)
    require(actor, Verb.PLACE_WRITE, subject_of(mine))
    vocabulary.check_place_kind(mine.county_id, given["kind"], local_date(now))
    seq = emit(db.session(), f"mine:{mine.id}")
    place = Place(id=new_id(), mine_id=mine.id, status="confirmed", feed_seq=seq, **given)
    check_place(_value(place), place_values(mine.id))
    db.session.add(place)
    audit.record(actor, now, Verb.PLACE_WRITE, place, None)
    refresh_mine(mine, place.opened_on, now)
    return place


def change_place(actor: Actor, place_id: str, expected: int | None, given: Mapping[str, Any], now: datetime) -> Place:
    """Correct a place. Raises Outdated, Conflict, Invalid, NotFound."""
    place, mine = get_place(actor, place_id)
    require(actor, Verb.PLACE_WRITE, subject_of(mine))
    if "kind" in given:
        vocabulary.check_place_kind(mine.county_id, given["kind"], local_date(now))
    return _changed(Deed(actor, Verb.PLACE_WRITE, now), mine, place, (expected, given))


def confirm_place(actor: Actor, place_id: str, expected: int | None, now: datetime) -> Place:
    """Take a proposed place into the register: from now on it counts for coverage."""
    return _accept(actor, place_id, expected, "confirmed", now)


def decline_place(actor: Actor, place_id: str, expected: int | None, now: datetime) -> Place:
    """Refuse a proposed place; what was answered there stays."""
    return _accept(actor, place_id, expected, "declined", now)


def close_place(actor: Actor, place_id: str, expected: int | None, last_day: date, now: datetime) -> Place:
    """Say on which day the place was last in use. Never deletes it."""
    place, mine = get_place(actor, place_id)
    require(actor, Verb.PLACE_WRITE, subject_of(mine))
    return _changed(Deed(actor, Verb.PLACE_WRITE, now), mine, place, (expected, {"closed_on": last_day}))


def _accept(actor: Actor, place_id: str, expected: int | None, status: str, now: datetime) -> Place:
    place, mine = get_place(actor, place_id)
    require(actor, Verb.PLACE_ACCEPT, subject_of(mine))
    if place.status != "proposed":
        raise Conflict("place_not_proposed", place=place.id, status=place.status)
    return _changed(Deed(actor, Verb.PLACE_ACCEPT, now), mine, place, (expected, {"status": status}))


@dataclass(frozen=True, slots=True)
class Deed:
    """Who does what, and when."""

    actor: Actor
    verb: Verb
    now: datetime


def _changed(deed: Deed, mine: Mine, place: Place, wanted: tuple[int | None, Mapping[str, Any]]) -> Place:
    seq = emit(db.session(), f"mine:{mine.id}")
    before = audit.snapshot(locked(place))
    was = _value(place)
    expected, values = wanted
    change(place, expected, values)
    if place.status == "confirmed":
        check_place(_value(place), place_values(mine.id))
    place.feed_seq = seq
    audit.record(deed.actor, deed.now, deed.verb, place, before)
    refresh_mine(mine, _first_difference(was, _value(place)), deed.now)
    return place


def _first_difference(was: PlaceValue, now_is: PlaceValue) -> date:
    """The first day on which the register may be another one."""
    if (was.kind, was.code, was.opened_on) != (now_is.kind, now_is.code, now_is.opened_on):
        return min(was.opened_on, now_is.opened_on)
    ends = [day for day in (was.closed_on, now_is.closed_on) if day is not None]
    return min(ends, default=was.opened_on)


def _value(place: Place) -> PlaceValue:
    return PlaceValue(place.id, place.mine_id, place.kind, place.code, place.opened_on, place.closed_on)
