"""The pages through which people come in and go out, and the theme that their browser shows."""

from flask import Blueprint, Response, redirect, request

from patrol.permissions import Verb
from schemas import console as shapes
from schemas.session import Credentials
from server.auth import keep_session, served_securely
from server.console.answers import done, own_path, render
from server.console.page import Action, Call, Page, action, page
from server.console.words import THEME
from server.db import transaction
from server.services import sign_in as service

blueprint = Blueprint("sign_in", __name__)

_NOBODY = "whoever signs in is nobody yet"
_YEAR_S = 365 * 24 * 3600


@page(blueprint, "/sign-in", Page(open_because=_NOBODY))
def show_sign_in(call: Call) -> Response:
    """Ask for login and password."""
    return render(call, "sign_in.html")


@action(
    blueprint,
    "/sign-in",
    Action(open_because=_NOBODY, form=Credentials, again=show_sign_in, own_transactions=True),
)
def sign_in(call: Call) -> Response:
    """Open a session and go where the person was going."""
    with transaction():
        attempt = service.enter_attempt(call.form["login"], request.remote_addr or "unknown", call.now)
    service.check_password(attempt, call.form["password"])
    with transaction():
        opened = service.open_session(attempt, call.now)
    return keep_session(done(own_path(request.args.get("next"))), opened.token)


@action(blueprint, "/sign-out", Action(verb=Verb.ACCOUNT_WRITE))
def sign_out(call: Call) -> Response:
    """End this session at once."""
    service.sign_out(call.signed_in.session)
    return keep_session(done("/sign-in", "console.done.signed_out"), "")


@action(
    blueprint,
    "/theme",
    Action(
        open_because="how bright a browser shows pages is its own business", form=shapes.Theme, own_transactions=True
    ),
)
def choose_theme(call: Call) -> Response:
    """Keep the theme in this browser; pages change it themselves where scripts run."""
    wanted = call.form["theme"]
    response: Response = redirect(own_path(call.form.get("back")), 303)  # type: ignore[assignment]
    if wanted == "auto":
        response.delete_cookie(THEME, path="/")
    else:
        response.set_cookie(THEME, wanted, _YEAR_S, path="/", secure=served_securely(), samesite="Strict")
    return response
