"""Teams, who is in them and their certificates, as an actor may see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select

from patrol.errors import NotFound
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.team import Certificate, Membership, Team
from server.models.user import User
from server.queries.paging import Order, Page, page
from server.queries.reach import named, open_on, within


@dataclass(frozen=True, slots=True)
class Member:
    """A membership with the person's name."""

    id: str
    team_id: str
    user_id: str
    name: str
    role: str
    specialty: str
    from_date: date
    until_date: date | None


def member_of(row: Membership, name: str) -> Member:
    """A membership's row with the person's name."""
    return Member(
        row.id,
        row.team_id,
        row.user_id,
        name,
        row.role,
        row.specialty,
        row.from_date,
        row.until_date,
    )


def list_teams(actor: Actor, wanted: Mapping[str, Any]) -> Page[Team]:
    """A page of teams by name; filters `name`, `dissolved`."""
    query = select(Team).where(
        within(reach(actor, Verb.TEAM_READ), Team.county_id, team=Team.id),
        named(Team.name, wanted.get("name")),
    )
    if "dissolved" in wanted:
        query = query.where(Team.dissolved_on.is_not(None) == wanted["dissolved"])
    return page(query, Order((Team.name, Team.id)), wanted)


def get_team(actor: Actor, team: str) -> Team:
    """One team. Raises NotFound."""
    in_reach = within(reach(actor, Verb.TEAM_READ), Team.county_id, team=Team.id)
    found = db.session.scalar(select(Team).where(Team.id == team, in_reach))
    if found is None:
        raise NotFound("not_found", noun="team")
    return found


def list_members(actor: Actor, team: str, on: date | None) -> Sequence[Member]:
    """Who is, or on any day was, in the team, by the day of joining. Raises NotFound."""
    get_team(actor, team)
    query = (
        select(Membership, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.team_id == team)
        .order_by(Membership.from_date, Membership.id)
    )
    if on is not None:
        query = query.where(open_on(Membership.from_date, Membership.until_date, on))
    return [member_of(membership, name) for membership, name in db.session.execute(query)]


def get_membership(actor: Actor, membership: str) -> tuple[Membership, Team]:
    """One membership and its team. Raises NotFound."""
    in_reach = within(reach(actor, Verb.TEAM_READ), Team.county_id, team=Team.id)
    found = db.session.execute(
        select(Membership, Team).join(Team, Team.id == Membership.team_id).where(Membership.id == membership, in_reach)
    ).one_or_none()
    if found is None:
        raise NotFound("not_found", noun="membership")
    return found[0], found[1]


def list_memberships_beside(person: str, team: str) -> Sequence[Membership]:
    """All memberships of the person, and all of the team: what a new one may clash with."""
    query = select(Membership).where((Membership.user_id == person) | (Membership.team_id == team))
    return db.session.scalars(query).all()


def list_certificates(person: str) -> Sequence[Certificate]:
    """A person's certificates, oldest first; for callers that have the person in reach."""
    query = select(Certificate).where(Certificate.user_id == person)
    return db.session.scalars(query.order_by(Certificate.issued_on, Certificate.id)).all()
