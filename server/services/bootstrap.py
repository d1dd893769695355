"""The first county and its first administrator: whoever holds the machine needs a way in, once.

There is no default account; the way in is a link that works once and dies within the hour.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from patrol.errors import Conflict, NotFound
from patrol.periods import local_date
from server.db import db
from server.models.county import County
from server.models.user import RoleGrant, User
from server.services import audit, second_factor, sessions, sign_in
from server.services.users import Link, new_link
from server.tokens import new_id

VERB = "bootstrap"


class AdministratorThere(Conflict):
    """The county has an administrator in office; that person makes further links."""

    code = "administrator_there"


@dataclass(frozen=True)
class FirstAdministrator:
    """Who is to set up which county."""

    county_code: str
    county_name: str
    duty_telephone: str
    name: str
    login: str


def first_administrator(given: FirstAdministrator, now: datetime) -> Link:
    """Make the county if it is not there, its administrator and the link to set a password.

    While the link has not been used, asking again for the same login makes a new one. Raises
    AdministratorThere, Conflict.
    """
    county = _county(given)
    user = db.session.scalar(select(User).where(User.login == given.login.lower()))
    if user is None:
        _refuse_second(county)
        user = _add_administrator(county, given, now)
    elif user.password_hash is not None or user.county_id != county.id:
        raise AdministratorThere(county=county.code)
    link, row = new_link(user, "first", now)
    db.session.flush()
    audit.record_own(user, now, VERB, audit.snapshot(row))
    return link


def begin_anew(login: str, now: datetime) -> Link:
    """Take password, second factor and sessions of an account away and make a first link. Raises NotFound.

    For whoever runs the server: an administrator of a county cannot (docs/adr/0010).
    """
    user = db.session.scalar(select(User).where(User.login == login.lower()))
    if user is None:
        raise NotFound("not_found", noun="user")
    before = audit.snapshot(user)
    user.password_hash = None
    user.version += 1
    second_factor.forget(user.id)
    sessions.end_all(user.id)
    link, _ = new_link(user, sign_in.FIRST, now)
    audit.record_own(user, now, "account.start_anew", before)
    return link


def _county(given: FirstAdministrator) -> County:
    county = db.session.scalar(select(County).where(County.code == given.county_code))
    if county is None:
        county = County(
            id=new_id(), code=given.county_code, name=given.county_name, duty_telephone=given.duty_telephone
        )
        db.session.add(county)
        db.session.flush()
    return county


def _refuse_second(county: County) -> None:
    in_office = select(RoleGrant.id).where(
        RoleGrant.county_id == county.id, RoleGrant.role == "admin", RoleGrant.until_date.is_(None)
    )
    if db.session.scalar(in_office.limit(1)) is not None:
        raise AdministratorThere(county=county.code)


def _add_administrator(county: County, given: FirstAdministrator, now: datetime) -> User:
    user = User(id=new_id(), county_id=county.id, name=given.name, login=given.login.lower(), created_at=now)
    db.session.add(user)
    db.session.flush()
    db.session.add(
        RoleGrant(id=new_id(), user_id=user.id, role="admin", county_id=county.id, from_date=local_date(now))
    )
    db.session.flush()
    return user
