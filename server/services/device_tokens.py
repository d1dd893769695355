"""Opaque bearer tokens of phones: handed out in pairs, renewed only with proof of the phone's key (SPEC, part EN).

The database holds their SHA-256 and nothing else. A token alone never renews itself, and a phone that still has its key
is never locked out, however long it was underground.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, update

from patrol.errors import NotAllowed
from server.db import db
from server.models.audit import AuditEntry
from server.models.device import Device, DeviceToken, Notice
from server.queries import devices
from server.services import feed
from server.tokens import hash_of, new_id, new_secret
from sync import chain, enrolment

ACCESS = timedelta(minutes=15)
REFRESH = timedelta(days=60)
CHALLENGE = timedelta(minutes=5)
_LIFETIMES = {"access": ACCESS, "refresh": REFRESH, "challenge": CHALLENGE}
_PREFIXES = {"access": "qa_", "refresh": "qr_", "challenge": "qc_"}


@dataclass(frozen=True)
class DeviceSession:
    """A phone that showed a good access token. What an unconfirmed or a revoked one may do is the caller's question."""

    device: str
    county: str
    team: str
    confirmed: bool
    revoked: bool
    #: The token was never used before: its use must be noted (`confirm`), it ends the pair that it replaced.
    first_use: bool


@dataclass(frozen=True)
class Refusal:
    """Why tokens were not renewed. `challenge_needed`: the key is good, ask for a challenge and sign that instead."""

    code: str


def issue(device_id: str, now: datetime) -> enrolment.Tokens:
    """A new pair. The pair before it goes on working until one of this pair is used."""
    generation = devices.newest_generation(device_id) + 1
    return enrolment.Tokens(
        access=_hand_out(device_id, "access", generation, now),
        access_seconds=int(ACCESS.total_seconds()),
        refresh=_hand_out(device_id, "refresh", generation, now),
        refresh_seconds=int(REFRESH.total_seconds()),
    )


def authenticate(access_token: str, now: datetime) -> DeviceSession | None:
    """Whose token this is, or None. Only reads."""
    found = devices.access(hash_of(access_token), now)
    return None if found is None else session_of(found)


def confirm(access_token: str, now: datetime) -> None:
    """Note the first use of a token; harmless when repeated."""
    unused = (DeviceToken.token_hash == hash_of(access_token)) & DeviceToken.used_at.is_(None)
    db.session.execute(update(DeviceToken).where(unused).values(used_at=now))


def challenge(device_id: str, now: datetime) -> str:
    """Something fresh for the phone to sign in place of a refresh token that is of no use any more.

    A device that does not exist gets one too, which then fits nothing: the answer does not tell the two apart.
    """
    if devices.lock_device(device_id) is None:
        return _secret("challenge")
    db.session.execute(delete(DeviceToken).where(DeviceToken.device_id == device_id, DeviceToken.kind == "challenge"))
    return _hand_out(device_id, "challenge", 0, now)


def renew(request: enrolment.Renewal, now: datetime) -> enrolment.Tokens | Refusal:
    """A new pair for a refresh token or a challenge, signed by the phone's key (EN-7).

    A refresh token that was replaced, and whose successor has been used, comes from a copy: every token of the phone is
    then withdrawn and the office told (EN-8). The caller commits in every case, a refusal included.
    """
    device = devices.lock_device(request.device)
    if device is None or not _proves(device, request):
        return Refusal("renewal_refused")
    token = devices.token(hash_of(request.secret), device.id)
    if token is None or token.kind == "access" or token.expires_at <= now:
        return Refusal("challenge_needed")
    if token.kind == "challenge":
        return _renew_by_challenge(device, token, now)
    return _renew_by_refresh(device, token, now)


def accepted(answer: enrolment.Tokens | Refusal) -> enrolment.Tokens:
    """The tokens. Raises NotAllowed with the refusal's code; by then what followed from it is committed."""
    if isinstance(answer, Refusal):
        raise NotAllowed(answer.code)
    return answer


def withdraw(device_id: str) -> None:
    """Take every token of a phone away; with its key it can ask for new ones."""
    db.session.execute(delete(DeviceToken).where(DeviceToken.device_id == device_id))


def sweep(now: datetime) -> int:
    """Remove what has expired; returns how many."""
    gone = db.session.execute(delete(DeviceToken).where(DeviceToken.expires_at <= now))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _renew_by_challenge(device: Device, token: DeviceToken, now: datetime) -> enrolment.Tokens | Refusal:
    if token.used_at is not None:
        return Refusal("challenge_needed")
    token.used_at = now
    db.session.flush()
    return issue(device.id, now)


def _renew_by_refresh(device: Device, token: DeviceToken, now: datetime) -> enrolment.Tokens | Refusal:
    if devices.newest_generation(device.id, used=True) > token.generation:
        _withdraw_copied(device, token, now)
        return Refusal("challenge_needed")
    token.used_at = token.used_at or now
    db.session.flush()
    return issue(device.id, now)


def _withdraw_copied(device: Device, token: DeviceToken, now: datetime) -> None:
    facts = {"generation": token.generation}
    withdraw(device.id)
    db.session.add(
        AuditEntry(
            at=now,
            county_id=device.county_id,
            actor_id=None,
            verb="device.token_reused",
            subject_kind="device",
            subject_id=device.id,
            before=None,
            after=facts,
        )
    )
    seq = feed.emit(db.session(), f"device:{device.id}")
    notice = new_id()
    db.session.add(
        Notice(id=notice, device_id=device.id, kind="token_reused", body=facts, created_at=now, feed_seq=seq)
    )
    db.session.flush()


def _proves(device: Device, request: enrolment.Renewal) -> bool:
    statement = enrolment.renewal_statement(device.id, request.secret)
    return chain.verify(device.algorithm, device.public_key, statement, request.proof)


def _hand_out(device_id: str, kind: str, generation: int, now: datetime) -> str:
    secret = _secret(kind)
    db.session.add(
        DeviceToken(
            token_hash=hash_of(secret),
            device_id=device_id,
            kind=kind,
            generation=generation,
            issued_at=now,
            expires_at=now + _LIFETIMES[kind],
        )
    )
    db.session.flush()
    return secret


def session_of(found: Any) -> DeviceSession:
    """The phone as `devices.access` tells of it."""
    return DeviceSession(
        device=found.id,
        county=found.county_id,
        team=found.team_id,
        confirmed=found.confirmed_at is not None,
        revoked=found.revoked_at is not None,
        first_use=found.used_at is None,
    )


def _secret(kind: str) -> str:
    return _PREFIXES[kind] + new_secret().token
