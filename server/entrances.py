"""The ways in, for the API and the pages alike: short transactions with the slow and the failing work between them.

A try is entered as failed before it is looked at, and stays entered when the look ends in an error.
"""

from collections.abc import Sequence
from datetime import datetime

from patrol.errors import Conflict
from patrol.permissions import Actor
from server.db import db, transaction
from server.models.user import ConsoleSession, User
from server.queries import me
from server.services import attempts, recovery, second_factor, sessions, sign_in
from server.services.sessions import NewSession, Place, ProofRequired, SecondFactorRequired


def enter(login: str, password: str, place: Place, now: datetime) -> NewSession:
    """Sign in with a password; the session may still await a second factor. Raises WrongCredentials."""
    with transaction():
        attempt = sign_in.enter_attempt(login, place.address, now)
    sign_in.check_password(attempt, password)
    with transaction():
        return sign_in.open_session(attempt, place, now)


def pass_code(session: ConsoleSession, code: str, now: datetime) -> NewSession:
    """Finish a sign-in with the second factor: a new session in the place of the old. Raises WrongCode."""
    user, token_hash = session.user_id, session.token_hash
    attempt = _enter_code(user, now)
    with transaction():
        second_factor.check(db.session.get_one(User, user), attempt, code, now)
        return sessions.open_after_code(db.session.get_one(ConsoleSession, token_hash), now)


def enrol(session: ConsoleSession, code: str, now: datetime) -> tuple[NewSession, Sequence[str]]:
    """Confirm an authenticator with its first code: a new session, and recovery codes. Raises WrongCode, Conflict."""
    user, token_hash = session.user_id, session.token_hash
    attempt = _enter_code(user, now)
    with transaction():
        codes = second_factor.confirm(db.session.get_one(User, user), attempt, code, now)
        return sessions.open_after_code(db.session.get_one(ConsoleSession, token_hash), now), codes


def prove(session: ConsoleSession | None, code: str | None, now: datetime) -> None:
    """See that the second factor is fresh, or take it now. Whoever may do without one has none to give.

    Raises ProofRequired, WrongCode.
    """
    if session is None:
        raise ProofRequired
    if sessions.is_proved(session, now) or not second_factor.is_enrolled(session.user_id):
        return
    if not code:
        raise ProofRequired
    attempt = _enter_code(session.user_id, now)
    with transaction():
        sessions.prove(session, attempt, code, now)


def set_password(token: str, password: str, code: str | None, now: datetime) -> Sequence[str]:
    """Choose a password with a link; a reset's link does nothing without the person's own second factor.

    Gives recovery codes to whoever needs no authenticator. Raises LinkUnusable, PasswordTooWeak, WrongCode.
    """
    user, purpose = sign_in.look_at_link(token, now)
    if purpose == sign_in.SECOND_FACTOR:
        raise sign_in.LinkUnusable
    hashed = sign_in.hash_new_password(password, user)
    if purpose == sign_in.RESET:
        _prove_person(user.id, code, now)
    with transaction():
        return sign_in.use_link(token, hashed, now)


def renew_second_factor(token: str, password: str, place: Place, now: datetime) -> None:
    """Take a lost authenticator away with a link, which does nothing without the person's own password."""
    user, _ = sign_in.look_at_link(token, now)
    with transaction():
        attempt = sign_in.enter_attempt(user.login or "", place.address, now)
    sign_in.check_password(attempt, password)
    with transaction():
        sign_in.renew_second_factor(token, attempt, now)


def change_password(actor: Actor, current: str, wanted: str, place: Place, now: datetime) -> None:
    """Choose a new password while signed in; every session ends. Raises WrongCredentials, PasswordTooWeak."""
    login = me.login_of(actor)
    with transaction():
        attempt = sign_in.enter_attempt(login, place.address, now)
    sign_in.check_password(attempt, current)
    hashed = sign_in.hash_new_password(wanted, db.session.get_one(User, actor.person))
    with transaction():
        sign_in.change_password(actor, attempt, hashed, now)


def _prove_person(user: str, code: str | None, now: datetime) -> None:
    if not second_factor.is_enrolled(user) and not recovery.left(user):
        raise Conflict("nothing_to_prove_with")
    if not code:
        raise SecondFactorRequired
    attempt = _enter_code(user, now)
    with transaction():
        second_factor.check(db.session.get_one(User, user), attempt, code, now)


def _enter_code(user: str, now: datetime) -> int:
    with transaction():
        return attempts.enter_code(user, now)
