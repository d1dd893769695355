"""The pages that one-time links lead to. The link's secret stands behind the # and never comes here unasked.

A link alone sets nobody's password but a newcomer's: who has one shows the second factor, and who lost the
authenticator shows the password. So whoever made the link, or found it, can do nothing with it.
"""

from flask import Blueprint, Response

from schemas import console as shapes
from server import entrances
from server.console.answers import done, render
from server.console.call import Call
from server.console.page import Action, Page, action, page
from server.console.sign_in import place
from server.passwords import SHORTEST
from server.services import second_factor, sessions, sign_in

blueprint = Blueprint("links", __name__)

_LINK = "whoever has no password yet cannot sign in; the link is the proof"
_AT = {
    "password_too_weak": "password",
    sign_in.WrongCredentials.code: "password",
    second_factor.WrongCode.code: "code",
    sessions.SecondFactorRequired.code: "code",
}


@page(blueprint, "/set-password", Page(open_because=_LINK))
def ask_password(call: Call) -> Response:
    """Ask for the password that the person chooses."""
    return render(call, "set_password.html", shortest=SHORTEST)


@action(
    blueprint,
    "/set-password",
    Action(open_because=_LINK, form=shapes.ChosenPassword, again=ask_password, at=_AT, own_transactions=True),
)
def set_password(call: Call) -> Response:
    """Set the password; whoever needs no authenticator is shown recovery codes."""
    given = call.form
    codes = entrances.set_password(given["token"], given["password"], given.get("code"), call.now)
    if codes:
        return render(call, "recovery_codes.html", codes=codes, further="/sign-in")
    return done("/sign-in", "console.done.password_set")


@page(blueprint, "/renew-second-factor", Page(open_because=_LINK))
def ask_renewal(call: Call) -> Response:
    """Ask for the password of whoever lost the authenticator."""
    return render(call, "renew_second_factor.html")


@action(
    blueprint,
    "/renew-second-factor",
    Action(open_because=_LINK, form=shapes.Renewal, again=ask_renewal, at=_AT, own_transactions=True),
)
def renew_second_factor(call: Call) -> Response:
    """Take the lost authenticator away; the next sign-in sets up another."""
    entrances.renew_second_factor(call.form["token"], call.form["password"], place(), call.now)
    return done("/sign-in", "console.done.second_factor_taken_away")
