"""The audit trail: who changed what, with before and after. For the auditor alone."""

from datetime import datetime
from typing import Any

from flask import Blueprint, Response

from patrol.periods import local_date
from patrol.permissions import Verb
from schemas.people import TrailFilters
from server.console.answers import render
from server.console.call import Call
from server.console.page import Page, page
from server.console.words import moment, word
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
#: Columns whose values are words of a list, and where the catalogue says them.
_WORDS = {
    "step": "finding.step.",
    "severity": "finding.severity.",
    "status": "finding.status.",
    "answer": "finding.field.answer.",
    "role": "console.role.",
    "specialty": "team.specialty.",
    "duty_kind": "mine.excuse.kind.",
    "purpose": "audit.purpose.",
}


def spoken(column: str, value: Any) -> Any:
    """A value of the trail as people say it: a word instead of its code, the county's clock instead of UTC."""
    if not isinstance(value, str):
        return value
    if column.endswith("_at"):
        return moment(datetime.fromisoformat(value))
    return word(_WORDS[column] + value, value) if column in _WORDS else value


@page(blueprint, "/audit", Page(verb=Verb.AUDIT_READ, query=TrailFilters))
def show_trail(call: Call) -> Response:
    """The trail, newest first."""
    found = view_trail(call.actor, call.query, local_date(call.now))
    return render(call, "trail.html", found=found, filters=call.query, kinds=KINDS, spoken=spoken)
