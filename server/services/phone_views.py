"""The phones as the console shows them. Reads only."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from patrol.permissions import Actor
from server.models.device import Device
from server.queries.devices import get_device, list_devices, writers_on
from server.queries.people import names_of, names_of_subjects
from server.queries.teams import list_teams

#: A phone that has told nothing for three days may hold work that nobody knows of.
SILENT = timedelta(days=3)
#: A clock further off than this makes the phone's own times useless.
CLOCK_OFF_MS = 5 * 60_000
_ALL = {"limit": 500}


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
    return {
        **_phone(phone, names_of_subjects([("team", phone.team_id)]), now),
        "writers": writers_on(phone.id),
        "names": names_of((phone.confirmed_by, phone.revoked_by)),
    }


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
