"""The pages that people see instead of a problem: what happened, in a sentence, and what to do now.

Whoever is not signed in is led to the sign-in page and back; programs and htmx get the problem itself.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from flask import Flask, Response, current_app, g, redirect, request
from werkzeug.exceptions import Unauthorized

from patrol.errors import NotAllowed
from server import clock
from server.auth import Caller, current_caller
from server.console.answers import render
from server.console.call import Call
from server.console.forms import FiltersRefused, FormRefused, errors_of
from server.http import problems

#: Paths that programs call, whatever they say that they accept.
_PROGRAMS = ("/api/", "/assets/", "/app/", "/healthz", "/readyz")
#: Who lacks this is not refused but led to where it can be had.
_LED: Mapping[str, str] = {
    "second_factor_missing": "/sign-in/code",
    "second_factor_not_enrolled": "/account/second-factor",
}
_WHAT_TO_DO = {
    403: "console.mistake.not_allowed",
    404: "console.mistake.not_found",
    422: "console.mistake.filters",
    429: "console.mistake.too_many",
    503: "console.mistake.busy",
}


def install(app: Flask) -> None:
    """Show pages instead of problems to people."""
    app.extensions[problems.PAGE] = page_of
    app.register_error_handler(FiltersRefused, _from_filters)
    app.register_error_handler(FormRefused, _from_form)


def page_of(status: int, code: str, detail: str, headers: Mapping[str, str]) -> Response | None:
    """The page for a problem, or None where a program asked."""
    if not _is_person():
        return None
    if status == HTTPStatus.UNAUTHORIZED:
        return _lead(f"/sign-in?next={quote(_wanted())}")
    if code in _LED:
        return _lead(_LED[code])
    if "HX-Request" in request.headers:
        return None
    facts = {"detail": detail, "what_to_do": _WHAT_TO_DO.get(status, "console.mistake.other")}
    response = render(Call(clock.now(), _caller(status)), "mistake.html", status=status, code=code, **facts)
    response.status_code = status
    response.headers.extend(headers)
    return response


def _from_filters(_error: FiltersRefused) -> Response:
    return problems.problem(422, "console.filters_refused")


def _from_form(error: FormRefused) -> Response:
    """A form that no page shows again, such as a single button's."""
    fields = [{"pointer": f"#/{name}", **_said(said)} for name, said in errors_of(error, {}).items()]
    return problems.problem(422, "invalid_fields", errors=fields)


def _said(sentence: str) -> dict[str, str]:
    return {"code": "invalid_fields", "detail": sentence}


def _is_person() -> bool:
    if request.path.startswith(_PROGRAMS):
        return False
    if request.path == "/" and request.method == "GET":
        # The front door: whoever comes without saying what they read is shown in.
        return True
    # Browsers name it beside the kinds of pictures that they like as well; programs at most say that all is welcome.
    return "HX-Request" in request.headers or "text/html" in request.accept_mimetypes.values()


def _lead(address: str) -> Response:
    if "HX-Request" in request.headers:
        return Response(status=204, headers={"HX-Redirect": address})
    answer: Response = current_app.make_response(redirect(address, 303))
    return answer


def _wanted() -> str:
    """The page that was asked for; for an action the page that its form stood on."""
    if request.method == "GET" and "HX-Request" not in request.headers:
        return request.full_path.removesuffix("?")
    parts = urlsplit(request.referrer or "")
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _caller(status: int) -> Caller | None:
    """Who sees the page, as far as that can be told just now; a mistake must not cause another."""
    if request.method != "GET" or status >= 500 or g.get("failed"):
        return None
    g.failed = True
    try:
        return current_caller(clock.now())
    except (Unauthorized, NotAllowed):
        return None
