"""The five-person group: its members day by day, their specialties and their certificates.

Says what a team lacks; never counts or compares what persons did.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from patrol.errors import Conflict, Invalid


class Specialty(StrEnum):
    """The five specialties of a patrol group."""

    MINING = "mining"
    VENTILATION = "ventilation"
    ELECTROMECHANICAL = "electromechanical"
    GEOLOGY = "geology"
    SAFETY = "safety"


@dataclass(frozen=True, slots=True)
class Membership:
    """A person in a team from `from_date` to `until_date`, both inclusive; `until_date` None:
    still there."""

    person: str
    team: str
    specialty: Specialty
    from_date: date
    until_date: date | None = None
    leads: bool = False

    def __post_init__(self) -> None:
        if self.until_date is not None and self.until_date < self.from_date:
            raise Invalid("member_left_before_joining", person=self.person, from_date=self.from_date)

    def serves_on(self, day: date) -> bool:
        """Whether the person is in the team on the day."""
        return self.from_date <= day and (self.until_date is None or day <= self.until_date)

    def overlaps(self, other: "Membership") -> bool:
        """Whether both serve on one same day."""
        return self.serves_on(other.from_date) or other.serves_on(self.from_date)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A person's certificate of some kind, good up to and on `expires_on`; None: it does not
    expire."""

    person: str
    kind: str
    number: str
    expires_on: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether it has not expired on the day."""
        return self.expires_on is None or day <= self.expires_on


@dataclass(frozen=True, slots=True)
class TeamOnDay:
    """A team on a day: who leads, who serves, and which specialties nobody covers."""

    leader: str | None
    members: tuple[Membership, ...]
    uncovered: frozenset[Specialty]


def check_member(new: Membership, existing: Iterable[Membership]) -> None:
    """Raise Conflict when the person would be in two teams at once, or a team have two leaders.

    `existing` leaves the entry that `new` replaces out.
    """
    for other in existing:
        if not new.overlaps(other):
            continue
        if other.person == new.person:
            raise Conflict("member_of_another_team", person=new.person, team=other.team)
        if other.team == new.team and other.leads and new.leads:
            raise Conflict("team_has_a_leader", team=new.team, person=other.person)


def team_on(members: Iterable[Membership], team: str, day: date) -> TeamOnDay:
    """The team as it stands on the day, members ordered by person."""
    serving = sorted((m for m in members if m.team == team and m.serves_on(day)), key=lambda m: m.person)
    return TeamOnDay(
        leader=next((m.person for m in serving if m.leads), None),
        members=tuple(serving),
        uncovered=frozenset(Specialty) - {m.specialty for m in serving},
    )


def expiring(certificates: Iterable[Certificate], day: date, within_days: int) -> tuple[Certificate, ...]:
    """Certificates that have expired or will within so many days, soonest first."""
    horizon = day + timedelta(days=within_days)
    dated = [(c.expires_on, c) for c in certificates if c.expires_on is not None and c.expires_on <= horizon]
    return tuple(c for _, c in sorted(dated, key=lambda pair: (pair[0], pair[1].number)))
