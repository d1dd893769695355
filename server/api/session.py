"""Signing in and out of the console, the second factor, and who one is."""

from typing import Any

from flask import Response, jsonify, request

from patrol.permissions import Verb
from schemas import session as shapes
from schemas.page import list_of
from server import entrances
from server.api.operation import Call, Route, operation
from server.auth import keep_session
from server.db import transaction
from server.http.openapi import Blueprint
from server.queries import me as queries
from server.services import second_factor, sessions
from server.services.sessions import CODE, ENROLMENT, NewSession, Place, SecondFactorRequired

blueprint = Blueprint("session", __name__, url_prefix="/api/v1", description="Sign-in")

_SIGN_IN = Route(
    open_because="whoever signs in is nobody yet",
    body=shapes.Credentials,
    answer=shapes.SignedIn,
    own_transactions=True,
)
_USE_LINK = Route(
    open_because="whoever has no password yet cannot sign in; the link is the proof",
    body=shapes.LinkUse,
    answer=shapes.RecoveryCodes,
    own_transactions=True,
)
_RENEW = Route(
    open_because="whoever lost the authenticator cannot sign in; link and password are the proof",
    body=shapes.SecondFactorRenewal,
    status=204,
    own_transactions=True,
)
_CHANGE_PASSWORD = Route(verb=Verb.ACCOUNT_WRITE, body=shapes.PasswordChange, status=204, own_transactions=True)
_PROVE = Route(verb=Verb.ACCOUNT_WRITE, body=shapes.Code, status=204, own_transactions=True)
_UNFINISHED = frozenset({CODE, ENROLMENT})
_ENROLMENT = frozenset({ENROLMENT})
_OFFER = Route(verb=Verb.ACCOUNT_WRITE, answer=shapes.Offer, status=201, unfinished=_ENROLMENT, fresh_proof=True)
_CONFIRM = Route(
    verb=Verb.ACCOUNT_WRITE,
    body=shapes.Code,
    answer=shapes.RecoveryCodes,
    own_transactions=True,
    unfinished=_ENROLMENT,
)


@operation(blueprint, "POST", "/session", _SIGN_IN)
def sign_in(call: Call) -> Response:
    """Sign in at the console; the answer sets the session cookie. With an authenticator, `code` must come too."""
    opened = entrances.enter(call.body["login"], call.body["password"], place(), call.now)
    return _answer_with(_with_code(opened, call) if opened.awaits == CODE else opened)


@operation(blueprint, "POST", "/session/proof", _PROVE)
def prove(call: Call) -> None:
    """Give the second factor again, for what much depends on; it stays fresh for five minutes."""
    entrances.prove(call.signed_in.session, call.body["code"], call.now)


@operation(blueprint, "DELETE", "/session", Route(verb=Verb.ACCOUNT_WRITE, status=204, unfinished=_UNFINISHED))
def sign_out(call: Call) -> Response:
    """Sign out: this session ends at once."""
    sessions.end(call.signed_in.session)
    return keep_session(Response(status=204), "")


@operation(blueprint, "POST", "/me/second-factor", _OFFER)
def offer_second_factor(call: Call) -> Any:
    """Offer a seed for an authenticator; what was confirmed before goes on working until this one is."""
    return second_factor.make_offer(call.signed_in.person, call.now)


@operation(blueprint, "POST", "/me/second-factor/confirm", _CONFIRM)
def confirm_second_factor(call: Call) -> Response:
    """Confirm the authenticator with its first code; the session gets another id, and ten recovery codes are shown."""
    opened, codes = entrances.enrol(call.signed_in.own_session, call.body["code"], call.now)
    return keep_session(jsonify(recovery_codes=codes, csrf_token=opened.csrf_token), opened.token)


@operation(blueprint, "GET", "/me", Route(verb=Verb.ACCOUNT_READ, answer=shapes.Me))
def get_me(call: Call) -> Any:
    """Tell who the caller is, which role holds and where."""
    return queries.describe(call.signed_in.actor, call.signed_in.session, call.signed_in.csrf_token)


@operation(
    blueprint,
    "GET",
    "/me/sessions",
    Route(verb=Verb.ACCOUNT_READ, answer=list_of(shapes.SessionRow)),
)
def list_sessions(call: Call) -> Any:
    """List one's own sign-ins that have not run out."""
    return {"items": queries.list_sessions(call.actor, call.signed_in.session, call.now)}


@operation(blueprint, "DELETE", "/me/sessions/<key:session>", Route(verb=Verb.ACCOUNT_WRITE, status=204))
def end_session(call: Call, session: str) -> None:
    """End one of one's own sign-ins, as on a computer that one left."""
    sessions.end_own(call.actor, session)


@operation(blueprint, "PUT", "/me/password", _CHANGE_PASSWORD)
def change_password(call: Call) -> None:
    """Choose a new password; every session ends, this one too."""
    entrances.change_password(call.actor, call.body["current"], call.body["password"], place(), call.now)


@operation(blueprint, "POST", "/one-time-links/use", _USE_LINK)
def use_one_time_link(call: Call) -> Any:
    """Choose a password with a one-time link; all sessions of the person end. A reset asks for a `code` too."""
    body = call.body
    codes = entrances.set_password(body["token"], body["password"], body.get("code"), call.now)
    return {"recovery_codes": codes}


@operation(blueprint, "POST", "/one-time-links/renew-second-factor", _RENEW)
def renew_second_factor(call: Call) -> None:
    """Take a lost authenticator away with a one-time link and the password; a new one is set up at the next sign-in."""
    entrances.renew_second_factor(call.body["token"], call.body["password"], place(), call.now)


def place() -> Place:
    """Where the caller signs in."""
    return Place(request.remote_addr or "unknown", request.user_agent.string)


def _with_code(opened: NewSession, call: Call) -> NewSession:
    found = sessions.find(opened.token)
    assert found is not None  # noqa: S101 - opened just now
    if not call.body.get("code"):
        with transaction():
            sessions.end(found[0])
        raise SecondFactorRequired
    return entrances.pass_code(found[0], call.body["code"], call.now)


def _answer_with(opened: NewSession) -> Response:
    return keep_session(jsonify(shapes.SignedIn().dump(opened)), opened.token)
