from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patrol.contracts import ContractOverlap, bearer, check_contract, hand_over, holder, mines_of
from patrol.errors import Conflict, Invalid
from patrol.periods import parse
from tests.patrol.factories import contract

NOV_17 = date(2026, 11, 17)


def test_a_contract_holds_its_first_and_its_last_day():
    held = contract(from_date=NOV_17, until_date=NOV_17)
    assert held.holds_on(NOV_17)
    assert not held.holds_on(NOV_17 - timedelta(days=1))
    assert not held.holds_on(NOV_17 + timedelta(days=1))


def test_a_contract_without_an_end_goes_on():
    assert contract().holds_on(date(2099, 1, 1))


def test_a_contract_cannot_end_before_it_begins():
    with pytest.raises(Invalid) as refused:
        contract(from_date=NOV_17, until_date=date(2026, 11, 16))
    assert refused.value.code == "contract_ends_before_it_begins"


def test_two_teams_cannot_hold_a_mine_on_one_day():
    first = contract("c1", "t1", until_date=NOV_17)
    with pytest.raises(ContractOverlap) as refused:
        check_contract(contract("c2", "t2", from_date=NOV_17), [first])
    assert refused.value.details["team"] == "t1"


def test_the_next_team_may_begin_the_day_after():
    first = contract("c1", "t1", until_date=NOV_17)
    check_contract(contract("c2", "t2", from_date=date(2026, 11, 18)), [first])


def test_a_contract_does_not_stand_in_its_own_way_nor_another_mine_s():
    check_contract(contract("c1", until_date=NOV_17), [contract("c1")])
    check_contract(contract("c2"), [contract("c1", mine="m2")])


def test_a_contract_before_all_others_is_let_in():
    check_contract(contract("c1", until_date=date(2026, 1, 31)), [contract("c2", from_date=date(2026, 2, 1))])


def test_a_hand_over_in_mid_period_leaves_no_day_without_a_team():
    done = hand_over(contract("c1", "t1"), "t2", NOV_17, "c2")
    both = [done.ended, done.begun]
    assert holder(both, "m1", date(2026, 11, 16)) == done.ended
    assert holder(both, "m1", NOV_17) == done.begun
    check_contract(done.begun, both)


def test_the_team_that_holds_the_last_day_bears_the_period():
    done = hand_over(contract("c1", "t1"), "t2", NOV_17, "c2")
    both = [done.ended, done.begun]
    assert bearer(both, "m1", parse("2026-W47")).team == "t2"
    assert bearer(both, "m1", parse("2026-11")).team == "t2"
    assert bearer(both, "m1", parse("2026-W46")).team == "t1"
    assert bearer(both, "m1", parse("2026-10")).team == "t1"


def test_a_hand_over_on_the_day_after_the_week_leaves_the_week_with_the_first_team():
    done = hand_over(contract("c1", "t1"), "t2", date(2026, 11, 23), "c2")
    assert bearer([done.ended, done.begun], "m1", parse("2026-W47")).team == "t1"


def test_nobody_bears_a_period_whose_last_day_no_contract_holds():
    assert bearer([contract(until_date=NOV_17)], "m1", parse("2026-11")) is None
    assert holder([contract()], "m2", NOV_17) is None


def test_a_hand_over_keeps_the_end_that_was_agreed():
    end = date(2026, 12, 31)
    assert hand_over(contract(until_date=end), "t2", NOV_17, "c2").begun.until_date == end


def test_a_hand_over_to_the_team_itself_is_refused():
    with pytest.raises(Invalid):
        hand_over(contract(team="t1"), "t1", NOV_17, "c2")


@pytest.mark.parametrize("first_day", [date(2026, 1, 1), date(2025, 1, 1), date(2026, 12, 1)])
def test_a_hand_over_outside_the_contract_is_refused(first_day):
    with pytest.raises(Conflict) as refused:
        hand_over(contract(until_date=date(2026, 11, 30)), "t2", first_day, "c2")
    assert refused.value.code == "hand_over_outside_contract"


def test_a_team_s_mines_are_those_of_the_day():
    held = [contract("c1"), contract("c2", mine="m2", until_date=NOV_17), contract("c3", "t2", "m3")]
    assert mines_of(held, "t1", NOV_17) == {"m1", "m2"}
    assert mines_of(held, "t1", date(2026, 11, 18)) == {"m1"}


SPANS = st.tuples(st.integers(0, 60), st.none() | st.integers(0, 20)).map(
    lambda s: (
        date(2026, 1, 1) + timedelta(days=s[0]),
        None if s[1] is None else date(2026, 1, 1) + timedelta(days=s[0] + s[1]),
    )
)


@given(SPANS, SPANS)
def test_an_overlap_is_exactly_a_shared_day(one, other):
    a = contract("a", from_date=one[0], until_date=one[1])
    b = contract("b", "t2", from_date=other[0], until_date=other[1])
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(90)]
    shared = any(a.holds_on(day) and b.holds_on(day) for day in days)
    assert a.overlaps(b) is b.overlaps(a) is shared
