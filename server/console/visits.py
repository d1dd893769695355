"""The list of visits, newest first. Reads only."""

from typing import Any

from flask import Blueprint

from patrol.permissions import Verb
from schemas.visit import KINDS, VisitQuery
from server.console.answers import render
from server.console.call import Call
from server.console.page import Page, page
from server.services.visit_views import view_visits

blueprint = Blueprint("visit_lists", __name__)

STATUSES = ("open", "submitted", "submitted_incomplete", "approved", "sealed", "void")


@page(blueprint, "/visits", Page(verb=Verb.VISIT_READ, query=VisitQuery))
def list_visits(call: Call) -> Any:
    """The visits in sight."""
    found = view_visits(call.actor, call.query)
    return render(call, "visits.html", found=found, filters=call.query, kinds=KINDS, statuses=STATUSES)
