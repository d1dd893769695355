"""The teams as the console shows them: who is in them, which specialty they lack, whose papers run out. Reads only."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from patrol.permissions import Actor
from patrol.teams import Specialty
from server.models.team import Certificate, Team
from server.queries import crews
from server.queries.devices import list_devices
from server.queries.paging import Page
from server.queries.teams import get_team, list_members, list_teams

#: A certificate is renewed in time when its holder hears of it two months before.
SOON = timedelta(days=60)
_ALL_PHONES = {"limit": 100}


def view_teams(actor: Actor, wanted: Mapping[str, Any], today: date) -> Page[dict[str, Any]]:
    """A page of teams, each with its members of today, its mines, its phones and what it lacks."""
    found = list_teams(actor, wanted)
    ids = [team.id for team in found.items]
    members, mines = _by_team(crews.members_on(ids, today)), _by_team(crews.contracted_on(ids, today))
    phones = crews.phones_of(ids)
    rows = [_row(team, members[team.id], mines[team.id], phones.get(team.id, 0)) for team in found.items]
    return Page(rows, found.next)


def view_team(actor: Actor, team_id: str, today: date) -> dict[str, Any]:
    """One team: everybody who ever was in it, its contracts, phones, papers that run out. Raises NotFound."""
    team = get_team(actor, team_id)
    everybody = list_members(actor, team.id, None)
    present = [member for member in everybody if _serves(member, today)]
    papers = crews.certificates_until([member.user_id for member in present], today + SOON)
    return {
        "team": team,
        "present": present,
        "former": [member for member in everybody if not _serves(member, today)],
        "lacking": _lacking(member.specialty for member in present),
        "papers": _papers(papers, {member.user_id: member.name for member in present}, today),
        "contracts": crews.contracted_on([team.id], today),
        "phones": list_devices(actor, _ALL_PHONES | {"team": team.id, "revoked": False}).items,
        "free": crews.free_people(actor.county, today),
        "today": today,
    }


def _row(team: Team, members: Sequence[Any], mines: Sequence[Any], phones: int) -> dict[str, Any]:
    return {
        "team": team,
        "members": members,
        "leader": next((member.name for member in members if member.role == "leader"), None),
        "lacking": _lacking(member.specialty for member in members) if team.dissolved_on is None else [],
        "mines": mines,
        "phones": phones,
    }


def _lacking(specialties: Any) -> list[str]:
    """A group of five has each of the five specialties (五人小组)."""
    present = set(specialties)
    return [specialty.value for specialty in Specialty if specialty.value not in present]


def _papers(papers: Sequence[Certificate], names: Mapping[str, str], today: date) -> list[dict[str, Any]]:
    return [
        {
            "paper": paper,
            "name": names[paper.user_id],
            "expired": paper.expires_on is not None and paper.expires_on < today,
        }
        for paper in papers
    ]


def _serves(member: Any, day: date) -> bool:
    until = member.until_date
    return bool(member.from_date <= day and (until is None or day <= until))


def _by_team(rows: Sequence[Any]) -> defaultdict[str, list[Any]]:
    by_team: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        by_team[row.team_id].append(row)
    return by_team
