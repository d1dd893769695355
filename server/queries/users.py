"""People, their office roles, sign-ins and links."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select

from patrol.errors import NotFound
from patrol.permissions import Actor, Reach, Verb, reach
from server.db import db
from server.models.county import County
from server.models.mine import Mine
from server.models.team import Membership
from server.models.user import ConsoleSession, OneTimeLink, RoleGrant, SignInAttempt, User
from server.queries.paging import Order, Page, page
from server.queries.people import holds
from server.queries.reach import named, within


def list_users(actor: Actor, wanted: Mapping[str, Any], today: date | None = None) -> Page[User]:
    """A page of people by name; filters `name`, `disabled`, and `role` as held `today`."""
    query = select(User).where(_in_reach(reach(actor, Verb.USER_READ)), named(User.name, wanted.get("name")))
    if "disabled" in wanted:
        query = query.where(User.disabled_at.is_not(None) == wanted["disabled"])
    if "role" in wanted and today is not None:
        query = query.where(holds(wanted["role"], today))
    return page(query, Order((User.name, User.id)), wanted)


def get_user(actor: Actor, user: str) -> User:
    """One person. Raises NotFound."""
    found = db.session.scalar(select(User).where(User.id == user, _in_reach(reach(actor, Verb.USER_READ))))
    if found is None:
        raise NotFound("not_found", noun="user")
    return found


def _in_reach(seen: Reach) -> ColumnElement[bool]:
    """People have no team of their own: those who ever served in a team in reach are in reach."""
    own = within(seen, User.county_id, person=User.id)
    if not seen.teams:
        return own
    served = select(Membership.user_id).where(Membership.team_id.in_(sorted(seen.teams)))
    return or_(own, (User.county_id == seen.county) & User.id.in_(served))


def find_user_by_login(login: str) -> User | None:
    """The person who signs in as `login`, letters' case aside; for sign-in only."""
    return db.session.scalar(select(User).where(User.login == login.lower()))


def names_around(user: User) -> list[str]:
    """Words that a password of this person would be guessed from: their own, the county's, its mines'."""
    county = select(County.name).where(County.id == user.county_id)
    mines = select(Mine.name).where(Mine.county_id == user.county_id)
    names = [user.login, user.name, *db.session.scalars(county), *db.session.scalars(mines)]
    return [name for name in names if name]


def list_roles(user: str) -> Sequence[RoleGrant]:
    """A person's office roles, oldest first; for callers that have the person in reach."""
    query = select(RoleGrant).where(RoleGrant.user_id == user)
    return db.session.scalars(query.order_by(RoleGrant.from_date, RoleGrant.id)).all()


def get_role(actor: Actor, role: str) -> tuple[RoleGrant, User]:
    """One office role and its holder. Raises NotFound."""
    found = db.session.execute(
        select(RoleGrant, User)
        .join(User, User.id == RoleGrant.user_id)
        .where(RoleGrant.id == role, _in_reach(reach(actor, Verb.USER_READ)))
    ).one_or_none()
    if found is None:
        raise NotFound("not_found", noun="role")
    return found[0], found[1]


def has_office_role(user: str, first: date, last: date | None) -> bool:
    """Whether the person holds an office role on any day between (`last` None: for good)."""
    query = select(RoleGrant.id).where(
        RoleGrant.user_id == user,
        RoleGrant.until_date.is_(None) | (RoleGrant.until_date >= first),
    )
    if last is not None:
        query = query.where(RoleGrant.from_date <= last)
    return db.session.scalar(query.limit(1)) is not None


def serves_in_team(user: str, first: date, last: date | None) -> bool:
    """Whether the person is in a team on any day between (`last` None: for good)."""
    query = select(Membership.id).where(
        Membership.user_id == user,
        Membership.until_date.is_(None) | (Membership.until_date >= first),
    )
    if last is not None:
        query = query.where(Membership.from_date <= last)
    return db.session.scalar(query.limit(1)) is not None


def find_session(token_hash: str) -> tuple[ConsoleSession, User] | None:
    """A console session and who opened it."""
    found = db.session.execute(
        select(ConsoleSession, User)
        .join(User, User.id == ConsoleSession.user_id)
        .where(ConsoleSession.token_hash == token_hash)
    ).one_or_none()
    return None if found is None else (found[0], found[1])


def list_sessions(user: str, now: datetime) -> Sequence[ConsoleSession]:
    """A person's sign-ins that have not run out, newest first."""
    query = select(ConsoleSession).where(ConsoleSession.user_id == user, ConsoleSession.expires_at > now)
    newest = (ConsoleSession.created_at.desc(), ConsoleSession.token_hash)
    return db.session.scalars(query.order_by(*newest)).all()


def find_link(token_hash: str, *, lock: bool = False) -> OneTimeLink | None:
    """A one-time link by the hash of its token; `lock` keeps it until the commit."""
    query = select(OneTimeLink).where(OneTimeLink.token_hash == token_hash)
    return db.session.scalar(query.with_for_update() if lock else query)


def count_failures(column: Any, value: str, since: datetime, *but: ColumnElement[bool]) -> int:
    """How many sign-ins with this login, or from this address, have failed since then."""
    query = (
        select(func.count())
        .select_from(SignInAttempt)
        .where(column == value, SignInAttempt.at > since, SignInAttempt.succeeded.is_(False), *but)
    )
    return int(db.session.scalar(query) or 0)


def has_signed_in_from(login: str, address: str, since: datetime) -> bool:
    """Whether this login has been used from this address with success since then."""
    query = select(SignInAttempt.id).where(
        SignInAttempt.login == login,
        SignInAttempt.address == address,
        SignInAttempt.at > since,
        SignInAttempt.succeeded.is_(True),
    )
    return db.session.scalar(query.limit(1)) is not None
