"""Sessions of the console: how long they live, what is still to be done before one may be used, and how they end."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete

from patrol.errors import DomainError, NotAllowed, NotFound
from patrol.periods import local_date
from patrol.permissions import Actor
from server.db import db
from server.models.user import ConsoleSession, User
from server.queries import actors, users
from server.services import audit, second_factor
from server.tokens import derived, hash_of, new_secret

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
#: A sign-in whose second half is missing.
UNFINISHED = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=1)
A_PERSON = 3
#: So long a second factor proves who sits there, for what much depends on.
FRESH = timedelta(minutes=5)
CODE, ENROLMENT = "code", "enrolment"
OPEN = "session.open"
_LONGEST_BROWSER = 200


class ProofRequired(NotAllowed):
    """Much depends on this: the second factor must have been given within the last minutes."""

    code = "proof_required"


class SecondFactorRequired(DomainError):
    """The password is right; the second factor is missing."""

    code = "second_factor_required"


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody signs in, so that they know it again in the list of their sessions."""

    address: str
    browser: str = ""


@dataclass(frozen=True, slots=True)
class NewSession:
    """What the browser gets: the cookie's value and the token it sends back with every change."""

    token: str
    csrf_token: str
    expires_at: datetime
    awaits: str | None


def open_after_password(user: User, place: Place, now: datetime) -> NewSession:
    """Open the session of somebody whose password was right; it may still await the second factor."""
    awaits = _missing(user, now)
    for old in users.list_sessions(user.id, now)[A_PERSON - 1 :]:
        db.session.delete(old)
    row = ConsoleSession(user_id=user.id, created_at=now, address=place.address, awaits=awaits)
    row.browser = place.browser[:_LONGEST_BROWSER]
    if awaits is None:
        audit.record_own(user, now, OPEN, audit.snapshot(user))
    return _opened(row, now, UNFINISHED if awaits else ABSOLUTE)


def open_after_code(old: ConsoleSession, now: datetime) -> NewSession:
    """The whole session in the place of one that awaited the second factor; whoever gains rights gets another id."""
    row = ConsoleSession(user_id=old.user_id, created_at=now, address=old.address, browser=old.browser, proved_at=now)
    db.session.delete(old)
    user = db.session.get_one(User, old.user_id)
    audit.record_own(user, now, OPEN, audit.snapshot(user))
    return _opened(row, now, ABSOLUTE)


def prove(session: ConsoleSession, attempt: int, code: str, now: datetime) -> None:
    """Give the second factor again. Raises WrongCode."""
    second_factor.check(db.session.get_one(User, session.user_id), attempt, code, now)
    db.session.get_one(ConsoleSession, session.token_hash).proved_at = now


def is_proved(session: ConsoleSession | None, now: datetime) -> bool:
    """Whether the second factor was given within the last minutes."""
    return session is not None and session.proved_at is not None and now - session.proved_at <= FRESH


def is_alive(session: ConsoleSession, now: datetime) -> bool:
    """Whether the session is neither idle for too long nor too old."""
    return now < session.expires_at and now < session.last_seen_at + IDLE


def note_seen(token_hash: str, now: datetime) -> None:
    """Keep the session from counting as idle."""
    session = db.session.get(ConsoleSession, token_hash)
    if session is not None:
        session.last_seen_at = max(now, session.last_seen_at)


def end(session: ConsoleSession | None) -> None:
    """End one session, at once; a phone has none to end."""
    if session is not None:
        db.session.execute(delete(ConsoleSession).where(ConsoleSession.token_hash == session.token_hash))


def end_own(actor: Actor, session_id: str) -> None:
    """End one of the actor's own sessions by its short id. Raises NotFound."""
    own = ConsoleSession.user_id == actor.person
    named = ConsoleSession.token_hash.startswith(session_id, autoescape=True)
    ended = db.session.execute(delete(ConsoleSession).where(own, named).returning(ConsoleSession.user_id))
    if ended.first() is None:
        raise NotFound("not_found", noun="session")


def end_all(user: str) -> None:
    """End every session of a person: another password, another role, or none any more."""
    db.session.execute(delete(ConsoleSession).where(ConsoleSession.user_id == user))


def csrf_token(session_token: str) -> str:
    """The token that a session's pages send back with every change."""
    return derived(session_token, "csrf")


def find(token: str) -> tuple[ConsoleSession, User] | None:
    """The session of a cookie, and whose it is."""
    return users.find_session(hash_of(token))


def _missing(user: User, now: datetime) -> str | None:
    if second_factor.is_enrolled(user.id):
        return CODE
    actor = actors.find_actor(user, local_date(now))
    return ENROLMENT if actor is not None and actor.role in second_factor.NEEDED_BY else None


def _opened(row: ConsoleSession, now: datetime, lives: timedelta) -> NewSession:
    secret = new_secret()
    row.token_hash, row.last_seen_at, row.expires_at = secret.hash, now, now + lives
    db.session.add(row)
    return NewSession(secret.token, csrf_token(secret.token), row.expires_at, row.awaits)
