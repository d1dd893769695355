"""Patrol groups and who is in them."""

from typing import Any

from patrol.permissions import Verb
from schemas import team as shapes
from schemas.page import list_of, page_of
from schemas.user import LastDay
from server.api.operation import Call, Route, operation
from server.http.openapi import Blueprint
from server.queries import teams as queries
from server.services import teams as service
from server.services.second_factor import EMPTY_TEAM

blueprint = Blueprint("teams", __name__, url_prefix="/api/v1", description="Patrol groups")


@operation(
    blueprint,
    "GET",
    "/teams",
    Route(verb=Verb.TEAM_READ, query=shapes.TeamQuery, answer=page_of(shapes.Team)),
)
def list_teams(call: Call) -> Any:
    """List the teams in sight, by name."""
    return queries.list_teams(call.actor, call.query)


@operation(
    blueprint,
    "POST",
    "/teams",
    Route(
        verb=Verb.TEAM_WRITE,
        proof_spared=EMPTY_TEAM,
        body=shapes.NewTeam,
        answer=shapes.Team,
        status=201,
        versioned=True,
    ),
)
def found_team(call: Call) -> Any:
    """Found a team."""
    return service.found_team(call.actor, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/teams/<key:team>",
    Route(verb=Verb.TEAM_READ, answer=shapes.Team, versioned=True),
)
def get_team(call: Call, team: str) -> Any:
    """Read one team."""
    return queries.get_team(call.actor, team)


@operation(
    blueprint,
    "PATCH",
    "/teams/<key:team>",
    Route(verb=Verb.TEAM_WRITE, body=shapes.TeamChange, answer=shapes.Team, versioned=True),
)
def change_team(call: Call, team: str) -> Any:
    """Rename or dissolve a team."""
    return service.change_team(call.actor, team, call.version, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/teams/<key:team>/members",
    Route(verb=Verb.TEAM_READ, query=shapes.MemberQuery, answer=list_of(shapes.Member)),
)
def list_members(call: Call, team: str) -> Any:
    """List who is in the team that day, or ever was."""
    return {"items": queries.list_members(call.actor, team, call.query.get("on"))}


@operation(
    blueprint,
    "POST",
    "/teams/<key:team>/members",
    Route(verb=Verb.TEAM_WRITE, body=shapes.NewMember, answer=shapes.Member, status=201),
)
def add_member(call: Call, team: str) -> Any:
    """Take a person into the team from a day on."""
    return service.add_member(call.actor, team, call.body, call.now)


@operation(
    blueprint,
    "POST",
    "/memberships/<key:membership>/end",
    Route(verb=Verb.TEAM_WRITE, body=LastDay, answer=shapes.Member),
)
def end_membership(call: Call, membership: str) -> Any:
    """Say on which day a person was last in the team."""
    return service.end_membership(call.actor, membership, call.body["until_date"], call.now)
