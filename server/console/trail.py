"""The audit trail: who changed what, with before and after. For the auditor alone."""

from flask import Blueprint, Response

from patrol.permissions import Verb
from schemas.people import TrailFilters
from server.console.answers import render
from server.console.call import Call
from server.console.page import Page, page
from server.services.audit_views import view_trail

blueprint = Blueprint("trail", __name__)

#: What the trail is about, in the order in which it is chosen from.
KINDS = (
    "user_account",
    "role_grant",
    "one_time_link",
    "second_factor",
    "recovery_code",
    "team",
    "membership",
    "certificate",
    "contract",
    "mine",
    "mine_attribute",
    "place",
    "excuse",
    "visit",
    "finding",
    "device",
    "checklist_edition",
)


@page(blueprint, "/audit", Page(verb=Verb.AUDIT_READ, query=TrailFilters))
def show_trail(call: Call) -> Response:
    """The trail, newest first."""
    return render(call, "trail.html", found=view_trail(call.actor, call.query), filters=call.query, kinds=KINDS)
