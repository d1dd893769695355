"""Budgets for guessing: how often a login, an address or somebody's second factor may be tried in vain."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from patrol.errors import DomainError
from server.db import db
from server.models.user import SignInAttempt
from server.queries import users

WINDOW = timedelta(minutes=5)
FAILURES_A_LOGIN = 10
FAILURES_AN_ADDRESS = 30
#: An address from which the person has signed in before is not shut out by guesses from elsewhere.
KNOWN_FOR = timedelta(days=30)
KEPT_FOR = KNOWN_FOR + timedelta(days=1)
#: Wrong codes of a second factor: each window with the most that it bears.
CODE_BUDGETS = ((WINDOW, 5), (timedelta(hours=1), 20), (timedelta(days=1), 50))


class TooManyAttempts(DomainError):
    """The budget of this login or address is used up for some minutes."""

    code = "too_many_attempts"


def enter_login(login: str, address: str, now: datetime) -> int:
    """Enter a try at a password as failed. Raises TooManyAttempts, and then nothing is entered."""
    _check_login(login, address, now)
    return _enter(login, address, now)


def enter_code(user: str, now: datetime) -> int:
    """Enter a try at somebody's second factor as failed. Raises TooManyAttempts, and then nothing is entered."""
    # Under a name that no login can have, so that codes and passwords have budgets of their own.
    name = f"code of {user}"
    for window, most in CODE_BUDGETS:
        if users.count_failures(SignInAttempt.login, name, now - window) >= most:
            raise TooManyAttempts(retry_after_s=int(window.total_seconds()))
    return _enter(name, name, now)


def succeed(attempt: int) -> None:
    """The try was a good one after all."""
    db.session.get_one(SignInAttempt, attempt).succeeded = True


def _enter(login: str, address: str, now: datetime) -> int:
    attempt = SignInAttempt(login=login, address=address, at=now, succeeded=False)
    db.session.add(attempt)
    same = (SignInAttempt.login == login) | (SignInAttempt.address == address)
    db.session.execute(delete(SignInAttempt).where(same, SignInAttempt.at < now - KEPT_FOR))
    db.session.flush()
    return attempt.id


def _check_login(login: str, address: str, now: datetime) -> None:
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
