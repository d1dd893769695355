from datetime import timedelta

import pytest

from patrol.findings import Status, Step
from patrol.repeats import links_of
from patrol.steps import Done
from tests.patrol.factories import MONDAY, finding, instant


def closed(finding_id, days_ago, **more):
    at = instant(MONDAY - timedelta(days=days_ago))
    history = (Done(Step.PASS_RECHECK, "u1", at),)
    return finding(finding_id, status=Status.CLOSED, history=history, **more)


def repeat_of(*others, **more):
    return links_of(finding("new", **more), others).repeat_of


@pytest.mark.parametrize(("days_ago", "expected"), [(0, "old"), (90, "old"), (91, None)])
def test_the_same_item_within_ninety_days_of_closure_is_a_repeat(days_ago, expected):
    assert repeat_of(closed("old", days_ago)) == expected


def test_days_are_counted_by_the_shanghai_calendar():
    late_evening = finding(recorded_at=instant(MONDAY, 15, 59))
    next_morning = finding(recorded_at=instant(MONDAY, 16, 0))
    old = closed("old", 90)
    assert links_of(late_evening, [old]).repeat_of == "old"
    assert links_of(next_morning, [old]).repeat_of is None


def test_a_repeat_at_another_place_of_the_mine_is_a_repeat():
    assert repeat_of(closed("old", 5, place="p9")) == "old"


def test_the_latest_closure_is_the_one_that_is_linked():
    assert repeat_of(closed("b", 30), closed("a", 3), closed("c", 60)) == "a"


@pytest.mark.parametrize("more", [{"mine": "m2"}, {"item": "GAS-002"}, {"item": None}])
def test_another_mine_or_item_is_no_repeat(more):
    assert repeat_of(closed("old", 5, **more)) is None


def test_a_finding_outside_the_checklist_repeats_nothing():
    assert repeat_of(closed("old", 5, item=None), item=None) is None


def test_a_closure_after_the_new_finding_is_no_repeat():
    assert repeat_of(closed("old", -1)) is None


def test_a_voided_finding_is_not_repeated():
    assert repeat_of(finding("old", status=Status.VOID)) is None


def test_what_is_still_open_at_the_same_place_is_shown_oldest_first():
    earlier = [finding(f"f{n}", recorded_at=instant(MONDAY - timedelta(days=n))) for n in (1, 3, 2)]
    elsewhere = finding("x", recorded_at=instant(MONDAY - timedelta(days=1)), place="p2")
    later = finding("y", recorded_at=instant(MONDAY + timedelta(days=1)))
    gone = finding("z", recorded_at=instant(MONDAY - timedelta(days=1)), status=Status.VOID)
    links = links_of(finding("new"), [*earlier, elsewhere, later, gone, finding("new")])
    assert links.open_already == ("f3", "f2", "f1")
    assert links.repeat_of is None
