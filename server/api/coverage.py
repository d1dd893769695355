"""Duties, coverage and what is left; the checklist's editions and what applies to a mine."""

from typing import Any

from flask import Response

from patrol.periods import local_date
from patrol.permissions import Verb
from schemas import checklist as checklist_shapes
from schemas import duty as shapes
from schemas.page import list_of, page_of
from server.api.operation import Call, Route, operation
from server.http.openapi import Blueprint
from server.queries import checklists as checklist_queries
from server.services import applicability, board, coverage_views, duty_views

blueprint = Blueprint("coverage", __name__, url_prefix="/api/v1", description="Duties, coverage")

#: An edition never changes: whoever has its bytes need not ask again.
_FOR_EVER = "private, max-age=31536000, immutable"


@operation(
    blueprint,
    "GET",
    "/duties",
    Route(verb=Verb.DUTY_READ, query=shapes.DutyQuery, answer=page_of(shapes.Duty)),
)
def list_duties(call: Call) -> Any:
    """List a period's duties by mine, and how they stand today."""
    return duty_views.list_duties(call.actor, call.query, local_date(call.now))


@operation(
    blueprint,
    "GET",
    "/board",
    Route(verb=Verb.DUTY_READ, query=shapes.BoardQuery, answer=shapes.Board),
)
def get_board(call: Call) -> Any:
    """Read mines × weeks of a month: totals of all in reach, and one page of mines."""
    return board.view_board(call.actor, call.query, local_date(call.now))


@operation(
    blueprint,
    "GET",
    "/coverage",
    Route(verb=Verb.COVERAGE_READ, query=shapes.CoverageQuery, answer=page_of(shapes.Coverage)),
)
def list_coverage(call: Call) -> Any:
    """List a month's coverage by mine; mines that nobody has visited have no row yet."""
    return coverage_views.list_coverage(call.actor, call.query, local_date(call.now))


@operation(
    blueprint,
    "GET",
    "/mines/<key:mine>/coverage/<key:month>",
    Route(verb=Verb.COVERAGE_READ, answer=shapes.Coverage),
)
def get_coverage(call: Call, mine: str, month: str) -> Any:
    """Read a mine's coverage in a month."""
    return coverage_views.get_coverage(call.actor, mine, month, local_date(call.now))


@operation(
    blueprint,
    "GET",
    "/mines/<key:mine>/coverage/<key:month>/left",
    Route(verb=Verb.COVERAGE_READ, query=shapes.LeftQuery, answer=shapes.Left),
)
def list_left(call: Call, mine: str, month: str) -> Any:
    """List what is left of a mine's month, in the checklist's order."""
    today = local_date(call.now)
    return coverage_views.list_left(call.actor, mine, month, call.query, today)


@operation(
    blueprint,
    "GET",
    "/checklists",
    Route(verb=Verb.CHECKLIST_READ, answer=list_of(checklist_shapes.Edition)),
)
def list_checklists(call: Call) -> Any:
    """List the county's editions of the checklist, newest first."""
    return {"items": checklist_queries.list_editions(call.actor)}


@operation(blueprint, "GET", "/checklists/<key:digest>", Route(verb=Verb.CHECKLIST_READ))
def get_checklist(call: Call, digest: str) -> Response:
    """Read one edition: the very bytes that its digest is taken of."""
    edition = checklist_queries.get_edition(call.actor, digest)
    answer = Response(checklist_queries.definition_bytes(edition), mimetype="application/json")
    answer.headers["Cache-Control"] = _FOR_EVER
    answer.set_etag(edition.digest)
    return answer


@operation(
    blueprint,
    "GET",
    "/mines/<key:mine>/applicability",
    Route(
        verb=Verb.MINE_READ,
        query=checklist_shapes.ApplicabilityQuery,
        answer=checklist_shapes.Applicability,
    ),
)
def explain_applicability(call: Call, mine: str) -> Any:
    """Tell what a mine is asked on a day, at which places, and why or why not."""
    return applicability.explain(call.actor, mine, call.query, local_date(call.now))
