"""Adds people, gives them office roles, disables them and makes their one-time links.

Nobody chooses another's password.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import delete, select

from patrol.errors import Conflict, Invalid
from patrol.permissions import Actor, Subject, Verb, require
from server.db import db
from server.models.user import OneTimeLink, RoleGrant, User
from server.queries.mines import get_mine
from server.queries.reach import subject_of
from server.queries.users import get_role, get_user, list_roles, serves_in_team
from server.services import audit, sessions, sign_in
from server.services.versions import change, locked
from server.tokens import new_id, new_secret

LINK_LIFETIME = timedelta(minutes=60)


class Link(NamedTuple):
    """A one-time link as it is shown, once."""

    token: str
    path: str
    expires_at: datetime


def add_user(actor: Actor, given: Mapping[str, Any], now: datetime) -> User:
    """Add a person to the actor's county. Raises Conflict when the login is taken."""
    require(actor, Verb.USER_WRITE, Subject(actor.county))
    login = _free_login(given["login"], None)
    user = User(id=new_id(), county_id=actor.county, name=given["name"], login=login, created_at=now)
    db.session.add(user)
    audit.record(actor, now, Verb.USER_WRITE, user, None)
    return user


def change_user(actor: Actor, user_id: str, expected: int | None, given: Mapping[str, Any], now: datetime) -> User:
    """Correct a person's name or login. Raises Outdated, Conflict, NotFound."""
    user = get_user(actor, user_id)
    require(actor, Verb.USER_WRITE, subject_of(user))
    before = audit.snapshot(locked(user))
    values = dict(given)
    if "login" in values:
        values["login"] = _free_login(values["login"], user.id)
    change(user, expected, values)
    audit.record(actor, now, Verb.USER_WRITE, user, before)
    return user


def disable_user(actor: Actor, user_id: str, expected: int | None, now: datetime) -> User:
    """Shut a person out from their next request on. Raises Conflict for oneself: somebody must be left."""
    user = get_user(actor, user_id)
    require(actor, Verb.USER_WRITE, subject_of(user))
    if user.id == actor.person:
        raise Conflict("cannot_disable_oneself")
    before = audit.snapshot(locked(user))
    change(user, expected, {"disabled_at": user.disabled_at or now})
    sessions.end_all(user.id)
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.user_id == user.id))
    audit.record(actor, now, Verb.USER_WRITE, user, before)
    return user


def enable_user(actor: Actor, user_id: str, expected: int | None, now: datetime) -> User:
    """Let a person in again."""
    user = get_user(actor, user_id)
    require(actor, Verb.USER_WRITE, subject_of(user))
    before = audit.snapshot(locked(user))
    change(user, expected, {"disabled_at": None})
    audit.record(actor, now, Verb.USER_WRITE, user, before)
    return user


def grant_role(actor: Actor, user_id: str, given: Mapping[str, Any], now: datetime) -> RoleGrant:
    """Give a person an office role. Raises Conflict when they hold another role on one of the days."""
    user = get_user(actor, user_id)
    require(actor, Verb.USER_WRITE, subject_of(user))
    locked(user)
    _check_role(actor, user, given)
    role = RoleGrant(id=new_id(), user_id=user.id, county_id=user.county_id, **given)
    db.session.add(role)
    user.version += 1
    # Whoever gains or loses rights signs in anew.
    sessions.end_all(user.id)
    audit.record(actor, now, Verb.USER_WRITE, role, None)
    return role


def end_role(actor: Actor, role_id: str, last_day: date, now: datetime) -> RoleGrant:
    """Say on which day the role was last held. Raises Invalid when that is before its first."""
    role, user = get_role(actor, role_id)
    require(actor, Verb.USER_WRITE, subject_of(user))
    if user.id == actor.person:
        raise Conflict("cannot_end_own_role")
    before = audit.snapshot(locked(role))
    if last_day < role.from_date - timedelta(days=1):
        raise Invalid("role_ends_before_it_begins")
    if role.until_date is not None and last_day > role.until_date:
        raise Invalid("role_ended_already", until_date=role.until_date.isoformat())
    role.until_date = last_day
    sessions.end_all(user.id)
    audit.record(actor, now, Verb.USER_WRITE, role, before)
    return role


def make_link(actor: Actor, user_id: str, now: datetime) -> Link:
    """Make the link with which a person chooses a password; older unused ones stop working."""
    user = get_user(actor, user_id)
    require(actor, Verb.USER_WRITE, subject_of(user))
    if user.login is None or user.disabled_at is not None:
        raise Conflict("user_cannot_sign_in", user=user.id)
    link, row = new_link(user, sign_in.RESET if user.password_hash else sign_in.FIRST, now)
    audit.record(actor, now, Verb.USER_WRITE, row, None)
    return link


def make_second_factor_link(actor: Actor, user_id: str, now: datetime) -> Link:
    """Make the link with which a person takes their lost authenticator away; without their password it does nothing."""
    user = get_user(actor, user_id)
    require(actor, Verb.USER_WRITE, subject_of(user))
    if user.password_hash is None or user.disabled_at is not None:
        raise Conflict("user_cannot_sign_in", user=user.id)
    link, row = new_link(user, sign_in.SECOND_FACTOR, now)
    audit.record(actor, now, Verb.USER_WRITE, row, None)
    return link


def new_link(user: User, purpose: str, now: datetime) -> tuple[Link, OneTimeLink]:
    """Make a link without asking who asks: for the command that makes the first administrator."""
    unused = (OneTimeLink.user_id == user.id, OneTimeLink.used_at.is_(None))
    db.session.execute(delete(OneTimeLink).where(*unused))
    secret, expires = new_secret(), now + LINK_LIFETIME
    row = OneTimeLink(token_hash=secret.hash, user_id=user.id, purpose=purpose, created_at=now, expires_at=expires)
    db.session.add(row)
    # In the fragment, so that it is in no server's log and in no Referer.
    page = "/renew-second-factor" if purpose == sign_in.SECOND_FACTOR else "/set-password"
    return Link(secret.token, f"{page}#{secret.token}", expires), row


def _free_login(login: str | None, own: str | None) -> str | None:
    if login is None:
        return None
    lowered = login.lower()
    taken = db.session.scalar(select(User.id).where(User.login == lowered))
    if taken not in (None, own):
        raise Conflict("login_taken", login=lowered)
    return lowered


def _check_role(actor: Actor, user: User, given: Mapping[str, Any]) -> None:
    first, last = given["from_date"], given["until_date"]
    if last is not None and last < first:
        raise Invalid("role_ends_before_it_begins")
    if (given["role"] == "mine_user") != (given["mine_id"] is not None):
        raise Invalid("role_needs_mine" if given["mine_id"] is None else "role_has_no_mine")
    if given["mine_id"] is not None:
        get_mine(actor, given["mine_id"])
    if serves_in_team(user.id, first, last):
        raise Conflict("person_serves_in_team", person=user.id)
    for other in list_roles(user.id):
        _check_beside(other, given)


def _check_beside(other: RoleGrant, given: Mapping[str, Any]) -> None:
    """One role a person at a time; a mine user may hold it for several mines."""
    first, last = given["from_date"], given["until_date"]
    shared = (other.until_date is None or other.until_date >= first) and (last is None or other.from_date <= last)
    same = (other.role, other.mine_id) == (given["role"], given["mine_id"])
    if shared and (same or other.role != given["role"]):
        raise Conflict("person_has_role", role=other.role, grant=other.id)
