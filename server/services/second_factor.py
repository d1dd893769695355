"""The second factor of those who change things: the codes of an authenticator, or a recovery code.

A code works once. Seeds are sealed with a key that is not in the database. A try is entered as failed (`attempts`)
before the code is looked at, in a transaction of its own, so that guesses at the same instant cannot slip by.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pyotp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Select, delete, select

from patrol.errors import Conflict, DomainError, Invalid
from patrol.permissions import Role, Verb
from server.db import db
from server.keys import current_key
from server.models.county import County
from server.models.user import SecondFactor, User
from server.services import attempts, audit, recovery
from server.tokens import new_id

#: Whoever changes things needs one; others may have one.
NEEDED_BY = frozenset({Role.LEADER, Role.SUPERVISOR, Role.MINE_USER, Role.ADMIN})
#: Whoever gives or takes people, teams and phones their reach, or says what is asked of everybody, gives the second
#: factor again, over REST and on pages alike. Whoever ends a grave finding does too: `finding_work.asks_proof`.
ASKED_AGAIN_FOR = frozenset(
    {
        Verb.USER_WRITE,
        Verb.TEAM_WRITE,
        Verb.CONTRACT_WRITE,
        Verb.DEVICE_ENROL,
        Verb.DEVICE_REVOKE,
        Verb.CHECKLIST_PUBLISH,
    }
)
#: Why some of it is spared.
DIGITS = "the six digits of the phone are the proof, and its code was given against one"
PAPER = "a certificate opens nothing"
EMPTY_TEAM = "a team without people and mines reaches nothing"
PREVIEW = "it changes nothing"
STEP_S = 30
#: Steps that a clock may be ahead or behind (RFC 6238, 5.2).
DRIFT = 1
_NONCE_BYTES = 12


class WrongCode(DomainError):
    """The code is wrong, was used already, or is of another moment: never said which."""

    code = "second_factor_wrong"


@dataclass(frozen=True, slots=True)
class Offer:
    """A seed to be taken into an authenticator: as text, and as what a QR picture holds."""

    seed: str
    address: str


def is_enrolled(user: str) -> bool:
    """Whether the person has a confirmed authenticator."""
    return db.session.scalar(_confirmed(user)) is not None


def find_offer(user: User) -> Offer | None:
    """The seed that waits to be confirmed, so that a page that is loaded again shows the same."""
    row = db.session.scalar(_offered(user.id))
    return None if row is None else _shown(row, user)


def make_offer(user: User, now: datetime) -> Offer:
    """Offer a new seed in the place of one that nobody confirmed. What was confirmed goes on working meanwhile."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.confirmed_at.is_(None)))
    row = SecondFactor(id=new_id(), user_id=user.id, made_at=now, last_step=0)
    row.sealed_seed = seal(user.id, pyotp.random_base32())
    db.session.add(row)
    db.session.flush()
    return _shown(row, user)


def confirm(user: User, attempt: int, code: str, now: datetime) -> Sequence[str]:
    """Confirm the offered seed with its first code; gives ten new recovery codes. Raises Conflict, WrongCode."""
    row = db.session.scalar(_offered(user.id).with_for_update())
    if row is None:
        raise Conflict("second_factor_not_offered")
    _use(row, code, now)
    row.confirmed_at = now
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id, SecondFactor.id != row.id))
    attempts.succeed(attempt)
    audit.record_own(user, now, "second_factor.enrol", None, row)
    return recovery.renew(user, now)


def check(user: User, attempt: int, code: str, now: datetime) -> None:
    """Use up a code of the authenticator, or a recovery code. Raises WrongCode."""
    row = db.session.scalar(_confirmed(user.id).with_for_update())
    if row is not None and "".join(code.split()).isdecimal():
        _use(row, code, now)
    elif not recovery.use(user, code, now):
        raise WrongCode
    attempts.succeed(attempt)


def forget(user: str) -> None:
    """Take a person's authenticator and recovery codes away."""
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user))
    recovery.forget(user)


def stop(user: User, role: Role, now: datetime) -> None:
    """Do without a second factor, where the role lets one. Raises Invalid."""
    if role in NEEDED_BY:
        raise Invalid("second_factor_needed")
    row = db.session.scalar(_confirmed(user.id))
    before = None if row is None else audit.snapshot(row)
    audit.record_own(user, now, "second_factor.stop", before, row)
    forget(user.id)


def add_confirmed(user: str, seed: str, now: datetime) -> None:
    """Give a person of the invented county an authenticator whose seed is told to whoever tries the county out."""
    row = SecondFactor(id=new_id(), user_id=user, sealed_seed=seal(user, seed), made_at=now, confirmed_at=now)
    db.session.add(row)


def code_of_invented(user: User, now: datetime) -> str | None:
    """The next code of a person of the invented county; None of anybody real."""
    row = db.session.scalar(_confirmed(user.id))
    if row is None or not db.session.get_one(County, user.county_id).is_demo:
        return None
    return pyotp.TOTP(_opened(row)).generate_otp(max(_step(now), row.last_step + 1))


def seal(user: str, seed: str) -> bytes:
    """Seal a seed for this person alone: in another's row it does not open."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + _cipher().encrypt(nonce, seed.encode(), user.encode())


def _use(row: SecondFactor, code: str, now: datetime) -> None:
    totp, here, given = pyotp.TOTP(_opened(row)), _step(now), "".join(code.split()).encode()
    # All steps are compared, so that the time taken tells nothing.
    steps = [
        step
        for step in range(here - DRIFT, here + DRIFT + 1)
        if secrets.compare_digest(totp.generate_otp(step).encode(), given) and step > row.last_step
    ]
    if not steps:
        raise WrongCode
    row.last_step = steps[0]


def _offered(user: str) -> Select[SecondFactor]:
    return select(SecondFactor).where(SecondFactor.user_id == user, SecondFactor.confirmed_at.is_(None))


def _confirmed(user: str) -> Select[SecondFactor]:
    return select(SecondFactor).where(SecondFactor.user_id == user, SecondFactor.confirmed_at.is_not(None))


def _shown(row: SecondFactor, user: User) -> Offer:
    county, seed = db.session.get_one(County, user.county_id), _opened(row)
    address = pyotp.TOTP(seed).provisioning_uri(name=user.login or user.name, issuer_name=f"前哨 {county.name}")
    return Offer(seed, address)


def _opened(row: SecondFactor) -> str:
    nonce, sealed = row.sealed_seed[:_NONCE_BYTES], row.sealed_seed[_NONCE_BYTES:]
    return _cipher().decrypt(nonce, sealed, row.user_id.encode()).decode()


def _cipher() -> AESGCM:
    return AESGCM(current_key().secret("second factors"))


def _step(now: datetime) -> int:
    return int(now.timestamp()) // STEP_S
