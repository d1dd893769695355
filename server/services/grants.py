"""Whether an operation is within its author's scope (SPEC, part SC): team membership and contracts, not roles.

A phone works for weeks without a network, so what was granted within `OFFLINE_DAYS` still holds for work that arrives
now; what was never granted does not. Office operations were permitted by the service that made them.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import BindParameter, Date, bindparam, or_, select

from server.db import db
from server.direct import Question, ask
from server.models.contract import Contract
from server.models.device import Device
from server.models.team import Membership
from server.models.user import User
from sync.bodies import VisitIdentity
from sync.known import Author, May

#: A phone off line for a month is fine (enrolment), and a hand-over may fall into that month.
OFFLINE_DAYS = 35


_TODAY: BindParameter[date] = bindparam("today", type_=Date)
_SINCE: BindParameter[date] = bindparam("since", type_=Date)
_GRANTS = (
    select(Membership.team_id, Contract.mine_id, Contract.from_date, Contract.until_date)
    .outerjoin(
        Contract,
        (Contract.team_id == Membership.team_id)
        & (Contract.from_date <= _TODAY)
        & or_(Contract.until_date.is_(None), Contract.until_date >= _SINCE),
    )
    .join(User, User.id == Membership.user_id)
    .where(
        Membership.user_id == bindparam("person"),
        User.disabled_at.is_(None),
        Membership.from_date <= _TODAY,
        or_(Membership.until_date.is_(None), Membership.until_date >= _SINCE),
    )
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A person's team and one of its contracts; `mine` is None for a team without one."""

    team: str
    mine: str | None
    from_date: date | None
    until_date: date | None

    def held_on(self, day: date) -> bool:
        """Whether the team was contracted to the mine on the day."""
        begun = self.from_date is not None and self.from_date <= day
        return begun and (self.until_date is None or day <= self.until_date)


def may_on(today: date, device: str, team: str) -> May:
    """The question `may(author, kind, visit, mine)` as of a day; each author is looked up once.

    `device` and its `team` carried the request, no team if the device is revoked; a chain of another phone is asked for
    its own team. Whoever is revoked or disabled begins no chain that has effect (RV-1).
    """
    known: dict[str, tuple[Grant, ...]] = {}

    def may(author: Author, kind: str, visit: VisitIdentity | None, mine: str | None) -> bool:
        if author.office:
            return True
        if author.person not in known:
            known[author.person] = grants_of(author.person, today)
        granted = known[author.person]
        if kind == "chain.open":
            own = team if author.device == device else _team_of(author.device)
            return any(grant.team == own for grant in granted)
        if visit is None:
            return any(grant.mine == mine for grant in granted)
        day = min(date.fromisoformat(visit.date), today)
        return any(g.team == visit.team and g.mine == visit.mine and g.held_on(day) for g in granted)

    return may


def grants_of(person: str, today: date) -> tuple[Grant, ...]:
    """What the person was granted on any of the last `OFFLINE_DAYS`."""
    found = ask(*grants_asked(person, today))
    return tuple(Grant(row.team_id, row.mine_id, row.from_date, row.until_date) for row in found)


def grants_asked(person: str, today: date) -> Question:
    """What `grants_of` asks."""
    return _GRANTS, {"person": person, "today": today, "since": today - timedelta(days=OFFLINE_DAYS)}


def _team_of(device: str) -> str | None:
    return db.session.scalar(select(Device.team_id).where(Device.id == device, Device.revoked_at.is_(None)))
