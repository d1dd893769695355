"""Makes the demo county through the office's own services: people, checklists, mines, places, contracts, an excuse.

Nothing of a visit is written here; that comes from phones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from checklists.editions import Edition
from patrol.periods import local_date, month_of
from patrol.permissions import Role
from server.demo import people as crowd
from server.demo.material import county as material
from server.demo.material import editions, places_of
from server.demo.people import People
from server.services import checklists, contracts, excuses, mines, places


@dataclass
class DemoCounty:
    """Ids by the names that `county.yaml` uses. `holders`: mine code → [(team key, first day)], oldest first; `signs`:
    place id → the code on its sign.
    """

    people: People
    mines: dict[str, str]
    names: dict[str, str]
    holders: dict[str, list[tuple[str, date]]]
    edition: Edition
    signs: dict[str, str] = field(default_factory=dict)

    def team_on(self, mine: str, day: date) -> str:
        """Key of the team that holds the mine (by code) on a day."""
        return [team for team, since in self.holders[mine] if since <= day][-1]


def make_county(since: date, now: datetime) -> DemoCounty:
    """The whole county as it stood on `since`, made at `now`. The caller holds the transaction."""
    people = crowd.make_county(since, now)
    compiled = editions()
    for edition in compiled:
        checklists.publish(people.admin, edition, now)
    attributes = Edition(compiled[-1]).checklist.attributes
    flags = {name for name, attribute in attributes.items() if attribute.type == "bool"}
    made = DemoCounty(people, {}, people.names, {}, Edition(compiled[-1]))
    for mine in material()["mines"]:
        _make_mine(made, mine, flags, since, now)
    crowd.make_office(people, made.mines, since, now)
    crowd.make_teams(people, since, now)
    for mine in material()["mines"]:
        _contract(made, mine, since, now)
    return made


def _make_mine(made: DemoCounty, mine: Mapping[str, Any], flags: set[str], since: date, now: datetime) -> None:
    admin = made.people.admin
    latitude, longitude = mine["position"]
    facts = {"code": mine["code"], "name": mine["name"], "township": mine["township"]}
    position = {"latitude": latitude, "longitude": longitude, "datum": "CGCS2000", "radius_m": 2000}
    row = mines.register_mine(admin, facts | position, now)
    made.mines[mine["code"]] = row.id
    made.names[row.id] = mine["name"]
    for name, value in (mine["attributes"] | {flag: flag in mine["flags"] for flag in sorted(flags)}).items():
        given = {"name": name, "value": value, "from_date": since, "source": material()["source"], "place_id": None}
        mines.record_attribute(admin, row.id, given, now)
    for place in places_of(dict(mine)):
        given = {"kind": place.kind, "name": place.name, "code": place.code, "opened_on": since}
        place_id = places.register_place(admin, row.id, given, now).id
        made.names[place_id], made.signs[place_id] = place.name, place.code


def _contract(made: DemoCounty, mine: Mapping[str, Any], since: date, now: datetime) -> None:
    people, mine_id = made.people, made.mines[mine["code"]]
    given = {"team_id": people.teams[mine["team"]], "mine_id": mine_id, "from_date": since, "until_date": None}
    contract = contracts.begin_contract(people.admin, given, now)
    made.holders[mine["code"]] = [(mine["team"], since)]
    if "handed_over_to" in mine:
        # In mid-month and mid-week, so that two teams share a month and a week.
        first = since + timedelta(days=24)
        to = mine["handed_over_to"]
        contracts.hand_over(people.admin, contract.id, None, {"team_id": people.teams[to], "from_date": first}, now)
        made.holders[mine["code"]].append((to, first))


def excuse_idle(made: DemoCounty, until: date, now: datetime) -> None:
    """Excuse the mine that stands idle and sealed from everything until a day."""
    supervisor = made.people.acting("supervisor", Role.SUPERVISOR)
    for mine in material()["mines"]:
        if "excuse" in mine:
            given = {
                "mine_id": made.mines[mine["code"]],
                "duty_kind": "both",
                "from_date": month_of(local_date(now)).first - timedelta(days=7),
                "until_date": until,
                "reason": mine["excuse"],
            }
            excuses.grant_excuse(supervisor, given, now)
