"""Founds teams and says who is in them, from when to when; memberships end, they are never deleted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from patrol.errors import Conflict, Invalid
from patrol.permissions import Actor, Subject, Verb, require
from patrol.teams import Membership as MembershipValue
from patrol.teams import Specialty, check_member
from server.db import db
from server.models.team import Certificate, Membership, Team
from server.models.user import User
from server.queries.reach import subject_of
from server.queries.teams import (
    Member,
    get_membership,
    get_team,
    list_memberships_beside,
    member_of,
)
from server.queries.users import get_user, has_office_role
from server.services import audit
from server.services.feed import emit
from server.services.versions import change, locked
from server.tokens import new_id


def found_team(actor: Actor, given: Mapping[str, Any], now: datetime) -> Team:
    """Found a team of the actor's county."""
    require(actor, Verb.TEAM_WRITE, Subject(actor.county))
    team = Team(id=new_id(), county_id=actor.county, **given)
    db.session.add(team)
    audit.record(actor, now, Verb.TEAM_WRITE, team, None)
    return team


def change_team(actor: Actor, team_id: str, expected: int | None, given: Mapping[str, Any], now: datetime) -> Team:
    """Rename or dissolve a team. Raises Outdated, NotFound."""
    team = get_team(actor, team_id)
    require(actor, Verb.TEAM_WRITE, subject_of(team))
    before = audit.snapshot(locked(team))
    change(team, expected, given)
    audit.record(actor, now, Verb.TEAM_WRITE, team, before)
    return team


def add_member(actor: Actor, team_id: str, given: Mapping[str, Any], now: datetime) -> Member:
    """Take a person into the team. Raises Conflict when they serve or work elsewhere on one of the days."""
    team = get_team(actor, team_id)
    require(actor, Verb.TEAM_WRITE, subject_of(team))
    seq = emit(db.session(), f"team:{team.id}")
    person = locked(get_user(actor, given["user_id"]))
    membership = Membership(id=new_id(), team_id=team.id, feed_seq=seq, **given)
    _check(membership, person)
    db.session.add(membership)
    audit.record(actor, now, Verb.TEAM_WRITE, membership, None)
    return member_of(membership, person.name)


def end_membership(actor: Actor, membership_id: str, last_day: date, now: datetime) -> Member:
    """Say on which day the person was last in the team."""
    membership, team = get_membership(actor, membership_id)
    require(actor, Verb.TEAM_WRITE, subject_of(team))
    seq = emit(db.session(), f"team:{team.id}")
    before = audit.snapshot(locked(membership))
    person = locked(get_user(actor, membership.user_id))
    membership.until_date, membership.feed_seq = last_day, seq
    _check(membership, person)
    audit.record(actor, now, Verb.TEAM_WRITE, membership, before)
    return member_of(membership, person.name)


def record_certificate(actor: Actor, user_id: str, given: Mapping[str, Any], now: datetime) -> Certificate:
    """Record a person's certificate. Raises Invalid when it expires before it is issued."""
    person = get_user(actor, user_id)
    require(actor, Verb.USER_WRITE, subject_of(person))
    if given["expires_on"] is not None and given["expires_on"] < given["issued_on"]:
        raise Invalid("certificate_expires_before_issue")
    certificate = Certificate(id=new_id(), user_id=person.id, **given)
    db.session.add(certificate)
    audit.record(actor, now, Verb.USER_WRITE, certificate, None)
    return certificate


def _check(membership: Membership, person: User) -> None:
    new = _value(membership)
    beside = list_memberships_beside(membership.user_id, membership.team_id)
    check_member(new, [_value(row) for row in beside if row.id != membership.id])
    if has_office_role(person.id, membership.from_date, membership.until_date):
        raise Conflict("person_has_office_role", person=person.id)


def _value(row: Membership) -> MembershipValue:
    return MembershipValue(
        row.user_id,
        row.team_id,
        Specialty(row.specialty),
        row.from_date,
        row.until_date,
        leads=row.role == "leader",
    )
