"""When the demo's teams went where, and how it went: every state that a county's board knows, up to yesterday's rounds.

Says days and shares only; which pairs those are is asked of the checklist later. Pure.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal

from patrol.periods import Period, PeriodKind, local_date, month_of, periods_between, start_of, week_of

#: A visit takes a morning; who starts the demo at night sees the day before as the last one.
_MORNING = timedelta(hours=9)
_TWO_MONTHS = timedelta(days=60)


Kind = Literal["round", "full"]


@dataclass(frozen=True)
class Planned:
    """A visit of the kind `round` or `full` at a mine (by code) on a day.

    `share` of the pairs is answered, from `start` on (0 to 1). `late`: the phones reach the county after the week.
    """

    mine: str
    kind: Kind
    day: date
    start: float = 0.0
    share: float = 1.0
    submitted: bool = True
    late: bool = False
    suspected: bool = False
    disputed: bool = False

    @property
    def begins(self) -> datetime:
        """Half past eight in the morning."""
        return start_of(self.day) + timedelta(hours=8, minutes=30)

    def arrives(self, now: datetime) -> datetime:
        """When the phones reach the county: in the afternoon, at latest half an hour ago."""
        if self.late:
            return week_of(self.day).end + timedelta(hours=7)
        return min(self.begins + timedelta(hours=8), now - timedelta(minutes=30))


def first_day(now: datetime) -> date:
    """The Monday with which the history begins: two months ago, and never after the last month's first day."""
    today = local_date(now)
    return week_of(min(month_of(today).previous.first, today - _TWO_MONTHS)).first


def planned(now: datetime) -> list[Planned]:
    """Every visit of the history in the order of their beginning."""
    last = local_date(now - _MORNING)
    weeks = periods_between(PeriodKind.WEEK, first_day(now), last)
    # A month that the history only touches has rounds, but nobody went through its whole table.
    months = [m for m in periods_between(PeriodKind.MONTH, weeks[0].first, last) if m.first >= weeks[0].first]
    found = [*_rounds(weeks, last), *_fulls(months, last)]
    return sorted(found, key=lambda visit: (visit.begins, visit.mine, visit.kind))


#: Mine → weekday of its round, Monday 0.
_WEEKDAY = {"SL-01": 1, "SL-02": 3, "SL-03": 2, "SL-04": 4, "SL-05": 0}


def _rounds(weeks: tuple[Period, ...], last: date) -> Iterator[Planned]:
    for ago, week in enumerate(reversed(weeks)):
        for mine, weekday in _WEEKDAY.items():
            found = _round(mine, week, ago, min(week.first + timedelta(days=weekday), last))
            if found is not None:
                yield found


#: (mine, weeks ago) → how that round went otherwise than it should; None: nobody went. Week 0 is the running one.
_OTHERWISE: dict[tuple[str, int], dict[str, Any] | None] = {
    ("SL-02", 0): {"share": 0.6, "submitted": False, "disputed": True},
    ("SL-03", 0): None,
    ("SL-04", 0): None,
    ("SL-04", 1): {"share": 0.8},
    ("SL-03", 2): {"suspected": True},
    ("SL-02", 2): {"late": True},
    ("SL-03", 3): None,
}


def _round(mine: str, week: Period, ago: int, day: date) -> Planned | None:
    otherwise = _OTHERWISE.get((mine, ago), {})
    if otherwise is None:
        return None
    return Planned(mine, "round", week.last if otherwise.get("late") else day, **otherwise)


#: Mine → how much of the table beyond the rounds the two visits of a month answer, in past months and this one.
_PAST = {"SL-01": 1.0, "SL-02": 1.0, "SL-03": 1.0, "SL-04": 0.9, "SL-05": 1.0}
_RUNNING = {"SL-01": 1.0, "SL-02": 0.7, "SL-03": 0.3, "SL-04": 0.5, "SL-05": 1.0}
_FULL_DAYS = {"SL-01": (7, 20), "SL-02": (8, 21), "SL-03": (9, 22), "SL-04": (10, 23), "SL-05": (2, 3)}


def _fulls(months: Iterable[Period], last: date) -> Iterator[Planned]:
    for month in months:
        shares = _PAST if last > month.last else _RUNNING
        for mine, days in _FULL_DAYS.items():
            for part, number in enumerate(days):
                day = month.first.replace(day=number)
                if day <= last:
                    yield Planned(mine, "full", day, start=part / 2, share=shares[mine] / 2)
