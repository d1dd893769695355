"""The pages through which people come in and go out, and the theme that their browser shows."""

from typing import Any

from flask import Blueprint, Response, redirect, request

from patrol.permissions import Verb
from schemas import console as shapes
from schemas.session import Code, Credentials
from server import entrances
from server.auth import keep_session, served_securely
from server.console.answers import done, own_path, render
from server.console.call import Call
from server.console.navigation import home_of
from server.console.page import Action, Page, action, page
from server.console.words import THEME
from server.services import second_factor, sessions
from server.services.sessions import CODE, ENROLMENT, Place

blueprint = Blueprint("sign_in", __name__)

_NOBODY = "whoever signs in is nobody yet"
_UNFINISHED = frozenset({CODE, ENROLMENT})
_YEAR_S = 365 * 24 * 3600


@page(blueprint, "/sign-in", Page(open_because=_NOBODY))
def show_sign_in(call: Call) -> Response:
    """Ask for login and password."""
    return render(call, "sign_in.html", query=request.query_string.decode())


@action(
    blueprint,
    "/sign-in",
    Action(open_because=_NOBODY, form=Credentials, again=show_sign_in, own_transactions=True),
)
def sign_in(call: Call) -> Response:
    """Open a session and go on: to the second factor, or where the person was going."""
    opened = entrances.enter(call.form["login"], call.form["password"], place(), call.now)
    query = request.query_string.decode()
    further = {CODE: f"/sign-in/code?{query}", ENROLMENT: "/account/second-factor"}
    return keep_session(done(further.get(opened.awaits or "", _wanted())), opened.token)


@page(blueprint, "/sign-in/code", Page(verb=Verb.ACCOUNT_READ, unfinished=_UNFINISHED))
def ask_code(call: Call) -> Response:
    """Ask for the second factor; people of the invented county are told theirs."""
    told = second_factor.code_of_invented(call.signed_in.person, call.now)
    return render(call, "sign_in_code.html", query=request.query_string.decode(), told=told)


@action(
    blueprint,
    "/sign-in/code",
    Action(
        verb=Verb.ACCOUNT_WRITE,
        form=Code,
        again=ask_code,
        at={second_factor.WrongCode.code: "code"},
        own_transactions=True,
        unfinished=_UNFINISHED,
    ),
)
def pass_code(call: Call) -> Response:
    """Finish the sign-in."""
    opened = entrances.pass_code(call.signed_in.own_session, call.form["code"], call.now)
    return keep_session(done(_wanted(home_of(call.actor))), opened.token)


@action(blueprint, "/sign-out", Action(verb=Verb.ACCOUNT_WRITE, unfinished=_UNFINISHED))
def sign_out(call: Call) -> Response:
    """End this session at once."""
    sessions.end(call.signed_in.session)
    return keep_session(done("/sign-in", "console.done.signed_out"), "")


@action(
    blueprint,
    "/theme",
    Action(
        open_because="how bright a browser shows pages is its own business", form=shapes.Theme, own_transactions=True
    ),
)
def choose_theme(call: Call) -> Any:
    """Keep the theme in this browser; pages change it themselves where scripts run."""
    wanted, response = call.form["theme"], redirect(own_path(call.form.get("back")), 303)
    if wanted == "auto":
        response.delete_cookie(THEME, path="/")
    else:
        response.set_cookie(THEME, wanted, _YEAR_S, path="/", secure=served_securely(), samesite="Strict")
    return response


def place() -> Place:
    """Where the person sits."""
    return Place(request.remote_addr or "unknown", request.user_agent.string)


def _wanted(otherwise: str = "/") -> str:
    return own_path(request.args.get("next"), otherwise)
