"""What the caller may know about itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from patrol.errors import NotFound
from patrol.permissions import Actor
from server.db import db
from server.models.county import County
from server.models.device import Device
from server.models.user import ConsoleSession, User
from server.queries import users

#: How much of a session's hash names it to its owner.
SESSION_ID_LENGTH = 16


def describe(actor: Actor, session: ConsoleSession | None, csrf_token: str | None) -> dict[str, Any]:
    """Who the actor is, its county, and where its role holds."""
    told = {
        "county": db.session.get_one(County, actor.county),
        "role": actor.role.value,
        "team_id": actor.team,
        "mine_ids": sorted(actor.contracted | actor.mines),
    }
    if session is None:
        device = db.session.get_one(Device, actor.person)
        return told | {"kind": "device", "id": device.id, "name": device.label}
    user = db.session.get_one(User, actor.person)
    kept = {"csrf_token": csrf_token, "session_expires_at": session.expires_at}
    return told | kept | {"kind": "person", "id": user.id, "name": user.name}


def list_sessions(actor: Actor, current: ConsoleSession | None, now: datetime) -> Sequence[dict[str, Any]]:
    """The actor's own sign-ins, newest first; a phone has none."""
    here = current.token_hash if current else None
    return [
        {
            "id": row.token_hash[:SESSION_ID_LENGTH],
            "created_at": row.created_at,
            "last_seen_at": row.last_seen_at,
            "expires_at": row.expires_at,
            "current": row.token_hash == here,
            "address": row.address,
            "browser": row.browser,
        }
        for row in users.list_sessions(actor.person, now)
    ]


def login_of(actor: Actor) -> str:
    """The login of the actor. Raises NotFound for a phone, which has none."""
    user = db.session.get(User, actor.person)
    if user is None or user.login is None:
        raise NotFound("not_found", noun="account")
    return user.login
