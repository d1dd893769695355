"""Signing in with a password, choosing one with a one-time link, and changing it.

Every answer to a wrong sign-in is the same, whatever was wrong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from patrol.errors import DomainError, Invalid
from patrol.periods import local_date
from patrol.permissions import Actor
from server.db import db
from server.models.user import OneTimeLink, User
from server.passwords import check_strength, current_passwords
from server.queries import actors, users
from server.services import attempts, audit, recovery, second_factor, sessions
from server.services.sessions import NewSession, Place
from server.services.versions import locked
from server.tokens import hash_of

FIRST, RESET, SECOND_FACTOR = "first", "reset", "second_factor"


class WrongCredentials(DomainError):
    """Login or password is wrong, or the person is disabled, or has no password yet: never said which."""

    code = "wrong_credentials"


class LinkUnusable(Invalid):
    """The link is unknown, used or expired: never said which."""

    code = "link_unusable"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, entered already; its password is still to be checked."""

    row: int
    user: str | None
    stored: str | None


def enter_attempt(login: str, address: str, now: datetime) -> Attempt:
    """Enter the attempt as failed. Raises TooManyAttempts, and then nothing is entered."""
    row = attempts.enter_login(login.lower(), address, now)
    user = users.find_user_by_login(login.lower())
    usable = user if user is not None and user.disabled_at is None else None
    if usable is None:
        return Attempt(row, None, None)
    return Attempt(row, usable.id, usable.password_hash)


def check_password(attempt: Attempt, password: str) -> None:
    """Check outside any transaction: hashing is slow on purpose. Raises WrongCredentials."""
    if not current_passwords().fits(attempt.stored, password):
        raise WrongCredentials


def open_session(attempt: Attempt, place: Place, now: datetime) -> NewSession:
    """Open a new session for the attempt's person; the oldest ones beyond three end."""
    user = _checked(attempt)
    return sessions.open_after_password(user, place, now)


def look_at_link(token: str, now: datetime) -> tuple[User, str]:
    """Whose link it is and for what. Raises LinkUnusable."""
    link = users.find_link(hash_of(token))
    user = _holder(link, now)
    assert link is not None  # noqa: S101 - _holder refused it otherwise
    return user, link.purpose


def use_link(token: str, password_hash: str, now: datetime) -> Sequence[str]:
    """Set the password with a link and end all sessions; gives recovery codes to whoever needs no authenticator.

    A reset's second factor was checked before. Raises LinkUnusable.
    """
    link = users.find_link(hash_of(token), lock=True)
    user = locked(_holder(link, now))
    if link is not None:
        link.used_at = now
    _set_password(user, password_hash, now)
    return recovery.renew(user, now) if link is not None and _needs_codes(user, link.purpose, now) else ()


def renew_second_factor(token: str, attempt: Attempt, now: datetime) -> None:
    """Take an authenticator away with a link, after the password was checked. Raises LinkUnusable."""
    link = users.find_link(hash_of(token), lock=True)
    user = locked(_holder(link, now))
    if link is None or link.purpose != SECOND_FACTOR or user.id != _checked(attempt).id:
        raise LinkUnusable
    link.used_at = now
    second_factor.forget(user.id)
    sessions.end_all(user.id)
    audit.record_own(user, now, "second_factor.renew", audit.snapshot(user))


def hash_new_password(password: str, user: User) -> str:
    """The hash of a password that somebody chose. Raises PasswordTooWeak."""
    check_strength(password, users.names_around(user))
    return current_passwords().hash(password)


def change_password(actor: Actor, attempt: Attempt, password_hash: str, now: datetime) -> None:
    """Set a new password after the current one was checked; every session ends."""
    user = locked(db.session.get_one(User, actor.person))
    if user.password_hash != attempt.stored:
        raise WrongCredentials
    attempts.succeed(attempt.row)
    _set_password(user, password_hash, now)


def _checked(attempt: Attempt) -> User:
    user = locked(db.session.get_one(User, attempt.user))
    # Disabled, or another password since it was checked.
    if user.disabled_at is not None or user.password_hash != attempt.stored:
        raise WrongCredentials
    attempts.succeed(attempt.row)
    return user


def _holder(link: OneTimeLink | None, now: datetime) -> User:
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkUnusable
    user = db.session.get_one(User, link.user_id)
    if user.disabled_at is not None:
        raise LinkUnusable
    return user


def _needs_codes(user: User, purpose: str, now: datetime) -> bool:
    actor = actors.find_actor(user, local_date(now))
    return purpose == FIRST and (actor is None or actor.role not in second_factor.NEEDED_BY)


def _set_password(user: User, password_hash: str, now: datetime) -> None:
    before = audit.snapshot(user)
    user.password_hash = password_hash
    user.version += 1
    sessions.end_all(user.id)
    audit.record_own(user, now, "password.set", before)
