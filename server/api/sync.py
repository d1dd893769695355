"""The exchange over HTTP: bytes in, bytes out. The hot path: no schema layer between, the protocol decodes itself."""

import zlib
from typing import Any, NoReturn

import msgspec
from flask import Blueprint, Flask, Response, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import BadRequest, Forbidden, HTTPException, RequestEntityTooLarge, Unauthorized

from patrol.errors import NotAllowed
from patrol.permissions import Verb, scopes
from server import clock
from server.auth import current_caller, permission
from server.db import transaction
from server.direct import ahead
from server.http.headers import accepts
from server.keys import current_key
from server.receipt_ids import new_receipt_id
from server.services import device_tokens, epochs
from server.services.bundle import console_session, hand_in
from server.services.device_tokens import DeviceSession
from server.services.exchange import Now, exchange
from sync import wire
from sync.bundle import BUNDLE_COMPRESSED_MAX, prepare_bundle
from sync.known import Prepared
from sync.prepare import RequestError, prepare

blueprint = Blueprint("sync", __name__, url_prefix="/api/v1/sync")

#: Answers smaller than this are not worth compressing.
_WORTH_COMPRESSING = 400
_encode = msgspec.json.Encoder().encode


def install(app: Flask) -> None:
    """Register the route."""
    app.register_blueprint(blueprint)


@blueprint.post("/exchange")
@permission(Verb.DEVICE_SYNC.value)
def exchange_operations() -> Response:
    """Push, acknowledge and pull in one round trip."""
    # The epoch comes with whose token it is.
    ahead(*epochs.asked())
    phone = calling_phone()
    prepared = _prepared(phone)
    key, now = current_key(), clock.now()
    answer = exchange(prepared, phone, Now(now, new_receipt_id(key, now)), key)
    return answered(_encode(answer))


@blueprint.post("/bundle")
@accepts("application/gzip", "application/octet-stream", "application/json")
@permission(Verb.DEVICE_RESCUE.value)
def hand_in_bundle() -> Response:
    """Take the chains of another phone out of a file; any enrolled phone, a leader or an administrator may carry it."""
    carrier = _carrier()
    body = body_of(BUNDLE_COMPRESSED_MAX)
    try:
        runs = prepare_bundle(body, carrier.device)
    except RequestError as error:
        _refuse(RequestEntityTooLarge() if error.code == "too_large" else BadRequest(), error.code)
    key, now = current_key(), clock.now()
    return answered(_encode(hand_in(runs, carrier, Now(now, new_receipt_id(key, now)), key)))


def _carrier() -> DeviceSession:
    """Who brings a file: a phone by its token, or somebody at the console whose role may rescue phones."""
    if "Authorization" in request.headers:
        return calling_phone()
    actor = current_caller(clock.now()).actor
    if not scopes(actor.role, Verb.DEVICE_RESCUE):
        raise NotAllowed("not_allowed", verb=Verb.DEVICE_RESCUE.value, role=actor.role.value)
    return console_session(actor.county)


def calling_phone() -> DeviceSession:
    """The phone whose access token the request carries; a revoked or unconfirmed one may still deliver."""
    token = bearer_token()
    return admitted(token, device_tokens.authenticate(token, clock.now()))


def bearer_token() -> str:
    """The token that the request carries. Raises Unauthorized."""
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer":
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    return token


def admitted(token: str, phone: DeviceSession | None) -> DeviceSession:
    """The phone that the token was found to be of; notes its first use. Raises Unauthorized."""
    if phone is None:
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    if phone.first_use:
        with transaction():
            device_tokens.confirm(token, clock.now())
    return phone


def body_of(limit: int) -> bytes:
    """The request's body, not inflated; refuses more than `limit` bytes before reading them."""
    if (request.content_length or 0) > limit:
        _refuse(RequestEntityTooLarge(), "too_large", limit=limit)
    data = request.stream.read(limit + 1)
    if len(data) > limit:
        _refuse(RequestEntityTooLarge(), "too_large", limit=limit)
    return data


def is_gzipped() -> bool:
    """Whether the body says that it is compressed."""
    return request.headers.get("Content-Encoding", "").lower() == "gzip"


def _prepared(phone: DeviceSession) -> Prepared:
    gzipped = is_gzipped()
    data = body_of(wire.COMPRESSED_MAX if gzipped else wire.INFLATED_MAX)
    try:
        prepared = prepare(data, gzipped=gzipped)
    except RequestError as error:
        _refuse(RequestEntityTooLarge() if error.code == "too_large" else BadRequest(), error.code)
    if prepared.exchange.device != phone.device:
        _refuse(Forbidden(), "token_of_another_device")
    return prepared


def _refuse(error: HTTPException, code: str, **details: Any) -> NoReturn:
    error.data = {"code": code, "details": details}  # type: ignore[attr-defined]
    raise error


def answered(content: bytes) -> Response:
    """A JSON response, compressed where the caller takes it and it pays."""
    response = Response(content, mimetype="application/json")
    if len(content) >= _WORTH_COMPRESSING and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.set_data(zlib.compress(content, 1, wbits=31))
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    return response
