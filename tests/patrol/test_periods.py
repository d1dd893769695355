from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.errors import Invalid
from patrol.periods import (
    SHANGHAI,
    Period,
    PeriodKind,
    local_date,
    month_of,
    parse,
    period_of,
    periods_between,
    start_of,
    week_of,
)

DAYS = st.dates(date(1995, 1, 1), date(2100, 12, 31))
KINDS = st.sampled_from(PeriodKind)


def test_a_week_runs_from_monday_to_sunday():
    week = week_of(date(2026, 11, 19))
    assert (week.id, week.first, week.last) == ("2026-W47", date(2026, 11, 16), date(2026, 11, 22))


def test_a_month_is_the_calendar_month():
    month = month_of(date(2026, 11, 30))
    assert (month.id, month.first, month.last) == ("2026-11", date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2025, 12, 29), "2026-W01"),
        (date(2026, 1, 1), "2026-W01"),
        (date(2021, 1, 1), "2020-W53"),
    ],
)
def test_a_week_that_spans_the_year_end_has_one_id(day, week):
    assert week_of(day).id == week


def test_the_days_of_the_turn_of_the_year_lie_in_one_week_and_two_months():
    assert week_of(date(2026, 12, 31)) == week_of(date(2027, 1, 1))
    assert month_of(date(2026, 12, 31)).id == "2026-12"
    assert month_of(date(2027, 1, 1)).id == "2027-01"


def test_december_is_followed_by_january_and_preceded_by_november():
    december = parse("2026-12")
    assert (december.next.id, december.previous.id) == ("2027-01", "2026-11")


def test_week_53_is_followed_by_week_1():
    assert parse("2026-W53").next.id == "2027-W01"
    assert parse("2027-W01").previous.id == "2026-W53"


@pytest.mark.parametrize(("text", "days"), [("2024-02", 29), ("2026-02", 28), ("2100-02", 28)])
def test_february_has_its_days(text, days):
    assert parse(text).days == days


def test_a_period_begins_and_ends_at_midnight_in_shanghai():
    november = parse("2026-11")
    assert november.start == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert november.end == datetime(2026, 11, 30, 16, tzinfo=UTC)


def test_an_instant_is_placed_by_the_shanghai_clock():
    november = parse("2026-11")
    assert november.start in november
    assert november.end not in november
    assert november.end - timedelta(microseconds=1) in november
    assert datetime(2026, 10, 31, 15, 59, tzinfo=UTC) not in november


def test_an_instant_in_another_zone_is_the_same_instant():
    assert local_date(datetime(2026, 12, 31, 17, 0, tzinfo=ZoneInfo("Europe/Berlin"))) == date(2027, 1, 1)


def test_a_naive_time_is_refused():
    with pytest.raises(Invalid) as refused:
        local_date(datetime(2026, 1, 1))  # noqa: DTZ001 - naive is the point
    assert refused.value.code == "naive_time"


@pytest.mark.parametrize(
    "text",
    [
        "2026-13",
        "2026-00",
        "2025-W53",
        "2026-W00",
        "2026-W54",
        "2026-1",
        "26-11",
        "",
        "2026-11 ",
        "0000-01",
        "9999-W53",
        "2026-w47",
        "２０２６-11",
        "9999-12-01",
    ],
)
def test_what_is_no_period_is_refused(text):
    with pytest.raises(Invalid) as refused:
        parse(text)
    assert refused.value.code == "bad_period"
    assert refused.value.details == {"period": text}


@pytest.mark.parametrize(
    ("today", "judging_day", "elapsed"),
    [
        (date(2026, 10, 31), date(2026, 11, 1), 0),
        (date(2026, 11, 1), date(2026, 11, 1), 1),
        (date(2026, 11, 15), date(2026, 11, 15), 15),
        (date(2026, 11, 30), date(2026, 11, 30), 30),
        (date(2026, 12, 25), date(2026, 11, 30), 30),
    ],
)
def test_a_running_period_is_judged_as_of_today_and_an_ended_one_as_of_its_last_day(today, judging_day, elapsed):
    november = parse("2026-11")
    assert november.judging_day(today) == judging_day
    assert november.elapsed(today) == elapsed


def test_periods_between_two_days_leave_none_out():
    weeks = periods_between(PeriodKind.WEEK, date(2026, 12, 20), date(2027, 1, 4))
    assert [week.id for week in weeks] == ["2026-W51", "2026-W52", "2026-W53", "2027-W01"]
    assert periods_between(PeriodKind.MONTH, date(2026, 2, 2), date(2026, 2, 1)) == (parse("2026-02"),)
    assert periods_between(PeriodKind.MONTH, date(2026, 2, 2), date(2026, 1, 1)) == ()


@given(DAYS, KINDS)
def test_every_day_lies_in_the_period_that_is_made_from_it_and_its_id_reads_back(day, kind):
    period = period_of(kind, day)
    assert day in period
    assert parse(period.id) == period


@given(DAYS, KINDS)
def test_periods_of_a_kind_follow_each_other_without_gap_or_overlap(day, kind):
    period = period_of(kind, day)
    assert period.next.first - period.last == timedelta(days=1)
    assert period.next.start == period.end
    assert period.next.previous == period
    assert period.id < period.next.id


@given(DAYS)
def test_a_week_has_seven_days_from_a_monday(day):
    week = week_of(day)
    assert (week.days, week.first.weekday()) == (7, 0)


@given(st.integers(800_000_000, 4_000_000_000).map(lambda s: datetime.fromtimestamp(s, UTC)))
def test_the_fixed_offset_agrees_with_the_zone_files(moment):
    assert local_date(moment) == moment.astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert start_of(local_date(moment)) <= moment


def test_periods_sort_by_their_days():
    assert sorted([parse("2027-01"), parse("2026-12")])[0].id == "2026-12"
    assert SHANGHAI.utcoffset(None) == timedelta(hours=8)
    assert isinstance(parse("2026-12"), Period)
