"""The people: the list, the page of one, roles given and ended, certificates, and the links with which they sign in."""

from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, current_app

from patrol.periods import local_date
from patrol.permissions import Verb
from schemas.people import ROLES, PeopleFilters, PersonForm
from schemas.user import OFFICE_ROLES, LastDay, NewCertificate, NewRole, NewUser
from server.config import Config
from server.console import once
from server.console.answers import done, render
from server.console.call import Call
from server.console.page import Action, Page, action, page
from server.console.pictures import qr
from server.queries.users import get_role, get_user
from server.services import teams as team_service
from server.services import users as service
from server.services.people_views import view_people, view_person
from server.services.second_factor import PAPER
from server.services.users import Link

blueprint = Blueprint("people", __name__)

_AT = {
    "login_taken": "login",
    "role_needs_mine": "mine_id",
    "role_has_no_mine": "mine_id",
    "role_ends_before_it_begins": "until_date",
    "role_ended_already": "until_date",
    "certificate_expires_before_issue": "expires_on",
}


@page(blueprint, "/users", Page(verb=Verb.USER_READ, query=PeopleFilters))
def list_people(call: Call) -> Response:
    """The people in sight, by name."""
    found = view_people(call.actor, call.query, local_date(call.now))
    return render(call, "people.html", found=found, filters=call.query, roles=ROLES)


@action(blueprint, "/users", Action(verb=Verb.USER_WRITE, form=NewUser, again=list_people, at=_AT))
def add_person(call: Call) -> Response:
    """Add a person."""
    user = service.add_user(call.actor, call.form, call.now)
    return done(f"/users/{user.id}", "people.done.added", {"name": user.name})


@page(blueprint, "/users/<key:user>", Page(verb=Verb.USER_READ))
def show_person(call: Call, user: str) -> Response:
    """One person."""
    found = view_person(call.actor, user, local_date(call.now))
    return render(call, "person.html", found=found, office_roles=OFFICE_ROLES)


def _change(form: type[Any] | None = None) -> Action:
    return Action(verb=Verb.USER_WRITE, form=form, again=show_person, at=_AT)


@action(blueprint, "/users/<key:user>", _change(PersonForm))
def change_person(call: Call, user: str) -> Response:
    """Correct a person's name or login."""
    given = dict(call.form)
    service.change_user(call.actor, user, given.pop("version"), given, call.now)
    return done(f"/users/{user}", "people.done.changed")


@action(blueprint, "/users/<key:user>/disable", _change())
def disable_person(call: Call, user: str) -> Response:
    """Shut a person out from their next request on."""
    service.disable_user(call.actor, user, None, call.now)
    return done(f"/users/{user}", "people.done.disabled")


@action(blueprint, "/users/<key:user>/enable", _change())
def enable_person(call: Call, user: str) -> Response:
    """Let a person in again."""
    service.enable_user(call.actor, user, None, call.now)
    return done(f"/users/{user}", "people.done.enabled")


@action(blueprint, "/users/<key:user>/roles", _change(NewRole))
def grant_role(call: Call, user: str) -> Response:
    """Give a person an office role."""
    service.grant_role(call.actor, user, call.form, call.now)
    return done(f"/users/{user}", "people.done.granted")


def _holder(call: Call, role: str) -> Response:
    page_of_holder: Response = show_person(call, get_role(call.actor, role)[1].id)
    return page_of_holder


@action(
    blueprint,
    "/roles/<key:role>/end",
    Action(verb=Verb.USER_WRITE, form=LastDay, again=_holder, at=_AT),
)
def end_role(call: Call, role: str) -> Response:
    """Say on which day a role was last held."""
    ended = service.end_role(call.actor, role, call.form["until_date"], call.now)
    return done(f"/users/{ended.user_id}", "people.done.ended")


@action(
    blueprint,
    "/users/<key:user>/certificates",
    Action(verb=Verb.USER_WRITE, proof_spared=PAPER, form=NewCertificate, again=show_person, at=_AT),
)
def record_certificate(call: Call, user: str) -> Response:
    """Record a person's certificate."""
    team_service.record_certificate(call.actor, user, call.form, call.now)
    return done(f"/users/{user}", "people.done.certificate")


@action(blueprint, "/users/<key:user>/link", replace(_change(), shown_once=True))
def make_link(call: Call, user: str) -> Response:
    """Make the link with which a person chooses a password, and show it, once."""
    return _show_link(call, user, service.make_link(call.actor, user, call.now))


@action(blueprint, "/users/<key:user>/second-factor-link", replace(_change(), shown_once=True))
def make_second_factor_link(call: Call, user: str) -> Response:
    """Make the link with which a person who lost the authenticator sets up another, and show it, once."""
    return _show_link(call, user, service.make_second_factor_link(call.actor, user, call.now))


def _show_link(call: Call, user: str, link: Link) -> Response:
    once.remember(call, f"/users/{user}")
    config: Config = current_app.extensions["qianshao_config"]
    address = f"{config.public_url}{link.path}"
    person = get_user(call.actor, user)
    return render(call, "person_link.html", person=person, link=link, address=address, picture=qr(address, 4))
