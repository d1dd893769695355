"""What the county keeps, as plain values: everything that a backup would hold.

A store that was committed is never changed again: a transaction works on a copy, so keeping a backup is keeping the
value.
"""

from dataclasses import dataclass, field, replace

from sync.bodies import VisitIdentity
from sync.known import ChainKnown, FindingKnown, PlaceWrite, Refused, Segment, VisitKnown, Withheld


@dataclass(frozen=True, slots=True)
class Contract:
    """A team holds a mine from a day to another, both included; days are dates as text."""

    team: str
    mine: str
    begins: str
    ends: str | None = None

    def held_on(self, day: str) -> bool:
        """Whether the contract is in force on `day`."""
        return self.begins <= day and (self.ends is None or day <= self.ends)


@dataclass(slots=True)
class Store:
    """The county's tables. `visit_rows`: visit -> seq on its team's stream; `teams`: device -> team."""

    chains: dict[str, ChainKnown] = field(default_factory=dict)
    segments: list[Segment] = field(default_factory=list)
    visits: dict[str, VisitKnown] = field(default_factory=dict)
    visit_rows: dict[str, int] = field(default_factory=dict)
    findings: dict[str, FindingKnown] = field(default_factory=dict)
    places: dict[str, PlaceWrite] = field(default_factory=dict)
    withheld: dict[str, Withheld] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    heads: dict[str, int] = field(default_factory=dict)
    photos: frozenset[str] = frozenset()
    safe: dict[str, int] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()
    members: frozenset[tuple[str, str]] = frozenset()
    contracts: tuple[Contract, ...] = ()
    teams: dict[str, str] = field(default_factory=dict)
    today: str = "2026-03-01"

    def copy(self) -> "Store":
        """A store to work on; the values in it are shared, none is ever changed in place."""
        return replace(
            self, chains=dict(self.chains), segments=list(self.segments), visits=dict(self.visits),
            visit_rows=dict(self.visit_rows), findings=dict(self.findings), places=dict(self.places),
            withheld=dict(self.withheld), refused=list(self.refused), heads=dict(self.heads), safe=dict(self.safe),
            teams=dict(self.teams),
        )  # fmt: skip

    def granted(self, person: str, visit: VisitIdentity | None, mine: str | None) -> bool:
        """Whether a person's team holds the visit's mine on its date, or outside a visit the mine today."""
        day = min(visit.date, self.today) if visit else self.today
        return any(
            contract.held_on(day)
            and (person, contract.team) in self.members
            and (contract.mine, contract.team) == ((visit.mine, visit.team) if visit else (mine, contract.team))
            for contract in self.contracts
        )

    def in_scope(self, device: str) -> set[str]:
        """The streams that a device may pull today."""
        team = self.teams.get(device, "")
        mines = {c.mine for c in self.contracts if c.team == team and c.held_on(self.today)}
        visits = {f"visit:{v}" for v, known in self.visits.items() if known.identity.team == team}
        return {f"team:{team}", *visits, *(f"mine:{mine}" for mine in mines)}
