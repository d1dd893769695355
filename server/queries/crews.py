"""What stands around teams on a day: who is in them, their mines, their phones, whose papers run out."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select

from server.db import db
from server.models.contract import Contract
from server.models.device import Device
from server.models.mine import Mine
from server.models.team import Certificate, Membership
from server.models.user import RoleGrant, User
from server.queries.reach import open_on

#: A county's people fit on one list; a longer one would be no list to choose from.
MOST_PEOPLE = 500


def members_on(teams: Iterable[str], day: date) -> Sequence[Any]:
    """Memberships in force with the person's name, leaders first; for callers that have the teams in reach."""
    query = (
        select(Membership.team_id, Membership.user_id, Membership.role, Membership.specialty, User.name)
        .join(User, User.id == Membership.user_id)
        .where(Membership.team_id.in_(sorted(teams)), open_on(Membership.from_date, Membership.until_date, day))
        .order_by(Membership.team_id, Membership.role, Membership.specialty, User.name)
    )
    return db.session.execute(query).all()


def contracted_on(teams: Iterable[str], day: date) -> Sequence[Any]:
    """Contracts in force with the mine's name; for callers that have the teams in reach."""
    query = (
        select(Contract.id, Contract.team_id, Contract.mine_id, Contract.from_date, Contract.until_date, Mine.name)
        .join(Mine, Mine.id == Contract.mine_id)
        .where(Contract.team_id.in_(sorted(teams)), open_on(Contract.from_date, Contract.until_date, day))
        .order_by(Contract.team_id, Mine.name)
    )
    return db.session.execute(query).all()


def phones_of(teams: Iterable[str]) -> dict[str, int]:
    """Team → phones in use: confirmed and not revoked."""
    query = (
        select(Device.team_id, func.count())
        .where(Device.team_id.in_(sorted(teams)), Device.confirmed_at.is_not(None), Device.revoked_at.is_(None))
        .group_by(Device.team_id)
    )
    rows: Sequence[Any] = db.session.execute(query).all()
    return {row[0]: row[1] for row in rows}


def certificates_until(people: Iterable[str], day: date) -> Sequence[Certificate]:
    """The people's certificates that run out by `day`, soonest first; those that are renewed stand beside."""
    query = select(Certificate).where(Certificate.user_id.in_(sorted(people)), Certificate.expires_on <= day)
    return db.session.scalars(query.order_by(Certificate.expires_on, Certificate.id)).all()


def free_people(county: str, day: date) -> Sequence[Any]:
    """Who may join a team from that day: in no team and in no office then, by name."""
    serves = select(Membership.user_id).where(open_on(Membership.from_date, Membership.until_date, day))
    holds_office = select(RoleGrant.user_id).where(open_on(RoleGrant.from_date, RoleGrant.until_date, day))
    query = (
        select(User.id, User.name, User.login)
        .where(
            User.county_id == county, User.disabled_at.is_(None), User.id.not_in(serves), User.id.not_in(holds_office)
        )
        .order_by(User.name, User.id)
        .limit(MOST_PEOPLE)
    )
    return db.session.execute(query).all()
