"""How a phone becomes a device of a team, and how it stops being one (SPEC, part EN).

A code is good for one phone and is shown once. Whoever photographs it gains nothing: the leader types six digits
that only the phone in front of them can show. Never hands a key or a reusable secret to a picture.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from flask import current_app

from patrol.errors import Conflict, Invalid, NotFound
from patrol.permissions import Actor, Subject, Verb, require
from server.config import Config
from server.db import db
from server.keys import ServerKey
from server.models.audit import AuditEntry
from server.models.device import Device, EnrolmentCode
from server.models.team import Team
from server.queries import devices
from server.services import device_tokens
from server.tokens import hash_of, new_id
from sync import chain, enrolment

CODE_LIFETIME = timedelta(minutes=12)
CHECK_TRIES = 3
ALGORITHM = "ES256"


@dataclass(frozen=True)
class Here:
    """This server as a phone sees it: its key, its epoch, and the time."""

    key: ServerKey
    epoch: str
    now: datetime


@dataclass(frozen=True)
class Checked:
    """What typing the six digits came to: `confirmed`, `wrong` (with the tries left) or `revoked`."""

    outcome: str
    tries_left: int


@dataclass(frozen=True)
class IssuedCode:
    """A code to be shown once."""

    code: str
    expires_at: datetime


class EnrolmentRefused(Invalid):
    """Code, key or proof are of no use, or the code is used or expired: never said which."""

    code = "enrolment_refused"


def issue_code(actor: Actor, team_id: str, now: datetime) -> IssuedCode:
    """A new enrolment code for a phone of that team (EN-1). It is returned once and not kept."""
    team = db.session.get(Team, team_id)
    if team is None:
        raise NotFound("not_found", noun="device")
    require(actor, Verb.DEVICE_ENROL, Subject(team.county_id, team=team.id))
    if team.dissolved_on is not None:
        raise Conflict("team_dissolved", dissolved_on=team.dissolved_on.isoformat())
    code = new_id()
    expires = now + CODE_LIFETIME
    db.session.add(
        EnrolmentCode(
            code_hash=hash_of(code), team_id=team.id, created_by=actor.person, created_at=now, expires_at=expires
        )
    )
    _note(now, "device.code_issued", team, actor.person)
    return IssuedCode(code, expires)


def address(code: str, key: ServerKey) -> str:
    """What the phone scans: where to go, the code, and the key by which it will know this server (EN-1)."""
    config: Config = current_app.extensions["qianshao_config"]
    return f"{config.public_url}/enrol#{enrolment.enrolment_fragment(code, key.fingerprint)}"


def accepted(answer: enrolment.Enrolled | None) -> enrolment.Enrolled:
    """The answer. Raises EnrolmentRefused where there is none; by then the try itself is committed."""
    if answer is None:
        raise EnrolmentRefused
    return answer


def enrol(request: enrolment.Enrolment, here: Here) -> enrolment.Enrolled | None:
    """Enrol the phone that signed the request (EN-2), or None where code, key or proof are of no use.

    The same phone repeating the same code gets the same device, nonce and so check code: its answer was lost. Another
    phone with a used code is refused, and the office sees that it tried. The caller commits in every case.
    """
    if not _proves(request):
        return None
    code = devices.lock_code(hash_of(request.code))
    if code is None:
        return None
    device_id = enrolment.device_id(request.key)
    if code.used_at is not None:
        return _enrol_again(code, device_id, request, here)
    if code.expires_at <= here.now:
        return None
    known = devices.lock_device(device_id)
    device = _add_device(code, request, here) if known is None else _shown_again(code, known, here)
    return None if device is None else _answer(device, here)


def confirm(actor: Actor, device_id: str, digits: str, now: datetime) -> Checked:
    """The leader types what the phone shows (EN-5). Three wrong tries revoke the phone. The caller commits in every
    case.
    """
    device = _writable(actor, Verb.DEVICE_ENROL, device_id)
    if device.revoked_at is not None:
        return Checked("revoked", 0)
    if device.confirmed_at is not None:
        return Checked("confirmed", CHECK_TRIES - device.check_tries)
    if hmac.compare_digest(device.check_code.encode(), digits.encode()):
        device.confirmed_at, device.confirmed_by = now, actor.person
        _note(now, "device.confirmed", device, actor.person)
        return Checked("confirmed", CHECK_TRIES - device.check_tries)
    return _count_wrong_try(actor, device, now)


def revoke(actor: Actor, device_id: str, reason: str, now: datetime) -> Device:
    """From its next request on the phone may deliver what it holds, and reads nothing (EN-9). Harmless when
    repeated.
    """
    device = _writable(actor, Verb.DEVICE_REVOKE, device_id)
    if device.revoked_at is None:
        _revoke(device, actor.person, reason, now)
    return device


def _enrol_again(
    code: EnrolmentCode, device_id: str, request: enrolment.Enrolment, here: Here
) -> enrolment.Enrolled | None:
    device = devices.lock_device(device_id) if code.device_id == device_id else None
    if device is not None and device.public_key == request.key and device.revoked_at is None:
        return _answer(device, here)
    facts = {"device": code.device_id, "other": device_id}
    _note(here.now, "device.code_used_twice", db.session.get_one(Team, code.team_id), None, facts)
    return None


def _shown_again(code: EnrolmentCode, device: Device, here: Here) -> Device | None:
    """A phone of the team shows a fresh code: its leader lets somebody who forgot their PIN set another (EN-10)."""
    if device.team_id != code.team_id or device.confirmed_at is None or device.revoked_at is not None:
        return None
    code.used_at, code.device_id = here.now, device.id
    _note(here.now, "device.code_shown", device, code.created_by)
    return device


def _add_device(code: EnrolmentCode, request: enrolment.Enrolment, here: Here) -> Device:
    team = db.session.get_one(Team, code.team_id)
    nonce = new_id()
    device = Device(
        id=enrolment.device_id(request.key),
        county_id=team.county_id,
        team_id=team.id,
        label=request.label,
        algorithm=request.alg,
        public_key=request.key,
        nonce=nonce,
        check_code=enrolment.check_code(nonce, request.key),
        enrolled_at=here.now,
        app_version=request.app or None,
    )
    db.session.add(device)
    code.used_at, code.device_id = here.now, device.id
    db.session.flush()
    _note(here.now, "device.enrolled", device, code.created_by)
    return device


def _answer(device: Device, here: Here) -> enrolment.Enrolled:
    answer = enrolment.Enrolled(
        device=device.id,
        team=device.team_id,
        county=device.county_id,
        nonce=device.nonce,
        epoch=here.epoch,
        server_alg=ALGORITHM,
        server_key=here.key.public,
        tokens=device_tokens.issue(device.id, here.now),
        signature="",
    )
    statement = enrolment.enrolled_statement(device.public_key, answer)
    return msgspec.structs.replace(answer, signature=here.key.sign(statement))


def _count_wrong_try(actor: Actor, device: Device, now: datetime) -> Checked:
    device.check_tries += 1
    left = max(0, CHECK_TRIES - device.check_tries)
    if left:
        _note(now, "device.check_code_wrong", device, actor.person)
        return Checked("wrong", left)
    _revoke(device, actor.person, "check_code", now)
    return Checked("revoked", 0)


def _revoke(device: Device, person: str, reason: str, now: datetime) -> None:
    device.revoked_at, device.revoked_by = now, person
    _note(now, "device.revoked", device, person, {"reason": reason})


def _writable(actor: Actor, verb: Verb, device_id: str) -> Device:
    device = devices.lock_device(device_id)
    if device is None:
        raise NotFound("not_found", noun="device")
    require(actor, verb, Subject(device.county_id, team=device.team_id))
    return device


def _proves(request: enrolment.Enrolment) -> bool:
    statement = enrolment.enrolment_statement(request.code, request.key)
    return chain.verify(request.alg, request.key, statement, request.proof)


def _note(
    now: datetime, verb: str, subject: Team | Device, person: str | None, facts: Mapping[str, Any] | None = None
) -> None:
    db.session.add(
        AuditEntry(
            at=now,
            county_id=subject.county_id,
            actor_id=person,
            verb=verb,
            subject_kind=subject.__tablename__,
            subject_id=subject.id,
            after=dict(facts) if facts else None,
        )
    )
    db.session.flush()
