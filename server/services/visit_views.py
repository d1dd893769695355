"""The list of visits as pages show it: headers with the names of their mines and teams. Reads only."""

from collections.abc import Mapping
from typing import Any

from patrol.permissions import Actor
from server.queries import visit_lists
from server.queries.board_records import team_names
from server.queries.visits import list_visits


def view_visits(actor: Actor, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """A page of visits, newest first, how many the filters leave, and what the filters offer."""
    page = list_visits(actor, wanted)
    names = visit_lists.mine_names(actor)
    teams = team_names(actor)
    return {
        "rows": [
            {"visit": visit, "mine": names.get(visit.mine_id, ""), "team": teams.get(visit.team_id, "")}
            for visit in page.items
        ],
        "next": page.next,
        "count": visit_lists.count_visits(actor, wanted),
        "mines": list(names.items()),
        "teams": sorted(teams.items(), key=lambda team: team[1]),
    }
