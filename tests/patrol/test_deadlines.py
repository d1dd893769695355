from datetime import date

import pytest

from patrol.deadlines import county_owes_by, default_deadline, is_overdue, suggest_deadlines
from patrol.finding_steps import take
from patrol.findings import Severity, Status, Step
from patrol.permissions import Role
from tests.patrol.factories import MONDAY, attempt, finding
from tests.patrol.test_findings import FIXED, TO_ACCEPTANCE, TO_RECHECK, suspected, walk


def test_a_general_finding_is_offered_days_from_at_once_to_a_month():
    days = suggest_deadlines(Severity.GENERAL, date(2026, 12, 30))
    assert days[0] == date(2026, 12, 30)
    assert days[-1] == date(2027, 1, 29)
    assert list(days) == sorted(days)
    assert default_deadline(Severity.GENERAL, date(2026, 12, 30)) in days


def test_what_may_be_major_is_put_right_at_once():
    assert suggest_deadlines(Severity.SUSPECTED_MAJOR, MONDAY) == (MONDAY,)
    assert default_deadline(Severity.SUSPECTED_MAJOR, MONDAY) == MONDAY
    assert suggest_deadlines(Severity.MAJOR, MONDAY) == ()


@pytest.mark.parametrize("status", [Status.NOTIFIED, Status.RECTIFYING, Status.LISTED])
def test_overdue_begins_the_day_after_the_deadline(status):
    here = finding(status=status)
    assert not is_overdue(here, date(2026, 11, 23))
    assert is_overdue(here, date(2026, 11, 24))


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.NOTIFIED, Status.RECTIFYING, Status.LISTED}))
def test_a_mine_that_was_not_told_or_waits_for_the_county_is_not_overdue(status):
    assert not is_overdue(finding(status=status), date(2027, 1, 1))


def test_the_county_owes_a_recheck_within_ten_days_of_the_asking():
    assert county_owes_by(walk(finding(), TO_RECHECK)) == date(2026, 11, 26)


def test_what_was_fixed_on_the_spot_is_owed_a_recheck_too():
    told = walk(finding(), TO_RECHECK[:1])
    spot = take(told, Step.FIX_ON_SPOT, attempt(Role.LEADER), FIXED)
    assert county_owes_by(spot) == date(2026, 11, 26)


def test_the_county_owes_an_acceptance_within_twenty_days_until_the_sign_off():
    waiting = walk(suspected(), TO_ACCEPTANCE)
    assert county_owes_by(waiting) == date(2026, 12, 6)
    once = take(waiting, Step.ACCEPT, attempt(Role.SUPERVISOR, "s1", date(2026, 12, 1)), {})
    assert county_owes_by(once) == date(2026, 12, 6)


def test_the_county_owes_a_word_on_an_extension_within_five_days():
    told = walk(finding(), TO_RECHECK[:1])
    assert county_owes_by(told) is None
    ask = {"until": "2026-11-30", "reason": "配件未到"}
    asked = take(told, Step.ASK_EXTENSION, attempt(Role.MINE_USER), ask)
    assert county_owes_by(asked) == date(2026, 11, 21)
    both = walk(asked, TO_RECHECK[1:])
    assert county_owes_by(both) == date(2026, 11, 21)
