"""Phones, their enrolment codes and their tokens, as read for a decision. Locks what it says it locks."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select

from patrol.errors import NotFound
from patrol.permissions import Actor, Verb, reach
from server import direct
from server.db import UtcDateTime, db
from server.models.device import Device, DeviceToken, EnrolmentCode
from server.models.segment import Chain
from server.models.user import User
from server.queries.paging import Order, Page, page
from server.queries.reach import within


def lock_device(device_id: str) -> Device | None:
    """The phone of that id, whatever its state, locked until the commit: tries are counted and tokens renewed one at
    a time.
    """
    wanted = select(Device).where(Device.id == device_id)
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def lock_code(code_hash: str) -> EnrolmentCode | None:
    """An enrolment code by its hash, locked until the commit: two phones cannot both use it."""
    wanted = select(EnrolmentCode).where(EnrolmentCode.code_hash == code_hash)
    return db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))


def token(token_hash: str, device_id: str) -> DeviceToken | None:
    """A token of that phone, of any kind, expired or not."""
    return db.session.scalar(
        select(DeviceToken).where(DeviceToken.token_hash == token_hash, DeviceToken.device_id == device_id)
    )


#: Whose access token it is.
ACCESS = (
    select(
        Device.id,
        Device.county_id,
        Device.team_id,
        Device.confirmed_at,
        Device.revoked_at,
        DeviceToken.used_at,
    )
    .join(DeviceToken, DeviceToken.device_id == Device.id)
    .where(
        DeviceToken.token_hash == bindparam("token_hash"),
        DeviceToken.kind == "access",
        DeviceToken.expires_at > bindparam("now", type_=UtcDateTime),
    )
)


def access(token_hash: str, now: datetime) -> Any:
    """The phone of an access token that has not expired, and when the token was first used; or None."""
    found = direct.ask(ACCESS, {"token_hash": token_hash, "now": now})
    return found[0] if found else None


def newest_generation(device_id: str, *, used: bool = False) -> int:
    """The newest generation of tokens handed out to the phone, or of those that it has used; 0 where there is none."""
    wanted = select(DeviceToken.generation).where(DeviceToken.device_id == device_id)
    if used:
        wanted = wanted.where(DeviceToken.used_at.is_not(None))
    return db.session.scalar(wanted.order_by(DeviceToken.generation.desc()).limit(1)) or 0


def list_devices(actor: Actor, wanted: Mapping[str, Any]) -> Page[Device]:
    """A page of phones by enrolment, newest first; filters `team`, `revoked`."""
    query = select(Device).where(_in_reach(actor))
    if "team" in wanted:
        query = query.where(Device.team_id == wanted["team"])
    if "revoked" in wanted:
        query = query.where(Device.revoked_at.is_not(None) == wanted["revoked"])
    return page(query, Order((Device.enrolled_at, Device.id), newest_first=True), wanted)


def get_device(actor: Actor, device: str) -> Device:
    """One phone. Raises NotFound."""
    found = db.session.scalar(select(Device).where(Device.id == device, _in_reach(actor)))
    if found is None:
        raise NotFound("not_found", noun="device")
    return found


def writers_on(device: str) -> Sequence[Any]:
    """Who wrote on the phone, in the order of beginning: (name, opened_at, head_seq, closed_at) a chain."""
    told = select(User.name, Chain.opened_at, Chain.head_seq, Chain.closed_at)
    on_it = told.join(User, User.id == Chain.user_id).where(Chain.device_id == device)
    return db.session.execute(on_it.order_by(Chain.opened_at)).all()


def _in_reach(actor: Actor) -> ColumnElement[bool]:
    seen = reach(actor, Verb.DEVICE_READ)
    return within(seen, Device.county_id, team=Device.team_id, person=Device.id)
