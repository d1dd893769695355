"""The weekly round: whether a visit answered all that a round asks, and whether a week has one.

Answers any outcome with its reason; judging is the month's concern.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from patrol.contracts import Contract
from patrol.duties import DutyFacts
from patrol.outcomes import Pair
from patrol.periods import Period


@dataclass(frozen=True, slots=True)
class RoundProgress:
    """How far a visit is with the round's pairs, and which it has not answered, in given order."""

    required: int
    answered: int
    missing: tuple[Pair, ...]

    @property
    def complete(self) -> bool:
        """Whether every pair of the round is answered. A round that asks nothing is not one."""
        return 0 < self.required == self.answered


@dataclass(frozen=True, slots=True)
class RoundVisit:
    """What a week needs to know of a visit. `late`: submitted to the server after the week's
    end."""

    visit: str
    team: str
    mine: str
    day: date
    required: int
    answered: int
    submitted: bool
    late: bool = False

    @property
    def meets(self) -> bool:
        """Whether this visit is a whole round."""
        return self.submitted and 0 < self.required <= self.answered


def round_progress(required: Collection[Pair], answered: Collection[Pair]) -> RoundProgress:
    """Hold a visit's answered pairs (with whatever outcome) against those that the round asks.

    `required` are the pairs applicable on the visit's day under the edition it is pinned to.
    """
    missing = tuple(pair for pair in required if pair not in answered)
    return RoundProgress(len(required), len(required) - len(missing), missing)


def week_facts(visits: Iterable[RoundVisit], contracts: Iterable[Contract], mine: str, week: Period) -> DutyFacts:
    """What the weekly duty of a mine is judged from.

    A visit counts for the week of its local date, when its team held the mine on that date: after
    a hand-over in mid-week the round that the first team made still counts for the mine.
    """
    held = tuple(contracts)
    counted = [v for v in visits if v.mine == mine and v.day in week and _contracted(v, held)]
    meeting = [v for v in counted if v.meets]
    late = bool(meeting) and all(v.late for v in meeting)
    return DutyFacts(begun=bool(counted), met=bool(meeting), late=late)


def _contracted(visit: RoundVisit, contracts: tuple[Contract, ...]) -> bool:
    return any(c.team == visit.team and c.mine == visit.mine and c.holds_on(visit.day) for c in contracts)
