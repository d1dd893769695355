"""Natural weeks and calendar months in Asia/Shanghai: the periods that duties and coverage are for.

A period is a value with an id (`2026-W47`, `2026-11`); it never knows what day it is today.
"""

import functools
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum

from patrol.errors import Invalid

# Asia/Shanghai has been UTC+8 without daylight saving since 1991-09-15. A fixed offset needs no
# zone files, which a minimal machine may lack.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_ID = re.compile(r"(?P<year>\d{4})-(?:W(?P<week>\d{2})|(?P<month>\d{2}))", re.ASCII)


class PeriodKind(StrEnum):
    """How long a period is."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `first` to `last`, both inclusive; made by `week_of`, `month_of` or `parse`."""

    first: date
    last: date
    kind: PeriodKind

    @property
    def id(self) -> str:
        """`2026-W47` (ISO year and week) or `2026-11`; ids of one kind sort as their days do."""
        if self.kind is PeriodKind.WEEK:
            year, week, _ = self.first.isocalendar()
            return f"{year:04}-W{week:02}"
        return f"{self.first.year:04}-{self.first.month:02}"

    @property
    def start(self) -> datetime:
        """The first instant of the period, in UTC."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The first instant after the period, in UTC."""
        return start_of(self.last) + timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def next(self) -> "Period":
        """The period of the same kind that follows."""
        return period_of(self.kind, self.last + timedelta(days=1))

    @property
    def previous(self) -> "Period":
        """The period of the same kind before."""
        return period_of(self.kind, self.first - timedelta(days=1))

    def __contains__(self, moment: date | datetime) -> bool:
        """Whether a local day, or an aware instant, is in the period."""
        day = local_date(moment) if isinstance(moment, datetime) else moment
        return self.first <= day <= self.last

    def judging_day(self, today: date) -> date:
        """The day as of which applicability is judged: the last one, or today while it runs."""
        return min(self.last, max(self.first, today))

    def elapsed(self, today: date) -> int:
        """Days gone by, today included: 0 before the period, `days` after it."""
        return max(0, min(self.days, (today - self.first).days + 1))


def local_date(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai of an aware instant."""
    if instant.tzinfo is None:
        raise Invalid("naive_time", instant=instant.isoformat())
    return instant.astimezone(SHANGHAI).date()


def start_of(day: date) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def week_of(day: date) -> Period:
    """The natural week, Monday to Sunday, that holds the day."""
    monday = day - timedelta(days=day.weekday())
    return Period(monday, monday + timedelta(days=6), PeriodKind.WEEK)


def month_of(day: date) -> Period:
    """The calendar month that holds the day."""
    first = day.replace(day=1)
    after = (first + timedelta(days=31)).replace(day=1)
    return Period(first, after - timedelta(days=1), PeriodKind.MONTH)


def period_of(kind: PeriodKind, day: date) -> Period:
    """The week or month that holds the day."""
    return week_of(day) if kind is PeriodKind.WEEK else month_of(day)


@functools.lru_cache(maxsize=1024)
def parse(text: str) -> Period:
    """The period with this id. Raises Invalid for anything else, a 53rd week too many included."""
    found = _ID.fullmatch(text)
    if found is None:
        raise Invalid("bad_period", period=text)
    year, week, month = found.group("year", "week", "month")
    try:
        if week is None:
            return month_of(date(int(year), int(month), 1))
        return week_of(date.fromisocalendar(int(year), int(week), 1))
    except (ValueError, OverflowError):
        raise Invalid("bad_period", period=text) from None


def periods_between(kind: PeriodKind, first: date, last: date) -> tuple[Period, ...]:
    """Every period of the kind that has a day from `first` to `last`, oldest first."""
    found = []
    period = period_of(kind, first)
    while period.first <= last:
        found.append(period)
        period = period.next
    return tuple(found)
