"""A small county in the database, for tests of the server: one team with a leader and a member, and an office."""

from datetime import UTC, date, datetime, timedelta

from patrol.permissions import Actor, Role
from server.db import db, transaction
from server.models.county import County
from server.models.team import Membership, Team
from server.models.user import User

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
COUNTY, TEAM, LEADER, MEMBER, ADMIN, SUPERVISOR = "county", "team", "leader", "member", "admin", "supervisor"


def add_county() -> None:
    """Commit the county."""
    with transaction():
        add_rows("")


def add_rows(suffix: str) -> None:
    """Add a county whose every id ends in `suffix`, inside the caller's transaction."""
    county, team = COUNTY + suffix, TEAM + suffix
    db.session.add(County(id=county, code=f"140525{suffix}", name="沁泽县", duty_telephone="0356-0000000"))
    db.session.flush()
    for person in (LEADER, MEMBER, ADMIN, SUPERVISOR):
        db.session.add(User(id=person + suffix, county_id=county, name=person, created_at=NOON))
    db.session.add(Team(id=team, county_id=county, name="一组"))
    db.session.flush()
    for person in (LEADER, MEMBER):
        db.session.add(
            Membership(
                id=f"m-{person}{suffix}", team_id=team, user_id=person + suffix, role=person,
                specialty="safety", from_date=date(2026, 1, 1),
            )
        )  # fmt: skip
    db.session.flush()


def leader(team: str = TEAM, county: str = COUNTY) -> Actor:
    return Actor(LEADER, Role.LEADER, county, team=team)


def member() -> Actor:
    return Actor(MEMBER, Role.MEMBER, COUNTY, team=TEAM)


def admin(county: str = COUNTY) -> Actor:
    return Actor(ADMIN, Role.ADMIN, county)


def supervisor() -> Actor:
    return Actor(SUPERVISOR, Role.SUPERVISOR, COUNTY)


def later(**units: float) -> datetime:
    """That long after noon."""
    return NOON + timedelta(**units)
