"""What every response tells the browser to forbid, and which bodies the API accepts."""

import secrets
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, request
from werkzeug.exceptions import UnsupportedMediaType
from werkzeug.middleware.proxy_fix import ProxyFix

from server.config import Config

_ViewT = TypeVar("_ViewT", bound=Callable[..., object])

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
ONE_YEAR_S = 31_536_000
JSON = "application/json"
#: The most that a body may weigh where a view does not say otherwise.
MAX_BODY_BYTES = 2 * 1024 * 1024


def install(app: Flask, config: Config) -> None:
    """Put the headers on every response of `app` and refuse bodies of a type nobody reads."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.before_request(_refuse_other_bodies)
    app.extensions["qianshao_headers"] = HEADERS | {
        "Content-Security-Policy": HEADERS["Content-Security-Policy"].replace(
            "img-src 'self'", " ".join(("img-src 'self'", *_picture_sources(config)))
        )
    }
    app.extensions["qianshao_pictures"] = " ".join(_picture_sources(config))
    app.after_request(_forbid)
    if config.proxies:
        count = config.proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]


def nonce() -> str:
    """The mark of this answer's own scripts and styles: new for every request, the same all through one."""
    if "nonce" not in g:
        g.nonce = secrets.token_urlsafe(18)
    made: str = g.nonce
    return made


def console_policy(mark: str) -> str:
    """What a page of the console may load: scripts that carry the mark and what those load, and nothing from elsewhere.

    Markup becomes part of a page by one policy of ours only (field/console/trust.ts); a string never becomes a script.
    """
    pictures: str = current_app.extensions["qianshao_pictures"]
    return (
        f"default-src 'none'; script-src 'nonce-{mark}' 'strict-dynamic'; style-src 'self' 'nonce-{mark}'; "
        f"img-src 'self' data: blob: {pictures}; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types default"
    )


def _picture_sources(config: Config) -> list[str]:
    """Where a bucket gives photos out, to which the page is sent by a signed address; and whose tiles a map shows."""
    tiles = [_origin(config.map_tiles)] if config.map_tiles else []
    media = urlsplit(config.media_url)
    if media.scheme != "s3":
        return tiles
    if config.s3_endpoint:
        return [_origin(config.s3_endpoint), *tiles]
    return [f"https://{media.netloc}.s3.{config.s3_region}.amazonaws.com", *tiles]


def _origin(url: str) -> str:
    place = urlsplit(url)
    return f"{place.scheme}://{place.netloc}"


def accepts(*mimetypes: str) -> Callable[[_ViewT], _ViewT]:
    """Mark a view whose body is not JSON with the types it reads."""

    def mark(view: _ViewT) -> _ViewT:
        view.accepted_mimetypes = mimetypes  # type: ignore[attr-defined]
        return view

    return mark


def _refuse_other_bodies() -> None:
    if not _has_body() or request.endpoint is None:
        return
    view = current_app.view_functions[request.endpoint]
    accepted: tuple[str, ...] = getattr(view, "accepted_mimetypes", (JSON,))
    if request.mimetype not in accepted:
        error = UnsupportedMediaType()
        error.data = {"details": {"expected": " / ".join(accepted)}}  # type: ignore[attr-defined]
        raise error


def _has_body() -> bool:
    return bool(request.content_length) or "chunked" in request.headers.get("Transfer-Encoding", "")


def _forbid(response: Response) -> Response:
    for name, value in current_app.extensions["qianshao_headers"].items():
        response.headers.setdefault(name, value)
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR_S}")
    return response
