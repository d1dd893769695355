"""The one place that turns errors into responses: RFC 9457 problems with a stable code.

Nothing else in the server knows an HTTP status of an error, and no driver's text is ever sent.
"""

import logging
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from flask import Flask, Response, current_app, g, request
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from patrol.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound
from server.db import Busy
from server.engine import it_passes
from server.messages import text
from server.services.attempts import TooManyAttempts
from server.services.second_factor import WrongCode
from server.services.sessions import SecondFactorRequired
from server.services.sign_in import WrongCredentials
from server.services.versions import Outdated

log = logging.getLogger(__name__)

MIMETYPE = "application/problem+json"
#: Where the console leaves what makes a page of a problem, for people: (status, code, detail, headers) → page or None.
PAGE = "qianshao_problem_page"
RETRY_AFTER_S = 2

#: The first that fits: leaves that HTTP has a status of its own for, then the families.
_FAMILIES: tuple[tuple[type[DomainError], int], ...] = (
    (WrongCredentials, 401),
    (SecondFactorRequired, 401),
    (WrongCode, 401),
    (TooManyAttempts, 429),
    (Outdated, 412),
    (Invalid, 422),
    (NotAllowed, 403),
    (NotFound, 404),
    (Conflict, 409),
)
_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    409: "conflict",
    411: "length_required",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    422: "invalid_fields",
    428: "precondition_required",
    429: "too_many_requests",
    503: "unavailable",
}


def problem(
    status: int,
    code: str,
    details: Mapping[str, object] | None = None,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An `application/problem+json` response: `code` for programs, `detail` for people, `errors`
    with a JSON pointer each when fields are to blame. People who asked for a page get one."""
    make_page = current_app.extensions.get(PAGE)
    page: Response | None = make_page(status, code, text(code, details), headers or {}) if make_page else None
    if page is not None:
        return page
    body: dict[str, Any] = {
        "type": f"urn:qianshao:problem:{code}",
        "title": text(_CODES.get(status, "internal" if status >= 500 else "bad_request")),
        "status": status,
        "code": code,
        "detail": text(code, details),
        "reference": g.get("reference", ""),
    }
    if details:
        body["details"] = details
    if errors:
        body["errors"] = errors
    content = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
    return Response(content, status, headers=dict(headers or {}), mimetype=MIMETYPE)


def install(app: Flask) -> None:
    """Answer every error of `app` with a problem, and give every request a reference."""
    app.before_request(_name_request)
    app.register_error_handler(DomainError, from_domain_error)
    app.register_error_handler(HTTPException, from_http_exception)
    app.register_error_handler(Busy, from_busy)
    app.register_error_handler(SQLAlchemyError, from_database_error)
    app.register_error_handler(Exception, from_bug)


def from_domain_error(error: DomainError) -> Response:
    """The status is the family's; a fact `retry_after_s` is told in the header too."""
    status = next((status for family, status in _FAMILIES if isinstance(error, family)), None)
    if status is None:
        return from_bug(error)
    if error.code == NotFound.code:
        # The same words for a thing that is foreign and one that does not exist: which noun was
        # looked for, and where that failed, tells the two apart.
        return problem(status, error.code)
    retry = error.details.get("retry_after_s")
    headers = {} if retry is None else {"Retry-After": str(retry)}
    return problem(status, error.code, error.details, headers=headers)


def from_http_exception(error: HTTPException) -> Response:
    """What Flask, Werkzeug and webargs refuse before a service is asked."""
    status = error.code or 500
    if status < 400:
        return Response(b"", status, error.get_headers())
    data = getattr(error, "data", None) or {}
    kept = {name: value for name, value in error.get_headers() if name not in _BODY_HEADERS}
    code = data.get("code") or _CODES.get(status, "internal" if status >= 500 else "bad_request")
    return problem(
        status,
        code,
        data.get("details"),
        errors=list(_pointers(data.get("messages") or {}, "#")),
        headers={**kept, **(data.get("headers") or {})},
    )


def from_database_error(error: SQLAlchemyError) -> Response:
    """Outside a transaction: what passes is told as such, the rest is a bug."""
    return from_busy(error) if it_passes(error) else from_bug(error)


def from_busy(error: Exception) -> Response:
    """Trying again is harmless, everywhere."""
    log.warning("busy, reference %s: %s", g.get("reference", ""), error.__cause__ or error)
    return problem(503, "busy", headers={"Retry-After": str(RETRY_AFTER_S)})


def from_bug(error: Exception) -> Response:
    """What nobody foresaw: logged once, here, under the reference that the answer carries."""
    log.error("unforeseen error, reference %s", g.get("reference", ""), exc_info=error)
    return problem(500, "internal", {"reference": g.get("reference", "")})


_BODY_HEADERS = frozenset({"Content-Type", "Content-Length"})


def _name_request() -> None:
    g.reference = secrets.token_hex(6)
    log.debug("%s %s is %s", request.method, request.path, g.reference)


def _pointers(messages: Any, at: str) -> Iterator[dict[str, str]]:
    """Flatten the schemas' nested messages, which are codes, to `{"pointer": "#/ops/3/lat", …}`.

    webargs puts the place it read from (json, query …) outermost; for a body it adds nothing.
    """
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            step = "" if key in {"json", "_schema"} else f"/{_escaped(str(key))}"
            yield from _pointers(inner, at + step)
    elif isinstance(messages, list | tuple):
        for message in messages:
            yield from _pointers(message, at)
    else:
        yield {"pointer": at, "code": str(messages), "detail": text(f"field.{messages}")}


def _escaped(step: str) -> str:
    """A step of a JSON pointer (RFC 6901)."""
    return step.replace("~", "~0").replace("/", "~1")
