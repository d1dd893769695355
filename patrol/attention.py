"""Which mines want looking at first: what of a month is missed, about to be missed, or far behind its pace.

Takes how the duties stand, never asks what day it is. It ranks mines, never persons.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patrol.duties import DutyState
from patrol.periods import Period

LAST_DAYS_OF_A_WEEK = 3
"""From how many days before a week's end a round that is not met is told: before that the team may well be on its
way."""

FAR_BEHIND = 0.2
"""Which share of a month's pairs is far behind. A team goes through a table in two or three days of a month, so that a
little behind an even pace is how every month looks."""


class Concern(StrEnum):
    """Why a mine is told, the gravest first."""

    MONTH_MISSED = "month_missed"
    ROUND_MISSED = "round_missed"
    ROUND_AT_RISK = "round_at_risk"
    FAR_BEHIND = "far_behind"


@dataclass(frozen=True, slots=True)
class MineMonth:
    """How a mine's month stands: its monthly duty, its pairs, and the rounds of its weeks."""

    mine: str
    state: DutyState
    applicable: int
    judged: int
    expected: int
    rounds: Sequence[tuple[Period, DutyState]] = ()


@dataclass(frozen=True, slots=True)
class Attention:
    """A mine with every concern about it. `rounds_missed`: how many weeks; `behind`: pairs that pace expects."""

    mine: str
    concerns: tuple[Concern, ...]
    rounds_missed: int
    behind: int


def attention(months: Iterable[MineMonth], today: date) -> list[Attention]:
    """The mines about which there is a concern, the gravest first; those in order are left out."""
    found = [_look(month, today) for month in months]
    return sorted((one for one in found if one.concerns), key=_gravity)


def _look(month: MineMonth, today: date) -> Attention:
    missed = sum(state is DutyState.MISSED for _, state in month.rounds)
    owed = month.state not in (DutyState.MET, DutyState.EXCUSED)
    behind = max(0, month.expected - month.judged) if owed else 0
    told = {
        Concern.MONTH_MISSED: month.state is DutyState.MISSED,
        Concern.ROUND_MISSED: missed > 0,
        Concern.ROUND_AT_RISK: any(_at_risk(week, state, today) for week, state in month.rounds),
        Concern.FAR_BEHIND: month.state is not DutyState.MISSED and behind > FAR_BEHIND * month.applicable,
    }
    return Attention(month.mine, tuple(concern for concern, is_so in told.items() if is_so), missed, behind)


def _at_risk(week: Period, state: DutyState, today: date) -> bool:
    near = today in week and (week.last - today).days < LAST_DAYS_OF_A_WEEK
    return near and state in (DutyState.DUE, DutyState.UNDER_WAY)


def _gravity(one: Attention) -> tuple[int, int, int, str]:
    return list(Concern).index(one.concerns[0]), -one.rounds_missed, -one.behind, one.mine
