"""Whether an operation is within its author's scope (SPEC, part SC): team membership and contracts, not roles.

A phone works for weeks without a network, so what was granted within `OFFLINE_DAYS` still holds for work that arrives
now; what was never granted does not. Office operations were permitted by the service that made them.
"""

from collections.abc import Callable
from datetime import date, timedelta

from sqlalchemy import or_, select

from server.db import db
from server.models.contract import Contract
from server.models.device import Device
from server.models.team import Membership
from sync.known import Author

#: A phone off line for a month is fine (enrolment), and a hand-over may fall into that month.
OFFLINE_DAYS = 35

Grants = frozenset[tuple[str, str | None]]


def may_on(today: date) -> Callable[[Author, str, str | None, str | None], bool]:
    """The question `may(author, kind, team, mine)` as of a day; each author is looked up once."""
    known: dict[str, Grants] = {}

    def may(author: Author, kind: str, team: str | None, mine: str | None) -> bool:
        if author.office:
            return True
        if author.person not in known:
            known[author.person] = grants_of(author.person, today)
        granted = known[author.person]
        if kind == "chain.open":
            return any(_team_of(author.device) == held for held, _ in granted)
        return any((team is None or held == team) and at == mine for held, at in granted)

    return may


def grants_of(person: str, today: date) -> Grants:
    """(team, mine) that the person was granted within the last `OFFLINE_DAYS`; mine None for a team without one."""
    since = today - timedelta(days=OFFLINE_DAYS)
    contracted = (
        (Contract.team_id == Membership.team_id)
        & (Contract.from_date <= today)
        & or_(Contract.until_date.is_(None), Contract.until_date >= since)
    )
    query = (
        select(Membership.team_id, Contract.mine_id)
        .outerjoin(Contract, contracted)
        .where(
            Membership.user_id == person,
            Membership.from_date <= today,
            or_(Membership.until_date.is_(None), Membership.until_date >= since),
        )
    )
    return frozenset((team, mine) for team, mine in db.session.execute(query))


def _team_of(device: str) -> str | None:
    return db.session.scalar(select(Device.team_id).where(Device.id == device))
