"""The page of one visit, and what is done there: settle, approve, send back, seal, void, release an addendum."""

from typing import Any

from flask import Blueprint

from patrol.permissions import Verb
from schemas.fields import OneOf, Shape
from schemas.office import Addenda, Reasoned, Sealing, Settled
from server.console.answers import done, render
from server.console.call import Call
from server.console.desk import desk_of
from server.console.page import Action, Page, action, page
from server.services import releasing, sealing, settling
from server.services.visit_page import SHOWN, view_page

blueprint = Blueprint("visit_pages", __name__)


class VisitFilters(Shape):
    """To what the record is narrowed."""

    show = OneOf(*SHOWN, load_default="all")


@page(blueprint, "/visits/<key:visit>", Page(verb=Verb.RECORD_READ, query=VisitFilters))
def show_visit(call: Call, visit: str) -> Any:
    """One visit's merged record, and what this person may do with it."""
    shown = call.query.get("show", "all")
    return render(call, "visit.html", found=view_page(call.actor, visit, shown, call.now), shown=shown, shows=SHOWN)


@action(blueprint, "/visits/<key:visit>/settle", Action(verb=Verb.VISIT_SETTLE, form=Settled, again=show_visit))
def settle(call: Call, visit: str) -> Any:
    """Let one of the values that stand beside each other stand alone."""
    said = call.form
    settling.settle_answer(desk_of(call), visit, (said["item"], said["place"]), said["operation"], said.get("note"))
    return done(f"/visits/{visit}", "visit.done.settled")


@action(blueprint, "/visits/<key:visit>/approve", Action(verb=Verb.VISIT_REVIEW, form=Sealing, again=show_visit))
def approve(call: Call, visit: str) -> Any:
    """Say that the record was read and is accepted."""
    sealing.approve(desk_of(call), visit, call.form.get("gaps_reason"))
    return done(f"/visits/{visit}", "visit.done.approved")


@action(blueprint, "/visits/<key:visit>/send-back", Action(verb=Verb.VISIT_REVIEW, form=Reasoned, again=show_visit))
def send_back(call: Call, visit: str) -> Any:
    """Give the visit back to its team; the reason reaches their phones."""
    sealing.send_back(desk_of(call), visit, call.form["reason"])
    return done(f"/visits/{visit}", "visit.done.sent_back")


@action(blueprint, "/visits/<key:visit>/seal", Action(verb=Verb.VISIT_SEAL, form=Sealing, again=show_visit))
def seal(call: Call, visit: str) -> Any:
    """Seal the visit; from then on its record never changes."""
    sealing.seal(desk_of(call), visit, call.form.get("gaps_reason"))
    return done(f"/visits/{visit}", "visit.done.sealed")


@action(blueprint, "/visits/<key:visit>/void", Action(verb=Verb.VISIT_VOID, form=Reasoned, again=show_visit))
def void(call: Call, visit: str) -> Any:
    """Say that the visit does not count, and why."""
    sealing.void(desk_of(call), visit, call.form["reason"])
    return done(f"/visits/{visit}", "visit.done.voided")


@action(blueprint, "/visits/<key:visit>/addenda", Action(verb=Verb.VISIT_RELEASE, form=Addenda, again=show_visit))
def add_addenda(call: Call, visit: str) -> Any:
    """Take what came after the seal into the record; it is sealed again beside the first."""
    sealing.add_addenda(desk_of(call), visit, call.form["operations"], call.form["reason"])
    return done(f"/visits/{visit}", "visit.done.added")


@action(
    blueprint,
    "/visits/<key:visit>/release/<key:uid>",
    Action(verb=Verb.OPERATION_RELEASE, form=Reasoned),
)
def release(call: Call, visit: str, uid: str) -> Any:
    """Give an operation that waits beside the visit its effect."""
    releasing.release(desk_of(call), uid, call.form["reason"])
    return done(f"/visits/{visit}", "visit.done.released")
