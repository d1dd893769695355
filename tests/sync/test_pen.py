"""What a phone writes: ids, readings of its clock, parents, and signing before saving (SPEC, parts OP and PN)."""

import msgspec
import pytest

from sync import bodies, chain, operations, segments
from sync.phone import edits, pen
from sync.phone.pen import CannotWrite
from sync.phone.state import from_snapshot, snapshot
from tests.sync.phones import Ticking, converge, enter, enter_all, finding_fields, new_phone, photo_body, sync, team

REG = "answer/GAS-001/-"


def alone():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    return county, phone, visit


def newest(phone):
    return operations.decode(phone.state.chains[-1].log[-1].data)


def ids(seed, wall):
    """Every id that a phone makes in a small story."""
    phone = new_phone(seed)
    phone.desk.clock = Ticking(wall)
    phone.open_chain("p8")
    visit = enter(phone, "p8")
    for outcome in ("pass", "fail"):
        phone.answer("p8", visit, REG, outcome)
    made = [phone.desk.uid(), phone.request().nonce, *(one.chain for one in phone.state.chains)]
    return made + [held.uid for one in phone.state.chains for held in one.log]


def test_op_3_no_id_holds_a_time_and_all_are_random():
    early, late = ids(1, 0), ids(1, 2**52)
    assert early == late
    assert len(set(early) | set(ids(2, 0))) == 2 * len(early)
    assert all(len(chain.unb64(one)) == 16 for one in early)


def test_op_3_the_same_uid_on_another_chain_has_its_effect_once():
    county, phone, visit = alone()
    phone.answer("p1", visit, REG, "fail")
    sync(phone, county)
    held = phone.state.chains[0].log[-1]
    phone.rotate("p1")
    phone.step(lambda desk: pen.rewrite(desk, pen.current_chain(desk, "p1"), held))
    sync(phone, county)
    register = county.sheet(visit).registers[REG]
    assert [one.acked for one in phone.state.chains] == [one.last for one in phone.state.chains]
    assert list(register.entries) == [held.uid]
    assert phone.state.verdicts == {}


@pytest.mark.parametrize("wall", [-(2**40), 0, 2**52])
def test_op_4_the_readings_of_the_clock_are_kept_as_the_phone_wrote_them(wall):
    county, (phone, other) = team(2)
    visit = enter_all((phone, other))
    phone.desk.clock.wall, phone.desk.clock.mono = wall, 77
    phone.answer("p1", visit, REG, "pass")
    converge((phone, other), county)
    logged = [operations.decode(data) for one in county.store.segments for data in segments.operations_of(one)]
    assert [one.t for one in logged if one.reg == REG] == [(wall + 1000, 1077, "c7")]
    assert [head.wall for head in other.shown(visit, REG).heads] == [wall + 1000]


def test_op_5_an_edit_names_every_value_that_the_screen_showed():
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    told = [first.answer("p1", visit, REG, "pass"), second.answer("p2", visit, REG, "fail")]
    converge((first, second), county)
    settled = first.answer("p1", visit, REG, "fail")
    assert sorted(newest(first).parents) == sorted(told)
    first.answer("p1", visit, REG, "pass")
    assert newest(first).parents == [settled]


def test_op_5_the_own_unsent_value_and_the_one_just_pulled_are_both_named():
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    converge((first, second), county)
    theirs = second.answer("p2", visit, REG, "fail")
    sync(second, county)
    answer = county.exchange_bytes(first.request_bytes())
    mine = first.answer("p1", visit, REG, "pass")
    assert first.receive(answer)
    first.answer("p1", visit, REG, "fail")
    assert sorted(newest(first).parents) == sorted([mine, theirs])


def test_op_5_a_finding_names_what_was_shown_of_each_field():
    _county, phone, visit = alone()
    finding = phone.desk.uid()
    phone.edit(edits.edit_finding, "p1", finding, finding_fields(item="GAS-001", text="漏风"), visit)
    first = newest(phone)
    phone.edit(edits.edit_finding, "p1", finding, finding_fields(text="漏风严重", deadline="2026-02-10"), visit)
    assert first.body.seen == {}
    assert newest(phone).body.seen == {"text": [first.uid], "state": [first.uid]}


class Watched:
    """Keys that note what they were asked to sign."""

    def __init__(self, keys):
        self.keys, self.signed = keys, []

    def create(self, name):
        return self.keys.create(name)

    def sign(self, name, data):
        self.signed.append(data)
        return self.keys.sign(name, data)


@pytest.mark.parametrize(
    "body",
    [
        bodies.Answer("fail", note="x" * 40_000),
        bodies.Answer("fail", note="x" * 4001),
        bodies.Answer("fail", note="a\0b"),
        bodies.Answer("perhaps"),
    ],
)
def test_op_7_what_the_county_would_not_understand_is_refused_before_it_is_signed(body):
    _county, phone, visit = alone()
    phone.desk.keys = watched = Watched(phone.desk.keys)
    before = snapshot(phone.state)
    with pytest.raises(CannotWrite) as refused:
        phone.edit(edits.answer, "p1", visit, REG, body)
    assert (refused.value.code, watched.signed) == ("invalid", [])
    assert snapshot(phone.state) == before
    phone.answer("p1", visit, REG, "fail")
    assert len(watched.signed) == 1


def saves_of(phone):
    """Every state that the phone keeps from now on, as bytes, in order."""
    kept, save = [], phone._storage.save

    def noting(state):
        kept.append(snapshot(state))
        save(state)

    phone._storage.save = noting
    return kept


def test_pn_2_whatever_is_saved_is_signed_and_one_edit_is_one_save():
    _county, phone, visit = alone()
    kept = saves_of(phone)
    phone.answer("p1", visit, REG, "fail")
    phone.edit(edits.photo, "p1", photo_body(1, REG), visit)
    phone.rotate("p1")
    assert len(kept) == 3
    for state in map(from_snapshot, kept):
        for one in state.chains:
            opening = operations.decode(one.log[0].data)
            assert all(chain.verify(one.alg, opening.body.key, held.data, held.signature) for held in one.log)


def test_pn_2_operation_chain_and_photo_are_saved_together_or_not_at_all():
    _county, phone, visit = alone()
    before = snapshot(phone.state)

    def full(state):
        raise OSError("no room")

    phone._storage.save = full
    for step in (
        lambda: phone.edit(edits.photo, "p1", photo_body(1, REG), visit),
        lambda: phone.open_chain("p2"),
        lambda: phone.rotate("p1"),
    ):
        with pytest.raises(OSError, match="no room"):
            step()
        assert snapshot(phone.state) == before


def test_pn_2_without_its_key_a_phone_saves_nothing():
    _county, phone, visit = alone()
    kept = saves_of(phone)
    before = snapshot(phone.state)
    phone.desk.keys.forget(phone.state.chains[0].key)
    with pytest.raises(CannotWrite) as refused:
        phone.edit(edits.photo, "p1", photo_body(1, REG), visit)
    assert (refused.value.code, kept) == ("no_key", [])
    assert msgspec.msgpack.encode(phone.state) == before
