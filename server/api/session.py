"""Signing in and out of the console, and who one is."""

from typing import Any

from flask import Response, jsonify, request

from patrol.permissions import Verb
from schemas import session as shapes
from schemas.page import list_of
from server import clock
from server.api.operation import Call, Route, operation
from server.auth import keep_session
from server.db import transaction
from server.http.openapi import Blueprint
from server.queries import me as queries
from server.services import sign_in as service

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
    status=204,
    own_transactions=True,
)
_CHANGE_PASSWORD = Route(verb=Verb.ACCOUNT_WRITE, body=shapes.PasswordChange, status=204, own_transactions=True)


@operation(blueprint, "POST", "/session", _SIGN_IN)
def sign_in(call: Call) -> Response:
    """Sign in at the console; the answer sets the session cookie."""
    with transaction():
        attempt = service.enter_attempt(call.body["login"], _address(), call.now)
    service.check_password(attempt, call.body["password"])
    with transaction():
        opened = service.open_session(attempt, call.now)
    return keep_session(jsonify(shapes.SignedIn().dump(opened)), opened.token)


@operation(blueprint, "DELETE", "/session", Route(verb=Verb.ACCOUNT_WRITE, status=204))
def sign_out(call: Call) -> Response:
    """Sign out: this session ends at once."""
    service.sign_out(call.signed_in.session)
    return keep_session(Response(status=204), "")


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
    service.end_session(call.actor, session)


@operation(blueprint, "PUT", "/me/password", _CHANGE_PASSWORD)
def change_password(call: Call) -> None:
    """Choose a new password; every session ends, this one too."""
    login = queries.login_of(call.actor)
    with transaction():
        attempt = service.enter_attempt(login, _address(), call.now)
    service.check_password(attempt, call.body["current"])
    hashed = service.hash_new_password(call.body["password"], login)
    with transaction():
        service.change_password(call.actor, attempt, hashed, clock.now())


@operation(blueprint, "POST", "/one-time-links/use", _USE_LINK)
def use_one_time_link(call: Call) -> None:
    """Choose a password with a one-time link; all sessions of the person end."""
    token = call.body["token"]
    hashed = service.check_link(token, call.body["password"], call.now)
    with transaction():
        service.use_link(token, hashed, call.now)


def _address() -> str:
    return request.remote_addr or "unknown"
