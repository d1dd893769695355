"""The demo's visits on whatever day it is started: none in the future, no day without its history."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from patrol.periods import SHANGHAI, local_date, month_of, week_of
from server.demo.calendar import first_day, planned

DAYS = [
    datetime(2026, 11, 23, 2, 0, tzinfo=UTC),  # a Monday morning in the county
    datetime(2026, 11, 22, 17, 0, tzinfo=UTC),  # one in the morning of that Monday
    datetime(2026, 12, 1, 4, 0, tzinfo=UTC),
    datetime(2027, 1, 1, 4, 0, tzinfo=UTC),
    datetime(2027, 3, 31, 15, 59, tzinfo=UTC),
    datetime(2028, 2, 29, 9, 0, tzinfo=UTC),
]


@pytest.mark.parametrize("now", DAYS)
def test_every_visit_has_begun_and_arrived_by_now(now):
    for visit in planned(now):
        assert visit.begins < visit.arrives(now) <= now, visit
        assert visit.arrives(now) < visit.begins + timedelta(days=8)


@pytest.mark.parametrize("now", DAYS)
def test_no_visit_is_planned_twice(now):
    times = Counter((visit.mine, visit.kind, visit.day) for visit in planned(now))

    assert times.most_common(1)[0][1] == 1


@pytest.mark.parametrize("now", DAYS)
def test_the_history_is_two_months_and_begins_on_a_monday(now):
    first = first_day(now)

    assert first.weekday() == 0
    assert (local_date(now) - first).days >= 60
    assert first <= month_of(local_date(now)).previous.first
    assert first == min(visit.day for visit in planned(now))


@pytest.mark.parametrize("now", DAYS)
def test_what_arrives_late_arrives_after_its_week(now):
    late = [visit for visit in planned(now) if visit.late]

    assert late
    assert all(visit.arrives(now) > week_of(visit.day).end for visit in late)


def test_a_visit_begins_in_the_morning_of_the_county():
    begins = planned(DAYS[0])[0].begins.astimezone(SHANGHAI)

    assert (begins.hour, begins.minute) == (8, 30)
