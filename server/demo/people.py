"""Makes the demo county's people: the office with its roles, the teams, and fresh passwords for those who sign in."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime

import pyotp

from patrol.permissions import Actor, Role
from server.db import db
from server.demo.material import county as material
from server.models.county import County
from server.models.user import RoleGrant, User
from server.passwords import current_passwords
from server.services import second_factor, teams, users
from server.tokens import new_id


@dataclass(frozen=True)
class SignIn:
    """How somebody signs in; the password is known here and nowhere else.

    `seed` is the authenticator's, for the roles that need one: an invented county's may be told.
    """

    login: str
    password: str
    role: str
    seed: str | None


@dataclass
class People:
    """Ids of the county's people: the office by key, the teams' members in the order of their specialties."""

    county: str
    office: dict[str, str] = field(default_factory=dict)
    teams: dict[str, str] = field(default_factory=dict)
    members: dict[str, list[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    sign_ins: list[SignIn] = field(default_factory=list)

    def acting(self, key: str, role: Role, *mines: str) -> Actor:
        """A person of the office at work."""
        return Actor(self.office[key], role, self.county, mines=frozenset(mines))

    @property
    def admin(self) -> Actor:
        """The administrator."""
        return self.acting("admin", Role.ADMIN)

    def leader(self, team: str) -> Actor:
        """The leader of a team, by its key."""
        return Actor(self.members[team][0], Role.LEADER, self.county, team=self.teams[team])


def make_county(since: date, now: datetime) -> People:
    """The county and its administrator, as the first start of an installation makes them."""
    facts = material()["county"]
    row = County(id=new_id(), is_demo=True, **facts)
    db.session.add(row)
    db.session.flush()
    people = People(row.id)
    admin = next(person for person in material()["office"] if person["role"] == "admin")
    user = User(id=new_id(), county_id=row.id, name=admin["name"], login=admin["login"], created_at=now)
    db.session.add(user)
    db.session.flush()
    db.session.add(RoleGrant(id=new_id(), user_id=user.id, role="admin", county_id=row.id, from_date=since))
    db.session.flush()
    _know(people, admin["key"], user)
    _let_in(people, user, "admin", now)
    return people


def make_office(people: People, mines: dict[str, str], since: date, now: datetime) -> None:
    """Supervisors, auditor and the mines' contact; `mines` is id by code."""
    for person in material()["office"]:
        if person["role"] == "admin":
            continue
        given = {"name": person["name"], "login": person.get("login")}
        user = users.add_user(people.admin, given, now)
        for code in person.get("mines", (None,)):
            role = {"role": person["role"], "mine_id": mines.get(code), "from_date": since, "until_date": None}
            users.grant_role(people.admin, user.id, role, now)
        _know(people, person["key"], user)
        _let_in(people, user, person["role"], now)


def make_teams(people: People, since: date, now: datetime) -> None:
    """The teams of five, one specialty each; the first leads."""
    for team in material()["teams"]:
        row = teams.found_team(people.admin, {"name": team["name"]}, now)
        people.teams[team["key"]] = row.id
        people.names[row.id] = team["name"]
        people.members[team["key"]] = [
            _join(people, team, number, since, now) for number in range(len(team["members"]))
        ]


def _join(people: People, team: dict[str, object], number: int, since: date, now: datetime) -> str:
    names, logins = team["members"], team["logins"]
    assert isinstance(names, list) and isinstance(logins, dict)  # noqa: S101, PT018 - what county.yaml holds
    role = "leader" if number == 0 else "member"
    login = logins.get(role) if number < 2 else None
    user = users.add_user(people.admin, {"name": names[number], "login": login}, now)
    membership = {
        "user_id": user.id,
        "role": role,
        "specialty": material()["specialties"][number],
        "from_date": since,
        "until_date": None,
    }
    teams.add_member(people.admin, people.teams[str(team["key"])], membership, now)
    people.names[user.id] = user.name
    _let_in(people, user, role, now)
    return user.id


def _know(people: People, key: str, user: User) -> None:
    people.office[key] = user.id
    people.names[user.id] = user.name


def _let_in(people: People, user: User, role: str, now: datetime) -> None:
    """A fresh password for whoever has a sign-in name, and an authenticator's seed where the role needs one."""
    if user.login is None:
        return
    password = secrets.token_urlsafe(12)
    user.password_hash = current_passwords().hash(password)
    seed = pyotp.random_base32() if Role(role) in second_factor.NEEDED_BY else None
    if seed is not None:
        second_factor.add_confirmed(user.id, seed, now)
    people.sign_ins.append(SignIn(user.login, password, role, seed))
