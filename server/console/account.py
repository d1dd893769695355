"""One's own account: password, authenticator, recovery codes, sign-ins."""

from typing import Any

from flask import Blueprint, Response

from patrol.permissions import Verb
from schemas.session import Code, PasswordChange
from server import entrances
from server.auth import keep_session
from server.console import once
from server.console.answers import done, render
from server.console.call import Call
from server.console.navigation import home_of
from server.console.page import Action, Page, action, page
from server.console.pictures import qr
from server.console.sign_in import place
from server.db import db
from server.models.user import User
from server.passwords import SHORTEST
from server.queries import me
from server.services import recovery, second_factor, sessions, sign_in
from server.services.sessions import ENROLMENT

blueprint = Blueprint("account", __name__)

_ENROLMENT = frozenset({ENROLMENT})


@page(blueprint, "/account", Page(verb=Verb.ACCOUNT_READ))
def show_account(call: Call) -> Response:
    """Show who one is and how one signs in."""
    user = call.signed_in.person
    facts: dict[str, Any] = {
        "user": user,
        "enrolled": second_factor.is_enrolled(user.id),
        "needed": call.actor.role in second_factor.NEEDED_BY,
        "codes_left": recovery.left(user.id),
        "sessions": me.list_sessions(call.actor, call.signed_in.session, call.now),
        "shortest": SHORTEST,
    }
    return render(call, "account.html", **facts)


@action(
    blueprint,
    "/account/password",
    Action(
        verb=Verb.ACCOUNT_WRITE,
        form=PasswordChange,
        again=show_account,
        at={"password_too_weak": "password", sign_in.WrongCredentials.code: "current"},
        own_transactions=True,
    ),
)
def change_password(call: Call) -> Response:
    """Choose a new password; every session ends, this one too."""
    entrances.change_password(call.actor, call.form["current"], call.form["password"], place(), call.now)
    return keep_session(done("/sign-in", "console.done.password_set"), "")


@action(blueprint, "/account/sessions/<key:session>/end", Action(verb=Verb.ACCOUNT_WRITE, again=None))
def end_session(call: Call, session: str) -> Response:
    """End a sign-in, as on a computer that one left."""
    sessions.end_own(call.actor, session)
    return done("/account", "console.done.session_ended")


@page(blueprint, "/account/second-factor", Page(verb=Verb.ACCOUNT_READ, unfinished=_ENROLMENT))
def show_offer(call: Call) -> Response:
    """Show the seed that waits to be taken into an authenticator; without one, the button that makes one."""
    offer = second_factor.find_offer(call.signed_in.person)
    picture = qr(offer.address) if offer else None
    return render(call, "second_factor.html", offer=offer, picture=picture)


@action(
    blueprint,
    "/account/second-factor",
    Action(verb=Verb.ACCOUNT_WRITE, again=show_offer, fresh_proof=True, unfinished=_ENROLMENT),
)
def offer_second_factor(call: Call) -> Response:
    """Offer a seed; what was confirmed before goes on working until this one is."""
    second_factor.make_offer(call.signed_in.person, call.now)
    return done("/account/second-factor")


@action(
    blueprint,
    "/account/second-factor/confirm",
    Action(
        verb=Verb.ACCOUNT_WRITE,
        form=Code,
        again=show_offer,
        at={second_factor.WrongCode.code: "code"},
        own_transactions=True,
        unfinished=_ENROLMENT,
    ),
)
def confirm_second_factor(call: Call) -> Response:
    """Confirm the authenticator; the session gets another id, and ten recovery codes are shown, once."""
    opened, codes = entrances.enrol(call.signed_in.own_session, call.form["code"], call.now)
    shown = render(Call(call.now), "recovery_codes.html", codes=codes, further=home_of(call.actor))
    return keep_session(shown, opened.token)


@action(
    blueprint,
    "/account/second-factor/stop",
    Action(verb=Verb.ACCOUNT_WRITE, again=show_account, fresh_proof=True),
)
def stop_second_factor(call: Call) -> Response:
    """Do without an authenticator, where the role lets one."""
    second_factor.stop(call.signed_in.person, call.actor.role, call.now)
    return done("/account", "console.done.second_factor_stopped")


@action(
    blueprint,
    "/account/recovery-codes",
    Action(verb=Verb.ACCOUNT_WRITE, again=show_account, fresh_proof=True, shown_once=True),
)
def renew_recovery_codes(call: Call) -> Response:
    """Make ten new recovery codes and show them, once; older ones stop working."""
    codes = recovery.renew(db.session.get_one(User, call.actor.person), call.now)
    once.remember(call, "/account")
    return render(call, "recovery_codes.html", codes=codes, further="/account")
