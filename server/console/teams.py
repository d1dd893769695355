"""The teams: the list, the page of one, and who joins and leaves."""

from typing import Any

from flask import Blueprint

from patrol.periods import local_date
from patrol.permissions import Verb
from schemas.team import NewMember, NewTeam, TeamChange, TeamQuery
from schemas.user import LastDay
from server.console.answers import done, render
from server.console.call import Call
from server.console.page import Action, Page, action, page
from server.queries.teams import get_membership
from server.services import teams as service
from server.services.second_factor import EMPTY_TEAM
from server.services.team_views import view_team, view_teams

blueprint = Blueprint("team_pages", __name__)


@page(blueprint, "/teams", Page(verb=Verb.TEAM_READ, query=TeamQuery))
def list_teams(call: Call) -> Any:
    """The teams in sight, by name."""
    return render(
        call, "teams.html", found=view_teams(call.actor, call.query, local_date(call.now)), filters=call.query
    )


@action(blueprint, "/teams", Action(verb=Verb.TEAM_WRITE, proof_spared=EMPTY_TEAM, form=NewTeam, again=list_teams))
def found_team(call: Call) -> Any:
    """Found a team."""
    team = service.found_team(call.actor, call.form, call.now)
    return done(f"/teams/{team.id}", "team.done.founded")


@page(blueprint, "/teams/<key:team>", Page(verb=Verb.TEAM_READ))
def show_team(call: Call, team: str) -> Any:
    """One team."""
    return render(call, "team.html", found=view_team(call.actor, team, local_date(call.now)))


@action(blueprint, "/teams/<key:team>", Action(verb=Verb.TEAM_WRITE, form=TeamChange, again=show_team))
def change_team(call: Call, team: str) -> Any:
    """Rename or dissolve a team."""
    service.change_team(call.actor, team, None, call.form, call.now)
    return done(f"/teams/{team}", "team.done.changed")


@action(
    blueprint,
    "/teams/<key:team>/members",
    Action(verb=Verb.TEAM_WRITE, form=NewMember, again=show_team),
)
def add_member(call: Call, team: str) -> Any:
    """Take a person into the team; with it comes what its role may do."""
    member = service.add_member(call.actor, team, call.form, call.now)
    return done(f"/teams/{team}", "team.done.joined", {"name": member.name})


def _team_of(call: Call, membership: str) -> Any:
    return show_team(call, get_membership(call.actor, membership)[1].id)


@action(
    blueprint,
    "/memberships/<key:membership>/end",
    Action(verb=Verb.TEAM_WRITE, form=LastDay, again=_team_of),
)
def end_membership(call: Call, membership: str) -> Any:
    """Say on which day a person was last in the team."""
    member = service.end_membership(call.actor, membership, call.form["until_date"], call.now)
    return done(f"/teams/{member.team_id}", "team.done.left", {"name": member.name})
