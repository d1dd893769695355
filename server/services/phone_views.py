"""The phones as the console shows them, and what was set aside from them (隔离区). Reads only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import select

from patrol.permissions import Actor
from server.db import db
from server.models.audit import AuditEntry
from server.models.device import Device
from server.models.segment import Chain, WithheldOperation
from server.models.team import Team
from server.models.user import User
from server.queries import withheld
from server.queries.devices import get_device, list_devices
from server.queries.paging import Page
from server.queries.teams import list_teams
from sync import operations as ops

#: A phone that has told nothing for three days may hold work that nobody knows of.
SILENT = timedelta(days=3)
#: A clock further off than this makes the phone's own times useless.
CLOCK_OFF_MS = 5 * 60_000
_ALL = {"limit": 500}
#: Under this verb the trail keeps why something stays set aside.
KEEP = "operation.keep"


def view_phones(actor: Actor, wanted: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """A page of phones, newest first, each with its team and what is wrong with it."""
    found = list_devices(actor, wanted)
    teams = list_teams(actor, _ALL).items
    names = {team.id: team.name for team in teams}
    return {
        "rows": [_phone(row, names, now) for row in found.items],
        "next": found.next,
        "teams": [(team.id, team.name) for team in teams if team.dissolved_on is None],
    }


def view_phone(actor: Actor, device: str, now: datetime) -> dict[str, Any]:
    """One phone with whoever wrote on it. Raises NotFound."""
    phone = get_device(actor, device)
    names: Sequence[Any] = db.session.execute(select(Team.id, Team.name).where(Team.id == phone.team_id)).all()
    writers = (
        select(User.name, Chain.opened_at, Chain.head_seq, Chain.closed_at)
        .join(User, User.id == Chain.user_id)
        .where(Chain.device_id == phone.id)
        .order_by(Chain.opened_at)
    )
    acted = {phone.confirmed_by, phone.revoked_by} - {None}
    return {
        **_phone(phone, {row.id: row.name for row in names}, now),
        "writers": db.session.execute(writers).all(),
        "names": _names({one for one in acted if one}),
    }


def view_withheld(actor: Actor, wanted: Mapping[str, Any]) -> Page[dict[str, Any]]:
    """A page of what was set aside, newest first, with who wrote it, what it says, and why it was kept so far."""
    found = withheld.list_withheld(actor, wanted)
    chains = _chains({row.chain_id for row in found.items})
    kept = _kept(actor, [row.uid for row in found.items])
    rows = [_withheld(row, chains[row.chain_id], kept.get(row.uid)) for row in found.items]
    return Page(rows, found.next)


def _phone(row: Device, teams: Mapping[str, str], now: datetime) -> dict[str, Any]:
    return {
        "phone": row,
        "team": teams.get(row.team_id, ""),
        "state": state_of(row),
        "silent": row.revoked_at is None and row.told_at is not None and now - row.told_at > SILENT,
        "clock_off": row.clock_error_ms is not None and abs(row.clock_error_ms) > CLOCK_OFF_MS,
    }


def state_of(row: Device) -> str:
    """`revoked`, `waiting` for the leader to type its digits, or `in_use`."""
    if row.revoked_at is not None:
        return "revoked"
    return "in_use" if row.confirmed_at is not None else "waiting"


def _withheld(row: WithheldOperation, chain: Any, kept: AuditEntry | None) -> dict[str, Any]:
    operation = ops.decode(row.data)
    return {
        "row": row,
        "person": chain.name or chain.user_id,
        "phone": chain.label,
        "kind": operation.kind,
        "said": _said(operation),
        "kept": None if kept is None or kept.after is None else kept.after.get("reason"),
    }


def _said(operation: Any) -> list[tuple[str, str]]:
    """The body's own words, name by name: nobody decides about what was not read."""
    body = msgspec.to_builtins(operation.body) if isinstance(operation.body, msgspec.Struct) else {}
    return [(name, str(value)) for name, value in body.items() if value not in (None, "", [], {})]


def _chains(ids: set[str]) -> dict[str, Any]:
    query = (
        select(Chain.id, Chain.user_id, User.name, Device.label)
        .outerjoin(User, User.id == Chain.user_id)
        .outerjoin(Device, Device.id == Chain.device_id)
        .where(Chain.id.in_(sorted(ids)))
    )
    return {row.id: row for row in db.session.execute(query)}


def _kept(actor: Actor, uids: Sequence[str]) -> dict[str, AuditEntry]:
    query = select(AuditEntry).where(
        AuditEntry.county_id == actor.county,
        AuditEntry.subject_kind == WithheldOperation.__tablename__,
        AuditEntry.subject_id.in_(uids),
        AuditEntry.verb == KEEP,
    )
    return {entry.subject_id: entry for entry in db.session.scalars(query.order_by(AuditEntry.id))}


def _names(people: set[str]) -> dict[str, str]:
    rows: Sequence[Any] = db.session.execute(select(User.id, User.name).where(User.id.in_(sorted(people)))).all()
    return {row.id: row.name for row in rows}
