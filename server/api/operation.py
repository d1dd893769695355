"""One decorator for every route of the API: who may call it, what it takes and gives, how it is described.

It looks after what routes must not each look after again: the caller, the early refusal, strict parsing, the
transaction of a change, entity tags and preconditions. A route itself is one service call.
"""

import functools
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Response, request
from marshmallow import Schema
from werkzeug.exceptions import PreconditionFailed, PreconditionRequired

from patrol.permissions import Verb
from schemas.fields import Shape
from server import calls, clock, entrances
from server.auth import permission, public
from server.db import db, transaction
from server.http.openapi import Blueprint

View = Callable[..., Any]
PROOF_HEADER = "X-Second-Factor"
_PROBLEMS = {400: "BAD_REQUEST", 422: "UNPROCESSABLE_ENTITY"}


class NoQuery(Shape):
    """A route without query parameters refuses all of them."""


@dataclass(frozen=True, slots=True)
class Call(calls.Call):
    """One request, as a route sees it."""

    body: Mapping[str, Any] = field(default_factory=dict)
    #: The version that If-Match names; None for `*`, and where no precondition is asked.
    version: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What an operation promises: its permission or why it is open, its shapes, its status."""

    verb: Verb | None = None
    open_because: str = ""
    query: type[Schema] = NoQuery
    body: type[Schema] | None = None
    answer: type[Schema] | None = None
    status: int = 200
    #: The answer carries `version` as its entity tag; a change of it must name one in If-Match.
    versioned: bool = False
    #: The route opens its transactions itself, because it must do slow work between them.
    own_transactions: bool = False
    #: The second factor must have been given within the last minutes, or come in `X-Second-Factor`: also where
    #: `second_factor.ASKED_AGAIN_FOR` does not name the permission.
    fresh_proof: bool = False
    #: Why it is not asked for although the permission is named there.
    proof_spared: str = ""
    #: What is asked decides whether it is wanted; the view asks for it by `require_proof`.
    may_ask_proof: bool = False
    #: What a sign-in may still await here.
    unfinished: frozenset[str] = frozenset()


def operation(blueprint: Blueprint, method: str, rule: str, route: Route) -> Callable[[View], View]:
    """Register a view `(call, **path)` under `rule`."""

    def register(view: View) -> View:
        inner = blueprint.response(route.status, route.answer)(_answering(view, route))
        outer = _parsing(blueprint, _running(inner, method, route), route)
        guarded = functools.wraps(outer)(_guarded(outer, method, route))
        described = _described(guarded, view, method, route)
        blueprint.route(rule, methods=[method])(_marked(described, route))
        return view

    return register


def _answering(view: View, route: Route) -> View:
    @functools.wraps(view)
    def answer(call: Call, **path: str) -> Any:
        result = view(call, **path)
        if not route.versioned or isinstance(result, Response):
            return result
        db.session.flush()
        return result, route.status, {"ETag": f'"{result.version}"'}

    return answer


def _running(view: View, method: str, route: Route) -> View:
    @functools.wraps(view)
    def run(call: Call, *parsed: Mapping[str, Any], **path: str) -> Any:
        query, body = parsed[0], parsed[1] if route.body else {}
        full = replace(call, query=query, body=body, version=_expected_version(method, route))
        if method == "GET" or route.own_transactions:
            return _tagged(view(full, **path), method)
        with transaction() as running:
            return view(replace(full, transaction=running), **path)

    return run


def _parsing(blueprint: Blueprint, view: View, route: Route) -> View:
    """Parsed values follow the call in the order query, body: the outermost decorator comes first."""
    if route.body is not None:
        view = blueprint.arguments(route.body)(view)
    parsed: View = blueprint.arguments(route.query, location="query")(view)
    return parsed


def _guarded(view: View, method: str, route: Route) -> View:
    def guard(**path: str) -> Any:
        now = clock.now()
        caller = calls.admit(route.verb, route.unfinished, now, reads=method == "GET")
        call = Call(now, caller)
        if _asks_proof(route, method):
            require_proof(call)
        return view(call, **path)

    return guard


def require_proof(call: Call) -> None:
    """See that the second factor is fresh. To be called outside a transaction. Raises ProofRequired, WrongCode."""
    entrances.prove(call.signed_in.session, request.headers.get(PROOF_HEADER), call.now)


def _asks_proof(route: Route, method: str) -> bool:
    asks = calls.asks_proof(route.verb, always=route.fresh_proof, spared_because=route.proof_spared)
    return method != "GET" and asks


def _expected_version(method: str, route: Route) -> int | None:
    if method == "GET" or not route.versioned or route.status == 201:
        return None
    if "If-Match" not in request.headers:
        raise PreconditionRequired
    if request.if_match.star_tag:
        return None
    tags = [tag for tag in request.if_match.as_set() if tag and tag.isdecimal() and len(tag) < 10]
    if len(tags) != 1:
        raise PreconditionFailed
    return int(tags[0])


def _tagged(response: Response, method: str) -> Response:
    """Give a read an entity tag, and nothing but the tag to whoever has it already."""
    if method != "GET":
        return response
    response.headers.setdefault("Cache-Control", "private, no-cache")
    if "ETag" not in response.headers and not response.direct_passthrough:
        response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:32])
    response.vary.update(("Authorization", "Cookie"))
    response.make_conditional(request)
    return response


def _marked(view: View, route: Route) -> View:
    if route.verb is None:
        return public(route.open_because)(view)
    return permission(route.verb.value)(view)


def _described(view: View, source: View, method: str, route: Route) -> View:
    first, *rest = source.__name__.split("_")
    responses: dict[str, Any] = {str(status): name for status, name in _PROBLEMS.items()}
    extra: dict[str, Any] = {"operationId": first + "".join(word.title() for word in rest)}
    if route.verb is not None:
        responses |= {"401": "UNAUTHORIZED", "403": "FORBIDDEN", "404": "NOT_FOUND"}
        extra["security"] = [{"session": []}, {"bearer": []}]
        extra["x-permission"] = route.verb.value
    if method != "GET":
        responses |= {"409": "CONFLICT", "415": "UNSUPPORTED_MEDIA_TYPE"}
    if _asks_proof(route, method) or route.may_ask_proof:
        extra["parameters"] = ["SECOND_FACTOR"]
    if route.versioned and method != "GET" and route.status != 201:
        responses |= {"412": "PRECONDITION_FAILED", "428": "PRECONDITION_REQUIRED"}
        extra["parameters"] = [*extra.get("parameters", ()), "IF_MATCH"]
    described: View = Blueprint.doc(**extra, responses=responses)(view)
    return described
