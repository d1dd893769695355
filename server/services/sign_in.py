"""Signing in and out of the console: budgets for guessing, sessions, one-time links, passwords.

Every answer to a wrong sign-in is the same, whatever was wrong. An attempt is entered as failed before the
password is looked at, so that guesses made at the same instant cannot slip under the budget.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete

from patrol.errors import DomainError, Invalid, NotFound
from patrol.permissions import Actor
from server.db import db
from server.models.user import ConsoleSession, OneTimeLink, SignInAttempt, User
from server.passwords import check_strength, current_passwords
from server.queries import users
from server.services import audit
from server.services.versions import locked
from server.tokens import derived, hash_of, new_secret

WINDOW = timedelta(minutes=5)
FAILURES_A_LOGIN = 10
FAILURES_AN_ADDRESS = 30
#: An address from which the person has signed in before is not shut out by guesses from elsewhere.
KNOWN_FOR = timedelta(days=30)
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
SESSIONS_A_PERSON = 3
ATTEMPTS_KEPT_FOR = KNOWN_FOR + timedelta(days=1)


class WrongCredentials(DomainError):
    """Login or password is wrong, or the person is disabled, or has no password yet: never said which."""

    code = "wrong_credentials"


class TooManyAttempts(DomainError):
    """The budget of this login or address is used up for some minutes."""

    code = "too_many_attempts"


class LinkUnusable(Invalid):
    """The link is unknown, used or expired: never said which."""

    code = "link_unusable"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try, entered already; its password is still to be checked."""

    row: int
    user: str | None
    stored: str | None


class NewSession(NamedTuple):
    """What the browser gets: the cookie's value and the token it sends back with every change."""

    token: str
    csrf_token: str
    expires_at: datetime


def enter_attempt(login: str, address: str, now: datetime) -> Attempt:
    """Enter the attempt as failed. Raises TooManyAttempts, and then nothing is entered."""
    lowered = login.lower()
    _check_budget(lowered, address, now)
    attempt = SignInAttempt(login=lowered, address=address, at=now, succeeded=False)
    db.session.add(attempt)
    same = (SignInAttempt.login == lowered) | (SignInAttempt.address == address)
    outdated = SignInAttempt.at < now - ATTEMPTS_KEPT_FOR
    db.session.execute(delete(SignInAttempt).where(same, outdated))
    db.session.flush()
    user = users.find_user_by_login(lowered)
    usable = user if user is not None and user.disabled_at is None else None
    if usable is None:
        return Attempt(attempt.id, None, None)
    return Attempt(attempt.id, usable.id, usable.password_hash)


def check_password(attempt: Attempt, password: str) -> None:
    """Check outside any transaction: hashing is slow on purpose. Raises WrongCredentials."""
    if not current_passwords().fits(attempt.stored, password):
        raise WrongCredentials


def open_session(attempt: Attempt, now: datetime) -> NewSession:
    """Open a new session for the attempt's person; the oldest ones beyond three end."""
    user = locked(db.session.get_one(User, attempt.user))
    # Disabled, or another password since it was checked.
    if user.disabled_at is not None or user.password_hash != attempt.stored:
        raise WrongCredentials
    db.session.get_one(SignInAttempt, attempt.row).succeeded = True
    for old in users.list_sessions(user.id, now)[SESSIONS_A_PERSON - 1 :]:
        db.session.delete(old)
    secret = new_secret()
    row = ConsoleSession(
        token_hash=secret.hash,
        user_id=user.id,
        created_at=now,
        last_seen_at=now,
        expires_at=now + ABSOLUTE,
    )
    db.session.add(row)
    return NewSession(secret.token, csrf_token(secret.token), row.expires_at)


def csrf_token(session_token: str) -> str:
    """The token that a session's pages send back with every change."""
    return derived(session_token, "csrf")


def is_alive(session: ConsoleSession, now: datetime) -> bool:
    """Whether the session is neither idle for too long nor too old."""
    return now < session.expires_at and now < session.last_seen_at + IDLE


def note_seen(token_hash: str, now: datetime) -> None:
    """Keep the session from counting as idle."""
    session = db.session.get(ConsoleSession, token_hash)
    if session is not None:
        session.last_seen_at = max(now, session.last_seen_at)


def sign_out(session: ConsoleSession | None) -> None:
    """End one session, at once; a phone has none to end."""
    if session is not None:
        db.session.delete(session)


def end_session(actor: Actor, session_id: str) -> None:
    """End one of the actor's own sessions by its short id. Raises NotFound."""
    own = ConsoleSession.user_id == actor.person
    named = ConsoleSession.token_hash.startswith(session_id, autoescape=True)
    ended = db.session.execute(delete(ConsoleSession).where(own, named).returning(ConsoleSession.user_id))
    if ended.first() is None:
        raise NotFound("not_found", noun="session")


def check_link(token: str, password: str, now: datetime) -> str:
    """Look at a link and the password before any transaction; returns the password's hash.

    Raises LinkUnusable, PasswordTooWeak.
    """
    user = _holder(users.find_link(hash_of(token)), now)
    check_strength(password, user.login)
    return current_passwords().hash(password)


def use_link(token: str, password_hash: str, now: datetime) -> None:
    """Set the password with a one-time link and end all sessions. Raises LinkUnusable."""
    link = users.find_link(hash_of(token), lock=True)
    user = locked(_holder(link, now))
    if link is not None:
        link.used_at = now
    _set_password(user, password_hash, now)


def hash_new_password(password: str, login: str) -> str:
    """The hash of a password that a signed-in person chose. Raises PasswordTooWeak."""
    check_strength(password, login)
    return current_passwords().hash(password)


def change_password(actor: Actor, attempt: Attempt, password_hash: str, now: datetime) -> None:
    """Set a new password after the current one was checked; every session ends."""
    user = locked(db.session.get_one(User, actor.person))
    if user.password_hash != attempt.stored:
        raise WrongCredentials
    db.session.get_one(SignInAttempt, attempt.row).succeeded = True
    _set_password(user, password_hash, now)


def _holder(link: OneTimeLink | None, now: datetime) -> User:
    if link is None or link.used_at is not None or link.expires_at <= now:
        raise LinkUnusable
    user = db.session.get_one(User, link.user_id)
    if user.disabled_at is not None:
        raise LinkUnusable
    return user


def _set_password(user: User, password_hash: str, now: datetime) -> None:
    before = audit.snapshot(user)
    user.password_hash = password_hash
    user.version += 1
    db.session.execute(delete(ConsoleSession).where(ConsoleSession.user_id == user.id))
    audit.record_own(user, now, "password.set", before)


def _check_budget(login: str, address: str, now: datetime) -> None:
    since = now - WINDOW
    failures = users.count_failures
    if failures(SignInAttempt.address, address, since) >= FAILURES_AN_ADDRESS:
        raise TooManyAttempts(retry_after_s=int(WINDOW.total_seconds()))
    own = SignInAttempt.address == address
    if users.has_signed_in_from(login, address, now - KNOWN_FOR):
        spent = failures(SignInAttempt.login, login, since, own)
    else:
        spent = failures(SignInAttempt.login, login, since)
    if spent >= FAILURES_A_LOGIN:
        raise TooManyAttempts(retry_after_s=int(WINDOW.total_seconds()))
