"""Phones, their enrolment codes and their tokens, as read for a decision. Locks what it says it locks."""

from datetime import datetime

from sqlalchemy import select

from server.db import db
from server.models.device import Device, DeviceToken, EnrolmentCode


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


def access(token_hash: str, now: datetime) -> tuple[DeviceToken, Device] | None:
    """The access token, if it has not expired, with its phone."""
    wanted = select(DeviceToken, Device).join(Device, Device.id == DeviceToken.device_id)
    unexpired = (DeviceToken.kind == "access") & (DeviceToken.expires_at > now)
    found = db.session.execute(wanted.where(DeviceToken.token_hash == token_hash, unexpired)).first()
    return None if found is None else (found[0], found[1])


def newest_generation(device_id: str, *, used: bool = False) -> int:
    """The newest generation of tokens handed out to the phone, or of those that it has used; 0 where there is none."""
    wanted = select(DeviceToken.generation).where(DeviceToken.device_id == device_id)
    if used:
        wanted = wanted.where(DeviceToken.used_at.is_not(None))
    return db.session.scalar(wanted.order_by(DeviceToken.generation.desc()).limit(1)) or 0
