"""Enrolment of phones: the console asks for codes and types digits, phones enrol and renew their tokens."""

from typing import Any

import msgspec
import segno
from flask import request

from patrol.permissions import Verb
from schemas import enrolment as shapes
from server.api.operation import Call, Route, operation
from server.db import transaction
from server.http.openapi import Blueprint
from server.keys import current_key
from server.services import device_tokens, enrolment, epochs, phone_budget
from server.services.second_factor import DIGITS
from sync.enrolment import Enrolment, Renewal

blueprint = Blueprint("enrolment", __name__, url_prefix="/api/v1", description="Enrolment of phones")

_ENROL = Route(
    open_because="whoever enrols is nobody yet; the code is the proof",
    body=shapes.Enrolment,
    answer=shapes.Enrolled,
    status=201,
    own_transactions=True,
)
_CHALLENGE = Route(
    open_because="a phone whose tokens have run out shows its key instead",
    body=shapes.ChallengeWanted,
    answer=shapes.Challenge,
)
_RENEW = Route(
    open_because="the refresh token or the challenge, signed by the phone's key, is the proof",
    body=shapes.Renewal,
    answer=shapes.Tokens,
    own_transactions=True,
)


@operation(
    blueprint,
    "POST",
    "/teams/<key:team>/enrolment-codes",
    Route(verb=Verb.DEVICE_ENROL, answer=shapes.EnrolmentCode, status=201),
)
def issue_enrolment_code(call: Call, team: str) -> Any:
    """Make a code for one phone of the team; it is shown once and holds for some minutes."""
    issued = enrolment.issue_code(call.actor, team, call.now)
    address = enrolment.address(issued.code, current_key())
    picture = segno.make(address, error="m").svg_inline(scale=6, border=4)
    return {"address": address, "picture": picture, "expires_at": issued.expires_at}


@operation(
    blueprint,
    "POST",
    "/devices/<key:device>/confirm",
    Route(verb=Verb.DEVICE_ENROL, proof_spared=DIGITS, body=shapes.Digits, answer=shapes.Checked),
)
def confirm_device(call: Call, device: str) -> Any:
    """Type the six digits that the phone shows; three wrong tries revoke it."""
    return enrolment.confirm(call.actor, device, call.body["digits"], call.now)


@operation(blueprint, "POST", "/enrolment", _ENROL)
def enrol_device(call: Call) -> Any:
    """Enrol a phone. The same phone asking again with the same code is answered again."""
    wanted = msgspec.convert(dict(call.body), Enrolment)
    phone_budget.check(_address(), call.now)
    with transaction():
        here = enrolment.Here(current_key(), epochs.current(), call.now)
        answer = enrolment.enrol(wanted, here)
        if answer is None:
            phone_budget.spend(_address(), call.now)
    return enrolment.accepted(answer)


@operation(blueprint, "POST", "/enrolment/challenge", _CHALLENGE)
def give_challenge(call: Call) -> Any:
    """Give the phone something fresh to sign."""
    phone_budget.check(_address(), call.now)
    phone_budget.spend(_address(), call.now)
    return {"challenge": device_tokens.challenge(call.body["device"], call.now)}


@operation(blueprint, "POST", "/enrolment/tokens", _RENEW)
def renew_tokens(call: Call) -> Any:
    """Renew the phone's tokens; the old ones work until a new one is used."""
    wanted = msgspec.convert(dict(call.body), Renewal)
    phone_budget.check(_address(), call.now)
    with transaction():
        answer = device_tokens.renew(wanted, call.now)
        if answer == device_tokens.Refusal("renewal_refused"):
            phone_budget.spend(_address(), call.now)
    return device_tokens.accepted(answer)


def _address() -> str:
    return request.remote_addr or "unknown"
