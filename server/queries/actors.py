"""Who a signed-in person or a phone is today: the role that holds, and the mines it reaches.

Read anew for every request, so that a revocation or a hand-over counts from the next one on.
"""

from datetime import date

from sqlalchemy import select

from patrol.permissions import Actor, Role
from server.db import db
from server.models.contract import Contract
from server.models.device import Device
from server.models.team import Membership
from server.models.user import RoleGrant, User
from server.queries.reach import open_on

#: Which role counts if data from elsewhere gave a person several: the one that may do least harm is last.
_PRECEDENCE = (Role.ADMIN, Role.SUPERVISOR, Role.AUDITOR, Role.MINE_USER)


def find_actor(user: User, day: date) -> Actor | None:
    """The person as an actor on `day`; None while no role of theirs is in force."""
    return _office_actor(user, day) or _team_actor(user, day)


def device_actor(device: Device, day: date) -> Actor:
    """A phone as an actor: what a member of its team may see. `person` is the device's own id."""
    return Actor(
        person=device.id,
        role=Role.MEMBER,
        county=device.county_id,
        team=device.team_id,
        contracted=contracted_mines(device.team_id, day),
    )


def contracted_mines(team: str, day: date) -> frozenset[str]:
    """Ids of the mines that the team is contracted to on `day`."""
    held = select(Contract.mine_id).where(
        Contract.team_id == team, open_on(Contract.from_date, Contract.until_date, day)
    )
    return frozenset(db.session.scalars(held))


def _office_actor(user: User, day: date) -> Actor | None:
    grants = db.session.scalars(
        select(RoleGrant).where(
            RoleGrant.user_id == user.id,
            RoleGrant.county_id == user.county_id,
            open_on(RoleGrant.from_date, RoleGrant.until_date, day),
        )
    ).all()
    held = {Role(grant.role) for grant in grants}
    role = next((role for role in _PRECEDENCE if role in held), None)
    if role is None:
        return None
    mines = frozenset(g.mine_id for g in grants if g.mine_id and role is Role.MINE_USER)
    return Actor(user.id, role, user.county_id, mines=mines)


def _team_actor(user: User, day: date) -> Actor | None:
    membership = db.session.scalars(
        select(Membership)
        .where(
            Membership.user_id == user.id,
            open_on(Membership.from_date, Membership.until_date, day),
        )
        .order_by(Membership.from_date.desc(), Membership.id)
        .limit(1)
    ).one_or_none()
    if membership is None:
        return None
    return Actor(
        user.id,
        Role(membership.role),
        user.county_id,
        team=membership.team_id,
        contracted=contracted_mines(membership.team_id, day),
    )
