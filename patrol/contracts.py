"""Which team is contracted (包保) to which mine, from which day to which.

At most one team holds a mine on a day. A contract is ended by a date, never deleted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from patrol.errors import Conflict, Invalid
from patrol.periods import Period


class ContractOverlap(Conflict):
    """Another contract holds the mine on one of these days already."""

    code = "contract_overlap"


@dataclass(frozen=True, slots=True)
class Contract:
    """A team holds a mine from `from_date` to `until_date`, both inclusive; `until_date` None: no
    end is set."""

    id: str
    team: str
    mine: str
    from_date: date
    until_date: date | None = None

    def __post_init__(self) -> None:
        if self.until_date is not None and self.until_date < self.from_date:
            raise Invalid("contract_ends_before_it_begins", from_date=self.from_date, until_date=self.until_date)

    def holds_on(self, day: date) -> bool:
        """Whether the contract is in force on the day."""
        return self.from_date <= day and (self.until_date is None or day <= self.until_date)

    def overlaps(self, other: "Contract") -> bool:
        """Whether both are for one mine and share a day."""
        return (
            self.mine == other.mine
            and (self.until_date is None or other.from_date <= self.until_date)
            and (other.until_date is None or self.from_date <= other.until_date)
        )


@dataclass(frozen=True, slots=True)
class HandOver:
    """What a hand-over writes: the old contract with its end, and the new one."""

    ended: Contract
    begun: Contract


def check_contract(new: Contract, existing: Iterable[Contract]) -> None:
    """Raise ContractOverlap when a contract of another id holds the mine on one of these days."""
    for other in existing:
        if other.id != new.id and new.overlaps(other):
            raise ContractOverlap(mine=new.mine, contract=other.id, team=other.team, from_date=other.from_date)


def hand_over(old: Contract, team: str, first_day: date, new_id: str) -> HandOver:
    """Give the mine to another team from `first_day`; the old team holds it until the day before.

    The new contract runs to the end that the old one had. Raises Conflict when the old contract
    does not hold both days, Invalid when the team holds the mine already.
    """
    if team == old.team:
        raise Invalid("hand_over_to_the_same_team", team=team, mine=old.mine)
    last_day = first_day - timedelta(days=1)
    if not (old.holds_on(last_day) and old.holds_on(first_day)):
        raise Conflict("hand_over_outside_contract", contract=old.id, first_day=first_day)
    begun = Contract(id=new_id, team=team, mine=old.mine, from_date=first_day, until_date=old.until_date)
    return HandOver(ended=replace(old, until_date=last_day), begun=begun)


def holder(contracts: Iterable[Contract], mine: str, day: date) -> Contract | None:
    """The contract that holds the mine on the day."""
    return next((c for c in contracts if c.mine == mine and c.holds_on(day)), None)


def bearer(contracts: Iterable[Contract], mine: str, period: Period) -> Contract | None:
    """The contract of the team that bears the period's duty: who holds the mine on its last day."""
    return holder(contracts, mine, period.last)


def mines_of(contracts: Iterable[Contract], team: str, day: date) -> frozenset[str]:
    """The mines that the team is contracted to on the day."""
    return frozenset(c.mine for c in contracts if c.team == team and c.holds_on(day))
