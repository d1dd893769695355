"""What the simulator has found in the protocol's own code, each in the fewest steps that show it."""

import msgspec

from sync import bodies
from sync import operations as ops
from sync.phone.view import set_aside
from tests.sync.phones import enter, enter_all, identity, new_phone, sync, team

REG = "answer/GAS-001/-"


def test_fd_6_rows_are_sent_whole_when_a_part_of_the_request_was_refused():
    """A phone built the row from an operation of its own that the county had refused as a fork."""
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    phone.answer("p1", visit, REG, "pass")
    copy = phone._storage.data
    sync(phone, county)
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    sync(phone, county)
    restored = new_phone(2, None, "p9", storage=type(phone._storage)(copy), keys=phone.desk.keys)
    restored.answer("p1", visit, REG, "fail")
    assert restored.receive(county.exchange_bytes(restored.request_bytes()))
    row = restored.state.rows[f"visit:{visit}"][REG]
    assert [head.value for head in row.fields[""]] == ['{"outcome":"pass"}']


def test_fd_7_own_work_stays_when_its_row_moves_on_between_two_pages():
    """A mark was passed without the row: somebody else had moved it to a later seq meanwhile."""
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    first.answer("p1", visit, REG, "fail")
    county.page_rows = 1
    assert first.receive(county.exchange_bytes(first.request_bytes()))
    second.answer("p2", visit, REG, "pass")
    for _ in range(6):
        second.receive(county.exchange_bytes(second.request_bytes()))
    for _ in range(8):
        first.receive(county.exchange_bytes(first.request_bytes()))
        assert first.shown(visit, REG).counted == "fail"


def test_vd_5_a_released_opening_lets_out_what_waits_for_its_visit():
    """The release of a withheld visit.open did not look for what was parked for that visit."""
    county, (first, second) = team(2)
    county.out_of_scope = {"p1"}
    visit = enter(first, "p1")
    sync(first, county)
    second.answer("p2", visit, REG, "fail")
    sync(second, county)
    opening = next(u for u, w in county.store.withheld.items() if w.verdict == "no_scope")
    county.office().write(ops.OperationRelease, bodies.Release(opening, "looked into"))
    assert county.store.withheld == {}
    assert county.sheet(visit).registers[REG]
    assert county.store.heads[f"team:{identity().team}"] == 1


def test_pl_3_what_stays_withheld_is_not_removed_by_the_same_plan():
    """A row that only changed its verdict was inserted and released by one plan: lost where the release came last."""
    county, (first, second) = team(2)
    visit = enter(first, "p1")
    second.answer("p2", visit, REG, "fail")
    sync(second, county)
    county.out_of_scope = {"p2"}
    first.receive(county.exchange_bytes(first.request_bytes()))
    plan = county.last_plan
    assert {w.uid: w.verdict for w in plan.withheld}.keys() & set(plan.released) == set()
    assert [w.verdict for w in county.store.withheld.values()] == ["no_scope"]


def test_ch_6_a_duplicate_moves_nothing_that_waits():
    """A request of nothing but duplicates let an operation out of waiting, and had no segment to record that in."""
    county, (first, second) = team(2)
    visit = enter(first, "p1")
    second.answer("p2", visit, REG, "fail")
    sync(second, county)
    waiting = dict(county.store.withheld)
    body = first.request_bytes()
    county.exchange_bytes(body)
    county.store.withheld = waiting
    answer = msgspec.json.decode(county.exchange_bytes(body))
    assert answer["chains"][0]["ack"]["seq"] == 2
    assert county.store.withheld == waiting


def test_pn_5_what_is_set_aside_stays_so_when_the_county_comes_back():
    """The phone forgot every verdict in a new epoch, but was told again only of what it offered again."""
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    sync(phone, county)
    county.out_of_scope = {"p1"}
    phone.answer("p1", visit, REG, "fail")
    sync(phone, county)
    county.restore(county.back_up())
    phone.answer("p1", visit, "answer/GAS-002/-", "fail")
    sync(phone, county)
    assert [verdict for _, verdict in set_aside(phone.desk)] == ["no_scope", "no_scope"]


def test_pn_5_what_has_effect_after_all_is_set_aside_no_more():
    """A verdict outlived the county that had given it."""
    county, (first, second) = team(2)
    sync(first, county)
    backup = county.back_up()
    county.out_of_scope = {"p1"}
    visit = enter(first, "p1")
    sync(first, county)
    assert set_aside(first.desk)
    county.restore(backup)
    county.out_of_scope = set()
    sync(first, county)
    assert set_aside(first.desk) == []
    assert second.state.epoch == "e1"
    assert visit in county.store.visits


def test_vd_5_what_a_replay_parks_is_let_out_by_the_same_replay():
    """Carried operations were replayed once: an answer before its visit.open waited for a visit that was there."""
    county, (phone, carrier) = team(2)
    visit = enter(carrier, "p2")
    phone.answer("p1", visit, REG, "fail")
    enter(phone, "p1")
    county.hand_in(phone.export(), carrier.state.device)
    assert {w.verdict for w in county.store.withheld.values()} == {"no_scope"}
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    sync(phone, county)
    assert county.store.withheld == {}
    assert {"answer/GAS-001/-", "answer/GAS-002/-"} <= set(county.sheet(visit).registers)
