"""What stands around people on a day: their roles and teams, their papers, whether they have an authenticator."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from server.db import db
from server.models.device import Device
from server.models.mine import Mine, Place
from server.models.team import Certificate, Membership, Team
from server.models.user import RoleGrant, SecondFactor, SignInAttempt, User
from server.queries.reach import open_on

#: A county's mines and its office fit on one list to choose from.
MOST = 1000


def roles_on(people: Iterable[str], day: date) -> Sequence[Any]:
    """Office roles in force with the mine's name; for callers that have the people in reach."""
    query = (
        select(RoleGrant.user_id, RoleGrant.role, Mine.name)
        .join(Mine, Mine.id == RoleGrant.mine_id, isouter=True)
        .where(RoleGrant.user_id.in_(sorted(people)), open_on(RoleGrant.from_date, RoleGrant.until_date, day))
        .order_by(RoleGrant.user_id, Mine.name)
    )
    return db.session.execute(query).all()


def teams_on(people: Iterable[str], day: date) -> Sequence[Any]:
    """Memberships in force with the team's name."""
    query = (
        select(Membership.user_id, Membership.role, Membership.team_id, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.user_id.in_(sorted(people)), open_on(Membership.from_date, Membership.until_date, day))
    )
    return db.session.execute(query).all()


def all_roles(person: str) -> Sequence[Any]:
    """Every office role the person has or had, newest first, with the mine's name."""
    query = (
        select(RoleGrant.id, RoleGrant.role, RoleGrant.from_date, RoleGrant.until_date, Mine.name)
        .join(Mine, Mine.id == RoleGrant.mine_id, isouter=True)
        .where(RoleGrant.user_id == person)
        .order_by(RoleGrant.from_date.desc(), RoleGrant.id)
    )
    return db.session.execute(query).all()


def all_teams(person: str) -> Sequence[Any]:
    """Every membership the person has or had, newest first, with the team's name."""
    query = (
        select(Membership.team_id, Membership.role, Membership.from_date, Membership.until_date, Team.name)
        .join(Team, Team.id == Membership.team_id)
        .where(Membership.user_id == person)
        .order_by(Membership.from_date.desc(), Membership.id)
    )
    return db.session.execute(query).all()


def first_expiries(people: Iterable[str]) -> Mapping[str, date]:
    """Person → the day on which the next of their certificates runs out, or the last one did."""
    query = (
        select(Certificate.user_id, func.min(Certificate.expires_on))
        .where(Certificate.user_id.in_(sorted(people)), Certificate.expires_on.is_not(None))
        .group_by(Certificate.user_id)
    )
    return {person: day for person, day in db.session.execute(query) if day is not None}


def with_authenticator(people: Iterable[str]) -> frozenset[str]:
    """Those of the people who have a confirmed authenticator."""
    query = select(SecondFactor.user_id).where(
        SecondFactor.user_id.in_(sorted(people)), SecondFactor.confirmed_at.is_not(None)
    )
    return frozenset(db.session.scalars(query))


def last_sign_in(login: str | None) -> datetime | None:
    """When somebody last signed in as `login`, as far back as attempts are kept."""
    good = SignInAttempt.succeeded.is_(True)
    return db.session.scalar(select(func.max(SignInAttempt.at)).where(SignInAttempt.login == login, good))


def names_of(people: Iterable[str | None]) -> Mapping[str, str]:
    """Person → name."""
    wanted = sorted({person for person in people if person})
    found = db.session.execute(select(User.id, User.name).where(User.id.in_(wanted)))
    return {row[0]: row[1] for row in found}


#: Kinds of rows that have a name of their own, as the trail calls them.
_NAMED: Mapping[str, tuple[Any, Any]] = {
    "user_account": (User.id, User.name),
    "team": (Team.id, Team.name),
    "mine": (Mine.id, Mine.name),
    "place": (Place.id, Place.name),
    "device": (Device.id, Device.label),
}


def names_of_subjects(subjects: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Id → name of those of the (kind, id) pairs that have one; a query a kind."""
    ids: dict[str, set[str]] = defaultdict(set)
    for kind, subject in subjects:
        ids[kind].add(subject)
    names: dict[str, str] = {}
    for kind, (key, name) in _NAMED.items():
        if ids[kind]:
            found = db.session.execute(select(key, name).where(key.in_(sorted(ids[kind]))))
            names |= {row[0]: row[1] for row in found}
    return names


def mines_to_choose(county: str) -> Sequence[Any]:
    """The county's mines, by name."""
    query = select(Mine.id, Mine.name).where(Mine.county_id == county).order_by(Mine.name)
    return db.session.execute(query.limit(MOST)).all()


def holds(role: str, day: date) -> ColumnElement[bool]:
    """Make the condition that a person has this role on a day, in the office or in a team."""
    office = select(RoleGrant.user_id).where(
        RoleGrant.role == role, open_on(RoleGrant.from_date, RoleGrant.until_date, day)
    )
    serving = select(Membership.user_id).where(
        Membership.role == role, open_on(Membership.from_date, Membership.until_date, day)
    )
    return or_(User.id.in_(office), User.id.in_(serving))
