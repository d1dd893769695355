"""What the cadence demands of a team: one round a week and full coverage a month of each mine.

A duty is derived from contracts for a period and never stored; its state is derived from facts,
excuses and the day. Who judged an item does not matter: the team that holds the contract on the
period's last day bears the duty (notice, list 3, row 25(2)).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from patrol.contracts import Contract
from patrol.errors import Invalid
from patrol.periods import Period, PeriodKind


class DutyKind(StrEnum):
    """What is owed."""

    WEEKLY_ROUND = "weekly_round"
    MONTHLY_FULL = "monthly_full"


KIND_OF_PERIOD = {
    PeriodKind.WEEK: DutyKind.WEEKLY_ROUND,
    PeriodKind.MONTH: DutyKind.MONTHLY_FULL,
}


class DutyState(StrEnum):
    """How a duty stands on a day."""

    MET = "met"
    UNDER_WAY = "under_way"
    DUE = "due"
    MISSED = "missed"
    EXCUSED = "excused"


@dataclass(frozen=True, slots=True)
class Duty:
    """What `team` owes `mine` in `period`."""

    kind: DutyKind
    mine: str
    team: str
    contract: str
    period: Period


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a mine's duties are not owed from a day to a day, both inclusive; withdrawn, not deleted.

    It excuses a duty only when it covers every day of the period: an idle, sealed mine that opens
    again in the middle of a month owes the month, unless the excuse says the whole month.
    """

    id: str
    mine: str
    kinds: frozenset[DutyKind]
    from_date: date
    until_date: date
    reason: str
    excused_by: str
    excused_at: datetime
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        if self.until_date < self.from_date:
            raise Invalid("excuse_ends_before_it_begins", from_date=self.from_date)
        if not self.reason.strip():
            raise Invalid("excuse_without_reason", mine=self.mine)
        if not self.kinds:
            raise Invalid("excuse_without_duty", mine=self.mine)

    def excuses(self, duty: Duty) -> bool:
        """Whether this duty is not owed because of it."""
        return (
            self.withdrawn_at is None
            and self.mine == duty.mine
            and duty.kind in self.kinds
            and self.from_date <= duty.period.first
            and duty.period.last <= self.until_date
        )


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """What the maintained rows say of a mine in a period. `late`: late work has a part in it."""

    begun: bool = False
    met: bool = False
    late: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """A duty's state on a day. `late`: met with work that arrived after the period ended."""

    duty: Duty
    state: DutyState
    late: bool = False
    excuse: Excuse | None = None


def duties_of(contracts: Iterable[Contract], period: Period) -> tuple[Duty, ...]:
    """The period's duties, one a mine under contract on its last day, ordered by mine."""
    kind = KIND_OF_PERIOD[period.kind]
    owed = [
        Duty(kind=kind, mine=c.mine, team=c.team, contract=c.id, period=period)
        for c in contracts
        if c.holds_on(period.last)
    ]
    return tuple(sorted(owed, key=lambda duty: duty.mine))


def standing(duty: Duty, facts: DutyFacts, excuses: Iterable[Excuse], today: date) -> Standing:
    """How the duty stands at the end of `today` (Asia/Shanghai). What is met needs no excuse."""
    excuse = None if facts.met else next((e for e in excuses if e.excuses(duty)), None)
    state = state_of(duty.period, facts, today, excused=excuse is not None)
    return Standing(duty, state, late=facts.met and facts.late, excuse=excuse)


def state_of(period: Period, facts: DutyFacts, today: date, *, excused: bool) -> DutyState:
    """The state alone, which is the same for all duties of a period with the same facts: lists
    count by it."""
    if facts.met:
        return DutyState.MET
    if excused:
        return DutyState.EXCUSED
    if today > period.last:
        return DutyState.MISSED
    return DutyState.UNDER_WAY if facts.begun else DutyState.DUE
