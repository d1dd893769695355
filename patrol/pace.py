"""Pace, and what changed after a report was sent.

A sent report is frozen; work that arrives later changes the figures of now, and the difference is
listed, never written back into the report.
"""

from dataclasses import dataclass
from datetime import date

from patrol.coverage import Figures, MonthCoverage
from patrol.outcomes import JUDGED, Outcome, Pair
from patrol.periods import Period


@dataclass(frozen=True, slots=True)
class Pace:
    """Pairs expected to be judged by the end of a day, and pairs that are."""

    expected: int
    done: int

    @property
    def behind(self) -> int:
        """How many pairs are missing to be on pace; 0 when on pace or ahead."""
        return max(0, self.expected - self.done)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A month as it was when a report was sent: its figures, its visits and what counted of each
    pair."""

    figures: Figures
    visits: tuple[str, ...]
    outcomes: dict[Pair, Outcome | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is otherwise now than in the sent report. Pairs and visits are sorted."""

    before: Figures
    after: Figures
    newly_judged: tuple[Pair, ...]
    no_longer_judged: tuple[Pair, ...]
    judged_otherwise: tuple[Pair, ...]
    newly_applicable: tuple[Pair, ...]
    no_longer_applicable: tuple[Pair, ...]
    newly_seen_visits: tuple[str, ...]
    dropped_visits: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether the report still says what is so."""
        return self.before == self.after and not (
            self.newly_judged
            or self.no_longer_judged
            or self.judged_otherwise
            or self.newly_applicable
            or self.no_longer_applicable
            or self.newly_seen_visits
            or self.dropped_visits
        )


def pace(figures: Figures, period: Period, today: date) -> Pace:
    """Expected by the end of `today` = applicable x days elapsed ÷ days of the period, floored.

    Today counts as elapsed, days are those of Asia/Shanghai: on the last day all is expected,
    before the first nothing is.
    """
    expected = figures.applicable * period.elapsed(today) // period.days
    return Pace(expected=expected, done=figures.judged)


def freeze(month: MonthCoverage) -> Frozen:
    """The month as it stands, to be kept with the report that is sent."""
    outcomes = {pair: month.outcome(pair) for pair in month.applicable}
    return Frozen(month.figures, tuple(sorted(month.visits)), outcomes)


def difference(sent: Frozen, now: MonthCoverage) -> Difference:
    """Hold a sent report against the month as it stands now."""
    current = freeze(now)
    was, is_now = _judged(sent), _judged(current)
    return Difference(
        before=sent.figures,
        after=current.figures,
        newly_judged=_sorted(is_now - was),
        no_longer_judged=_sorted(was - is_now),
        judged_otherwise=_sorted({pair for pair in was & is_now if sent.outcomes[pair] != current.outcomes[pair]}),
        newly_applicable=_sorted(current.outcomes.keys() - sent.outcomes.keys()),
        no_longer_applicable=_sorted(sent.outcomes.keys() - current.outcomes.keys()),
        newly_seen_visits=_sorted(set(current.visits) - set(sent.visits)),
        dropped_visits=_sorted(set(sent.visits) - set(current.visits)),
    )


def _judged(month: Frozen) -> set[Pair]:
    return {pair for pair, outcome in month.outcomes.items() if outcome in JUDGED}


def _sorted(names: set[str]) -> tuple[str, ...]:
    return tuple(sorted(names))
