"""Visits and findings, as the office and the mine read them."""

from typing import Any

from patrol.periods import local_date
from patrol.permissions import Verb
from schemas import finding as finding_shapes
from schemas import visit as shapes
from schemas.page import page_of
from server.api.operation import Call, Route, operation
from server.http.openapi import Blueprint
from server.queries import findings as finding_queries
from server.queries import visits as queries
from server.queries.records import record_of
from server.services.finding_views import view_finding

blueprint = Blueprint("visits", __name__, url_prefix="/api/v1", description="Visits and findings")


@operation(
    blueprint,
    "GET",
    "/visits",
    Route(verb=Verb.VISIT_READ, query=shapes.VisitQuery, answer=page_of(shapes.Visit)),
)
def list_visits(call: Call) -> Any:
    """List the visits in sight, newest first."""
    return queries.list_visits(call.actor, call.query)


@operation(blueprint, "GET", "/visits/<key:visit>", Route(verb=Verb.VISIT_READ, answer=shapes.Visit))
def get_visit(call: Call, visit: str) -> Any:
    """Read one visit's header."""
    return queries.get_visit(call.actor, visit)


@operation(
    blueprint,
    "GET",
    "/visits/<key:visit>/record",
    Route(verb=Verb.RECORD_READ, answer=shapes.Record),
)
def get_record(call: Call, visit: str) -> Any:
    """Read the merged record: every answer with who said what, signatures, notes, photos."""
    return record_of(queries.get_record(call.actor, visit))


@operation(
    blueprint,
    "GET",
    "/findings",
    Route(
        verb=Verb.FINDING_READ,
        query=finding_shapes.FindingQuery,
        answer=page_of(finding_shapes.Finding),
    ),
)
def list_findings(call: Call) -> Any:
    """List the findings in sight, newest first."""
    return finding_queries.list_findings(call.actor, call.query, local_date(call.now))


@operation(
    blueprint,
    "GET",
    "/findings/<key:finding>",
    Route(verb=Verb.FINDING_READ, answer=finding_shapes.FindingLife),
)
def get_finding(call: Call, finding: str) -> Any:
    """Read one finding with its whole life."""
    return view_finding(call.actor, finding, local_date(call.now))
