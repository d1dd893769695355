"""Who is calling, and which permission each route needs, said on the route.

A route that says nothing stops the server from starting: nothing is open by omission. What the
caller may do is asked by the services; here is only decided who it is.
"""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from patrol.errors import NotAllowed
from patrol.periods import local_date
from patrol.permissions import Actor
from server.config import Config
from server.db import db, transaction
from server.models.device import Device
from server.models.user import ConsoleSession, User
from server.queries import actors
from server.services import device_tokens, second_factor, sessions

_ViewT = TypeVar("_ViewT", bound=Callable[..., object])
_ResponseT = TypeVar("_ResponseT", bound=Response)

#: Routes of libraries that say nothing themselves, and why they are open.
_LIBRARY_ROUTES = {
    "static": "the page's own scripts and styles",
    "api-docs.openapi_json": "the description of the API holds no data",
}


class RouteUnguarded(Exception):
    """A route names no permission and does not say why it is open."""


def permission(name: str) -> Callable[[_ViewT], _ViewT]:
    """Mark a view with the permission that its service requires."""

    def mark(view: _ViewT) -> _ViewT:
        view.permission = name  # type: ignore[attr-defined]
        return view

    return mark


def public(why: str) -> Callable[[_ViewT], _ViewT]:
    """Mark a view that anybody may call, with the reason."""

    def mark(view: _ViewT) -> _ViewT:
        view.public_because = why  # type: ignore[attr-defined]
        return view

    return mark


def refuse_unguarded_routes(app: Flask) -> None:
    """Raise RouteUnguarded unless every route says who may call it."""
    unguarded = sorted(unguarded_routes(app))
    if unguarded:
        raise RouteUnguarded(", ".join(unguarded))


def unguarded_routes(app: Flask) -> Iterator[str]:
    """Routes whose view names neither a permission nor why it is open."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        marked = getattr(view, "permission", None) or getattr(view, "public_because", None)
        if not marked and rule.endpoint not in _LIBRARY_ROUTES:
            yield f"{rule.endpoint} ({rule.rule})"


#: Methods that change nothing and so need no proof that our own page sent them.
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CSRF_HEADER = "X-CSRF-Token"
FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sent the request: a phone by its bearer token, or a person by the session cookie."""

    actor: Actor
    user: User | None = None
    device: str | None = None
    session: ConsoleSession | None = None
    csrf_token: str | None = None

    @property
    def own_session(self) -> ConsoleSession:
        """The session of a person; a phone has none. Raises NotAllowed."""
        if self.session is None:
            raise NotAllowed("not_for_phones")
        return self.session

    @property
    def person(self) -> User:
        """Who sits there; a phone is no person. Raises NotAllowed."""
        if self.user is None:
            raise NotAllowed("not_for_phones")
        return self.user


def current_caller(now: datetime, unfinished: frozenset[str] = frozenset()) -> Caller:
    """The caller, read from the database for every request: a revocation counts from the next.

    `unfinished` says what of a sign-in may still be missing. Raises 401 for nobody, NotAllowed for a change that
    another site's page sent and for a sign-in that is not finished.
    """
    if "Authorization" in request.headers:
        return _phone(now)
    token = request.cookies.get(cookie_name())
    if token is None:
        raise _unauthorized("unauthorized")
    return _person(token, now, unfinished)


def cookie_name() -> str:
    """`__Host-` binds the cookie to this very host, but browsers take it over https only."""
    return "__Host-qianshao" if served_securely() else "qianshao"


def served_securely() -> bool:
    """Whether browsers reach this server over https."""
    config: Config = current_app.extensions["qianshao_config"]
    return config.public_url.startswith("https://")


def keep_session(response: _ResponseT, token: str) -> _ResponseT:
    """Have the browser keep a session's cookie; an empty token takes it away."""
    response.set_cookie(
        cookie_name(),
        token,
        max_age=int(sessions.ABSOLUTE.total_seconds()) if token else 0,
        path="/",
        secure=served_securely(),
        httponly=True,
        samesite="Strict",
    )
    return response


def require_own_page() -> None:
    """Raise NotAllowed when the browser says that another site's page sent the request."""
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site not in (None, "same-origin") or origin not in (None, *_own_origins()):
        raise NotAllowed("foreign_origin")


def _own_origins() -> tuple[str, str]:
    config: Config = current_app.extensions["qianshao_config"]
    return _origin(config.public_url), _origin(request.host_url)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _phone(now: datetime) -> Caller:
    kind, _, token = request.headers["Authorization"].partition(" ")
    phone = device_tokens.authenticate(token, now) if kind.lower() == "bearer" else None
    if phone is None or phone.revoked or not phone.confirmed:
        raise _unauthorized("device_revoked" if phone and phone.revoked else "unauthorized")
    if phone.first_use:
        with transaction():
            device_tokens.confirm(token, now)
    actor = actors.device_actor(db.session.get_one(Device, phone.device), local_date(now))
    return Caller(actor, device=phone.device)


def _person(token: str, now: datetime, unfinished: frozenset[str]) -> Caller:
    found = sessions.find(token)
    if found is None or not sessions.is_alive(found[0], now) or found[1].disabled_at is not None:
        raise _unauthorized("unauthorized")
    csrf = sessions.csrf_token(token)
    _require_csrf_token(csrf)
    if now - found[0].last_seen_at >= sessions.SEEN_EVERY:
        with transaction():
            sessions.note_seen(found[0].token_hash, now)
    session, user = found
    actor = actors.find_actor(user, local_date(now))
    if actor is None:
        raise NotAllowed("no_role_in_force")
    _require_finished(session, actor, unfinished)
    return Caller(actor, user=user, session=session, csrf_token=csrf)


def _require_finished(session: ConsoleSession, actor: Actor, unfinished: frozenset[str]) -> None:
    """A role that needs a second factor may have begun while the session was open."""
    unproved = actor.role in second_factor.NEEDED_BY and session.proved_at is None
    awaits = session.awaits or (sessions.ENROLMENT if unproved else None)
    if awaits is not None and awaits not in unfinished:
        raise NotAllowed("second_factor_missing" if awaits == sessions.CODE else "second_factor_not_enrolled")


def _require_csrf_token(expected: str) -> None:
    if request.method in _SAFE:
        return
    require_own_page()
    given = request.headers.get(CSRF_HEADER) or _csrf_field()
    if not secrets.compare_digest(given.encode(), expected.encode()):
        raise NotAllowed("csrf_token_missing")


def _csrf_field() -> str:
    """The same token as a field of a form; no other body is looked into."""
    return request.form.get("csrf_token", "") if request.mimetype in FORM_TYPES else ""


def _unauthorized(code: str) -> Unauthorized:
    error = Unauthorized(www_authenticate=WWWAuthenticate("bearer"))
    error.data = {"code": code}  # type: ignore[attr-defined]
    return error
