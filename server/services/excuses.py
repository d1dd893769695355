"""Excuses a mine from its duties for some days, and withdraws excuses; both with who and when."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from patrol.errors import Conflict, Invalid
from patrol.permissions import Actor, Verb, require
from server.db import db
from server.models.contract import Excuse
from server.queries.contracts import find_duty_mine, get_excuse
from server.queries.reach import subject_of
from server.services import audit
from server.services.versions import locked
from server.tokens import new_id


def grant_excuse(actor: Actor, given: Mapping[str, Any], now: datetime) -> Excuse:
    """Excuse a mine. Raises Invalid when it ends before it begins, NotFound for a foreign mine."""
    mine = find_duty_mine(actor, given["mine_id"])
    require(actor, Verb.DUTY_EXCUSE, subject_of(mine))
    if given["until_date"] < given["from_date"]:
        raise Invalid("excuse_ends_before_it_begins")
    excuse = Excuse(id=new_id(), county_id=mine.county_id, excused_by=actor.person, excused_at=now, **given)
    db.session.add(excuse)
    audit.record(actor, now, Verb.DUTY_EXCUSE, excuse, None)
    return excuse


def withdraw_excuse(actor: Actor, excuse_id: str, now: datetime) -> Excuse:
    """Withdraw an excuse: the duty is owed again. Raises Conflict when it was withdrawn before."""
    excuse = get_excuse(actor, excuse_id)
    mine = find_duty_mine(actor, excuse.mine_id)
    require(actor, Verb.DUTY_EXCUSE, subject_of(mine))
    before = audit.snapshot(locked(excuse))
    if excuse.withdrawn_at is not None:
        raise Conflict("excuse_withdrawn", excuse=excuse.id)
    excuse.withdrawn_at = now
    audit.record(actor, now, Verb.DUTY_EXCUSE, excuse, before)
    return excuse
