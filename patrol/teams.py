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
class Member:
    """A person in a team from `joined` to `left`, both inclusive; `left` None: still there."""

    person: str
    team: str
    specialty: Specialty
    joined: date
    left: date | None = None
    leads: bool = False

    def __post_init__(self) -> None:
        if self.left is not None and self.left < self.joined:
            raise Invalid("member_left_before_joining", person=self.person, joined=self.joined)

    def serves_on(self, day: date) -> bool:
        """Whether the person is in the team on the day."""
        return self.joined <= day and (self.left is None or day <= self.left)

    def overlaps(self, other: "Member") -> bool:
        """Whether both serve on one same day."""
        return self.serves_on(other.joined) or other.serves_on(self.joined)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A person's certificate of some kind, good up to and on `expires`; None: it does not expire."""

    person: str
    kind: str
    number: str
    expires: date | None = None

    def valid_on(self, day: date) -> bool:
        """Whether it has not expired on the day."""
        return self.expires is None or day <= self.expires


@dataclass(frozen=True, slots=True)
class TeamOnDay:
    """A team on a day: who leads, who serves, and which specialties nobody covers."""

    leader: str | None
    members: tuple[Member, ...]
    uncovered: frozenset[Specialty]


def check_member(new: Member, existing: Iterable[Member]) -> None:
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


def team_on(members: Iterable[Member], team: str, day: date) -> TeamOnDay:
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
    dated = [(c.expires, c) for c in certificates if c.expires is not None and c.expires <= horizon]
    return tuple(c for _, c in sorted(dated, key=lambda pair: (pair[0], pair[1].number)))
