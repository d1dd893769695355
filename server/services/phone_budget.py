"""The budget of whoever enrols or renews a phone: so many refusals and challenges an address in some minutes.

Kept among the sign-in attempts under a name of its own, so that phones never shut out the office at their address.
"""

from datetime import datetime

from sqlalchemy import delete

from server.db import db
from server.models.user import SignInAttempt
from server.queries import users
from server.services.attempts import WINDOW, TooManyAttempts

#: A whole county's phones may stand behind a few addresses of a mobile network.
TRIES_AN_ADDRESS = 120


def check(address: str, now: datetime) -> None:
    """Before anything is looked up or verified. Raises TooManyAttempts."""
    spent = users.count_failures(SignInAttempt.address, _phones_at(address), now - WINDOW)
    if spent >= TRIES_AN_ADDRESS:
        raise TooManyAttempts(retry_after_s=int(WINDOW.total_seconds()))


def spend(address: str, now: datetime) -> None:
    """Enter one try; what counts no more is removed."""
    phones = _phones_at(address)
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.address == phones, SignInAttempt.at <= now - WINDOW))
    db.session.add(SignInAttempt(login=phones, address=phones, at=now, succeeded=False))
    db.session.flush()


def _phones_at(address: str) -> str:
    return f"phones at {address}"
