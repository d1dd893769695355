"""How pages and actions of the console answer: a rendered page, or a way to one with a word about what was done."""

import base64
import json
from collections.abc import Mapping
from typing import Any

from flask import Response, make_response, redirect, render_template, request

from server.auth import served_securely
from server.console.call import Call
from server.http.headers import console_policy, nonce
from server.messages import catalogue, text

#: Carries one word about what was done over the redirect that follows an action; read once.
SAID = "qianshao_said"
_SAID_FOR_S = 60


def render(call: Call, template: str, /, **facts: Any) -> Response:
    """The page `console/<template>`; templates also see `call`, and through it what was typed and what is wrong."""
    response = make_response(render_template(f"console/{template}", call=call, said=_said(), **facts))
    response.headers["Content-Security-Policy"] = console_policy(nonce())
    response.headers["Cache-Control"] = "private, no-store"
    response.vary.update(("Cookie", "HX-Request"))
    if SAID in request.cookies:
        response.delete_cookie(SAID, path="/")
    return response


def done(address: str, code: str = "", facts: Mapping[str, object] | None = None) -> Response:
    """Send the browser to `address`, a path of our own, where the sentence of `code` is shown once."""
    response = make_response(redirect(address, 303))
    if code:
        packed = base64.urlsafe_b64encode(json.dumps([code, facts or {}], default=str).encode()).decode()
        response.set_cookie(
            SAID, packed, _SAID_FOR_S, path="/", secure=served_securely(), httponly=True, samesite="Strict"
        )
    return response


def own_path(wanted: str | None, otherwise: str = "/") -> str:
    """The path on this very server that `wanted` names, or `otherwise`: nobody is sent to a stranger's page."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\", "/api/")):
        return otherwise
    return wanted if wanted.isprintable() and "\\" not in wanted else otherwise


def _said() -> str | None:
    try:
        code, facts = json.loads(base64.urlsafe_b64decode(request.cookies[SAID]))
        return text(code, facts) if code in catalogue() else None
    except (KeyError, ValueError, TypeError, AttributeError):
        return None
