"""The reference phone: overlay, acknowledgement, portals, forks, epochs, scope, pruning (SPEC)."""

import gzip

import msgspec
import pytest

from sync import bodies, operations, receipts, visits, wire
from sync.enrolment import enrolment_fragment
from sync.phone import answering, bundling, edits
from sync.phone.pen import CannotWrite
from sync.phone.state import from_snapshot, snapshot
from sync.phone.surroundings import MemoryStorage, SoftwareKeys
from sync.phone.view import set_aside
from sync.prepare import RequestError, prepare
from tests.sync.county import SERVER_KEY, SERVER_NAME, County
from tests.sync.phones import converge, enter, enter_all, finding_fields, identity, new_phone, sync, team

REG = "answer/GAS-001/-"


def restart(phone, seed=50, data=None):
    """The same phone after its app was killed, or with an older copy of its data."""
    storage = MemoryStorage(data or phone._storage.data)
    restarted = new_phone(seed, storage=storage, keys=phone.desk.keys)
    restarted.state.chains.pop()
    storage.save(restarted.state)
    return restarted


def alone(outcome="pass"):
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    phone.answer("p1", visit, REG, outcome)
    return county, phone, visit


def counted(phone, visit, reg=REG):
    return phone.shown(visit, reg).counted


def test_en_3_and_en_4_enrolment_keeps_the_county_s_key_and_shows_six_digits():
    county = County()
    phone = new_phone(1)
    request = phone.begin_enrolment(enrolment_fragment("c" * 22, SERVER_NAME))
    digits = phone.finish_enrolment(county.enrol(request))
    assert len(digits) == 6
    assert phone.state.epoch == "e1"
    assert phone.begin_enrolment(enrolment_fragment("c" * 22, SERVER_NAME)) == request


@pytest.mark.parametrize("wrong", ["fingerprint", "signature", "device"])
def test_en_4_an_answer_of_somebody_else_enrols_nothing(wrong):
    county = County()
    phone = new_phone(1)
    name = "x" * 43 if wrong == "fingerprint" else SERVER_NAME
    answer = county.enrol(phone.begin_enrolment(enrolment_fragment("c" * 22, name)))
    if wrong != "fingerprint":
        answer = msgspec.structs.replace(answer, **{wrong: "A" * 86})
    with pytest.raises(CannotWrite):
        phone.finish_enrolment(answer)
    assert phone.state.server_keys == {}


def test_pn_1_what_is_saved_survives_a_restart_byte_for_byte():
    _, phone, visit = alone("fail")
    restarted = restart(phone)
    assert restarted.state == phone.state
    assert counted(restarted, visit) == "fail"
    assert from_snapshot(snapshot(phone.state)) == phone.state


def test_pn_1_an_edit_that_cannot_be_saved_did_not_happen():
    _, phone, visit = alone()
    before = snapshot(phone.state)

    def full(state):
        raise OSError("no room")

    phone._storage.save = full
    with pytest.raises(OSError, match="no room"):
        phone.answer("p1", visit, REG, "fail")
    assert snapshot(phone.state) == before
    assert counted(phone, visit) == "pass"


def test_pn_3_own_work_is_shown_at_once_and_names_what_was_on_the_screen():
    _, phone, visit = alone()
    first = phone.shown(visit, REG).uids
    phone.answer("p1", visit, REG, "fail")
    operation = operations.decode(phone.state.chains[0].log[-1].data)
    assert operation.parents == first
    assert counted(phone, visit) == "fail"


def test_pn_3_a_person_without_a_chain_cannot_write():
    _, phone, visit = alone()
    with pytest.raises(CannotWrite):
        phone.answer("nobody", visit, REG, "fail")


def test_rg_5_a_dispute_is_settled_by_an_edit_that_names_every_head():
    county, phones = team(3)
    visit = enter_all(phones)
    phones[0].answer("p1", visit, REG, "pass")
    phones[1].answer("p2", visit, REG, "fail")
    converge(phones, county)
    assert phones[2].shown(visit, REG).disputed
    phones[2].edit(edits.settle, "p3", visit, REG, bodies.Answer("pass", note="复测"))
    converge(phones, county)
    assert [counted(p, visit) for p in phones] == ["pass"] * 3
    assert not phones[0].shown(visit, REG).disputed
    with pytest.raises(CannotWrite):
        phones[0].edit(edits.settle, "p1", visit, REG, bodies.Answer("pass"))


def test_rg_5_two_settlements_apart_are_a_dispute_again():
    county, phones = team(2)
    visit = enter_all(phones)
    phones[0].answer("p1", visit, REG, "pass")
    phones[1].answer("p2", visit, REG, "fail")
    converge(phones, county)
    phones[0].edit(edits.settle, "p1", visit, REG, bodies.Answer("pass"))
    phones[1].edit(edits.settle, "p2", visit, REG, bodies.Answer("fail"))
    converge(phones, county)
    assert phones[0].shown(visit, REG).disputed
    assert counted(phones[0], visit) == "fail"


def test_ex_9_a_portal_page_is_no_answer():
    county, phone, _ = alone()
    phone.request()
    before = snapshot(phone.state)
    for page in (b"<html>login</html>", b"{}", b"\xff", b"[" * 50_000):
        assert not phone.receive(page)
    assert snapshot(phone.state) == before
    sync(phone, county)


def test_ex_9_a_forged_a_foreign_and_a_late_answer_are_no_answers():
    county, phone, visit = alone()
    body = phone.request_bytes()
    answer = county.exchange_bytes(body)
    before = snapshot(phone.state)
    assert not phone.receive(answer.replace(b'"e1"', b'"e2"'))
    assert not phone.receive(answer.replace(b'"seq":3', b'"seq":2'))
    late = phone.request_bytes()
    assert not phone.receive(answer)
    assert snapshot(phone.state) == before
    assert phone.receive(county.exchange_bytes(late))
    assert not phone.receive(county.exchange_bytes(late))
    assert phone.state.chains[0].acked == 3
    assert counted(phone, visit) == "pass"


def test_ex_9_a_server_that_was_never_met_is_not_believed():
    county, phone, _ = alone()
    phone.state.server_keys.clear()
    assert not phone.receive(county.exchange_bytes(phone.request_bytes()))


def test_ex_7_a_phone_advances_only_on_an_ack_with_its_own_hash():
    county, phone, _ = alone()
    answer = county.exchange(prepare(phone.request_bytes()))
    (part,) = answer.chains
    other = msgspec.structs.replace(part, ack=wire.Mark(3, "x" * 43), head=wire.START)
    forged = receipts.seal(msgspec.structs.replace(answer, chains=[other]), "r", SERVER_NAME, SERVER_KEY)
    assert phone.receive(msgspec.json.encode(forged))
    assert phone.state.chains[0].acked == 0


def test_ex_5_the_whole_queue_goes_in_batches():
    county, phone, visit = alone()
    phone.desk.batch = 10
    for n in range(25):
        phone.answer("p1", visit, f"answer/VEN-{n:03d}/-", "pass")
    assert sync(phone, county) == 3
    phone.too_large()
    assert phone.desk.batch == 5
    assert len(visits.answers(county.sheet(visit))) == 26


def test_ex_5_a_request_stays_within_its_bytes():
    _, phone, visit = alone()
    for n in range(40):
        phone.answer("p1", visit, f"answer/VEN-{n:03d}/-", "pass", note="一" * 4000 + "x" * 0)
    for _ in range(60):
        phone.answer("p1", visit, REG, "pass", note="二" * 4000)
    (batch,) = phone.request().chains
    assert sum(len(text.encode()) for text in batch.operations) <= wire.INFLATED_MAX
    assert len(batch.operations) < 103


def test_ex_6_several_persons_on_one_phone_send_several_chains_in_one_request():
    county = County()
    phone = new_phone(1, county, "p1", "p2")
    visit = enter(phone, "p1")
    enter(phone, "p2", opening=False)
    phone.answer("p1", visit, REG, "pass")
    phone.answer("p2", visit, "answer/GAS-002/-", "fail")
    assert len(phone.request().chains) == 2
    sync(phone, county)
    device = phone.state.device
    assert visits.participants(county.sheet(visit)) == (f"p1@{device}", f"p2@{device}")


def test_ch_9_a_restored_phone_rehomes_under_the_same_uids_and_loses_nothing():
    county, phone, visit = alone()
    copy = phone._storage.data
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    sync(phone, county)
    restored = restart(phone, data=copy)
    mine = restored.answer("p1", visit, "answer/GAS-003/-", "fail")
    sync(restored, county)
    assert len(restored.state.chains) == 2
    assert restored.state.chains[0].closed
    opening = operations.decode(restored.state.chains[1].log[0].data)
    assert (opening.body.after.chain, opening.body.after.why) == (restored.state.chains[0].chain, "fork")
    answers = {a.item: a.outcome for a in visits.answers(county.sheet(visit))}
    assert answers == {"GAS-001": "pass", "GAS-002": "pass", "GAS-003": "fail"}
    assert restored.shown(visit, "answer/GAS-003/-").uids == [mine]
    assert counted(restored, visit, "answer/GAS-002/-") == "pass"
    assert restored.state.verdicts == {}


def test_ch_9_a_phone_that_holds_fewer_than_the_county_sees_it_without_writing():
    county, phone, _ = alone()
    copy = phone._storage.data
    phone.answer("p1", visits.visit_id(identity()), REG, "fail")
    sync(phone, county)
    restored = restart(phone, data=copy)
    sync(restored, county)
    assert len(restored.state.chains) == 2


def test_ch_9_two_clones_keep_both_streams_of_work():
    county, phone, visit = alone()
    sync(phone, county)
    clone = restart(phone)
    phone.answer("p1", visit, "answer/GAS-002/-", "fail")
    clone.answer("p1", visit, "answer/GAS-003/-", "fail")
    converge((phone, clone), county)
    assert len(county.store.chains) == 2
    assert {a.item for a in visits.answers(county.sheet(visit))} == {"GAS-001", "GAS-002", "GAS-003"}
    assert phone.state.rows == clone.state.rows


def test_ch_12_a_new_chain_is_vouched_for_by_the_old_key_or_by_the_device():
    county, phone, visit = alone()
    copy = phone._storage.data
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    sync(phone, county)
    for keys, vouched in ((phone.desk.keys, True), (SoftwareKeys(phone.desk.randomness), False)):
        restored = restart(phone, seed=60 + vouched, data=copy)
        restored.answer("p1", visit, "answer/GAS-003/-", "fail")
        county.exchange_bytes(restored.request_bytes())
        restored.desk.keys = keys
        answer = county.exchange_bytes(restored.request_bytes())
        restored.receive(answer)
        county.hand_in(restored.export(), "another device")
        assert county.store.chains[restored.state.chains[-1].chain].vouched is vouched


def test_ch_7_a_county_that_lost_operations_is_offered_them_again():
    county, phone, visit = alone()
    sync(phone, county)
    backup = county.back_up()
    phone.answer("p1", visit, "answer/GAS-002/-", "fail")
    sync(phone, county)
    before = county.sheet(visit).content()
    county.restore(backup)
    assert sync(phone, county) <= 3
    assert county.sheet(visit).content() == before
    assert phone.state.epoch == "e2"
    assert len(phone.state.chains) == 1


def test_ep_2_a_new_epoch_shows_own_work_throughout():
    county, phone, visit = alone()
    empty = County().back_up()
    sync(phone, county)
    county.restore(empty)
    assert phone.receive(county.exchange_bytes(phone.request_bytes()))
    assert counted(phone, visit) == "pass"
    sync(phone, county)
    assert counted(phone, visit) == "pass"
    assert [a.outcome for a in visits.answers(county.sheet(visit))] == ["pass"]


def test_ep_3_a_phone_that_pruned_below_a_lost_county_starts_a_new_chain():
    county, phone, visit = alone()
    sync(phone, county)
    county.back_up()
    sync(phone, county)
    assert phone.prune() == 3
    county.restore(County().back_up())
    phone.answer("p1", visit, REG, "fail")
    sync(phone, county)
    assert len(phone.state.chains) == 2
    assert [w.verdict for w in county.store.withheld.values()] == ["parked"]


def test_sf_1_nothing_is_pruned_before_it_is_safe():
    county, phone, _ = alone()
    sync(phone, county)
    assert phone.prune() == 0
    county.back_up()
    sync(phone, county)
    assert phone.prune() == 3
    assert (phone.state.chains[0].base, phone.state.chains[0].log) == (3, [])
    assert phone.prune() == 0


def test_sf_3_pruning_changes_nothing_that_is_shown_and_the_chain_goes_on():
    county, phone, visit = alone("fail")
    sync(phone, county)
    county.back_up()
    sync(phone, county)
    shown = phone.shown(visit, REG)
    phone.prune()
    assert phone.shown(visit, REG) == shown
    phone.answer("p1", visit, REG, "pass")
    sync(phone, county)
    assert counted(phone, visit) == "pass"
    assert len(phone.state.chains) == 1


def test_sc_1_a_stream_that_appears_is_pulled_from_the_beginning():
    county, (first, second) = team(2)
    visit = enter(first, "p1")
    first.answer("p1", visit, REG, "pass")
    sync(first, county)
    county.scope[second.state.device] = []
    sync(second, county)
    assert second.state.rows == {}
    county.scope[second.state.device] = [f"visit:{visit}"]
    sync(second, county)
    assert counted(second, visit) == "pass"


def test_sc_2_dropping_a_stream_removes_others_rows_and_never_own_unsent_work():
    county, (first, second) = team(2)
    visit = enter(first, "p1")
    enter(second, "p2")
    first.answer("p1", visit, REG, "pass")
    converge((first, second), county)
    second.answer("p2", visit, "answer/GAS-002/-", "fail")
    county.scope[second.state.device] = []
    body = second.request_bytes()
    county.out_of_scope = {"p2"}
    assert second.receive(county.exchange_bytes(body))
    assert f"visit:{visit}" not in second.state.rows
    assert second.state.dropped == ["mine:mine1", f"visit:{visit}"]
    assert counted(second, visit, "answer/GAS-002/-") is None
    assert set_aside(second.desk) == [(second.state.chains[0].log[-1].uid, "no_scope")]
    county.back_up()
    sync(second, county)
    assert second.prune() > 0


def test_fd_6_a_phone_does_not_download_what_it_just_pushed():
    county, phone, visit = alone("fail")
    phone.edit(edits.edit_finding, "p1", phone.desk.uid(), finding_fields(text="x"), visit)
    answer = county.exchange(prepare(phone.request_bytes()))
    assert all(row.is_own for page in answer.pages for row in page.rows)
    assert phone.receive(msgspec.json.encode(answer))
    other = new_phone(2, county)
    sync(other, county)
    assert other.state.rows == phone.state.rows


def test_fd_6_a_row_with_the_county_s_own_outcome_is_sent_whole():
    county, phone, visit = alone("pass")
    county.judge = lambda *_: "fail"
    sync(phone, county)
    assert phone.shown(visit, REG).counted == "fail"


def test_fd_7_own_work_stays_on_the_screen_until_its_rows_are_pulled():
    county, phone, visit = alone()
    county.page_rows = 1
    for n in range(5):
        phone.answer("p1", visit, f"answer/VEN-{n:03d}/-", "pass")
    for _ in range(8):
        phone.receive(county.exchange_bytes(phone.request_bytes()))
        assert [counted(phone, visit, f"answer/VEN-{n:03d}/-") for n in range(5)] == ["pass"] * 5
    assert len(phone.state.rows[f"visit:{visit}"]) == 7


def test_fd_7_an_edit_seen_back_gives_way_to_what_replaced_it():
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    first.answer("p1", visit, REG, "fail")
    converge((first, second), county)
    second.answer("p2", visit, REG, "pass")
    converge((second, first), county)
    assert first.shown(visit, REG) == second.shown(visit, REG)
    assert counted(first, visit) == "pass"


def test_fd_8_a_stream_whose_content_differs_is_reset_and_pulled_again():
    county, phone, visit = alone("fail")
    sync(phone, county)
    del phone.state.rows[f"visit:{visit}"][REG]
    sync(phone, county)
    assert counted(phone, visit) == "fail"


def test_fd_5_a_cursor_beyond_the_head_is_reset():
    county, phone, visit = alone("fail")
    sync(phone, county)
    phone.state.cursor[f"visit:{visit}"] = 900
    sync(phone, county)
    assert phone.state.cursor[f"visit:{visit}"] == 2


def test_rc_2_the_newest_receipt_is_named_once_in_the_next_operation():
    county, phone, visit = alone()
    sync(phone, county)
    anchor = phone.state.anchor
    phone.answer("p1", visit, REG, "fail")
    phone.answer("p1", visit, REG, "pass")
    named = [operations.decode(held.data).anchor for held in phone.state.chains[0].log]
    assert anchor
    assert named == [None, None, None, anchor, None]


def test_tm_1_no_clock_changes_anything_but_what_is_recorded():
    outcomes = []
    for wall in (0, -(2**40), 2**52):
        county, (first, second) = team(2)
        first.desk.clock.wall = wall
        visit = enter_all((first, second))
        first.answer("p1", visit, REG, "pass")
        second.answer("p2", visit, REG, "fail")
        converge((first, second), county)
        content = county.sheet(visit).content()
        outcomes.append((content, counted(first, visit), dict(county.store.heads)))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_bu_1_a_colleague_hands_in_the_work_of_a_phone_that_will_not_connect():
    county, (phone, carrier) = team(2)
    visit = enter(phone, "p1")
    sync(phone, county)
    for n in range(210):
        phone.answer("p1", visit, f"answer/GAS-{n:03d}/-", "fail")
    data = phone.export()
    carrier.carry(data)
    carrier.carry(data)
    (held,) = carrier.state.carried
    plans = county.hand_in(held, carrier.state.device)
    assert len(plans) == 2
    assert len(visits.answers(county.sheet(visit))) == 210
    assert not county.hand_in(held, carrier.state.device)[0].segments
    sync(phone, county)
    assert phone.state.chains[0].acked == 212
    carrier.step(bundling.handed_in, data)
    assert carrier.state.carried == []


@pytest.mark.parametrize("body", [b"", b"x" * 10, gzip.compress(b"{}", mtime=0), bytes(17 * 1024 * 1024)])
def test_bu_2_a_file_that_is_no_bundle_says_so(body):
    with pytest.raises(RequestError):
        County().hand_in(body, "d")


def test_fd_7_a_stream_that_comes_back_into_scope_takes_over_from_the_own_copy():
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    converge((first, second), county)
    county.scope[first.state.device] = []
    first.answer("p1", visit, REG, "fail")
    first.receive(county.exchange_bytes(first.request_bytes()))
    assert counted(first, visit) == "fail"
    sync(second, county)
    second.answer("p2", visit, REG, "pass")
    sync(second, county)
    del county.scope[first.state.device]
    converge((first, second), county)
    assert counted(first, visit) == "pass"
    assert first.shown(visit, REG) == second.shown(visit, REG)


def test_ch_9_a_fork_never_takes_the_other_copy_s_verdicts_for_its_own():
    county, phone, visit = alone()
    sync(phone, county)
    copy = phone._storage.data
    county.out_of_scope = {"p1"}
    phone.answer("p1", visit, "answer/GAS-002/-", "fail")
    sync(phone, county)
    county.out_of_scope = set()
    restored = restart(phone, data=copy)
    restored.answer("p1", visit, "answer/GAS-003/-", "fail")
    sync(restored, county)
    assert restored.state.verdicts == {}
    assert counted(restored, visit, "answer/GAS-003/-") == "fail"


def test_pn_3_without_its_key_a_phone_writes_nothing():
    _, phone, visit = alone()
    phone.desk.keys.forget(phone.state.chains[0].key)
    phone.desk.keys.forget("device")
    with pytest.raises(CannotWrite):
        phone.answer("p1", visit, REG, "fail")
    with pytest.raises(CannotWrite):
        phone.begin_enrolment(enrolment_fragment("c" * 22, SERVER_NAME))
    assert phone.state.chains[0].last == 3


def test_ch_9_an_operation_at_the_limit_can_still_be_rehomed():
    county, phone, visit = alone()
    copy = phone._storage.data
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    sync(phone, county)
    restored = restart(phone, data=copy)
    restored.edit(edits.claim, "p1", "p2", ["a" * 60], visit)
    short = len(restored.state.chains[0].log[-1].data)
    many = (operations.OPERATION_BYTES - 100 - short) // 63 + 1
    restored.edit(edits.claim, "p1", "p1", ["a" * 60] * many, visit)
    with pytest.raises(CannotWrite):
        restored.edit(edits.claim, "p1", "p3", ["a" * 60] * (many + 2), visit)
    sync(restored, county)
    assert len(restored.state.chains) == 2
    assert restored.state.verdicts == {}


def test_pn_4_an_answer_to_nothing_is_ignored_and_a_step_without_one_changes_nothing():
    county, phone, _ = alone()
    body = county.exchange_bytes(phone.request_bytes())
    answer = answering.read(phone.desk, body)
    phone.desk.in_flight = None
    assert answering.read(phone.desk, body) is None
    before = snapshot(phone.state)
    answering.take(phone.desk, answer, "1.0")
    assert snapshot(phone.state) == before


def test_fd_1_rows_that_are_no_registers_are_kept_as_they_are():
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    place = bodies.ProposedPlace("A" * 22, "mine1", "face", "3201")
    first.edit(edits.propose_place, "p1", place, visit)
    converge((first, second), county)
    kept = second.state.rows["mine:mine1"]["place/" + "A" * 22].other
    assert msgspec.json.decode(kept, type=bodies.ProposedPlace) == place


def test_ep_2_marks_of_the_old_epoch_hide_no_own_work_in_the_new_one():
    county, (first, second) = team(2)
    empty = county.back_up()
    visit = enter_all((first, second))
    regs = [f"answer/VEN-{n:03d}/-" for n in range(3)]
    for reg in regs:
        first.answer("p1", visit, reg, "fail")
    sync(first, county)
    for n in range(6):
        second.answer("p2", visit, f"answer/FIR-{n:03d}/-", "pass")
    county.restore(empty)
    sync(second, county)
    county.page_rows = 1
    for _ in range(16):
        assert first.receive(county.exchange_bytes(first.request_bytes()))
        assert [counted(first, visit, reg) for reg in regs] == ["fail"] * 3
    assert first.state.cursor[f"visit:{visit}"] == county.store.heads[f"visit:{visit}"]


@pytest.mark.parametrize(("after", "taken"), [(0, False), (2, False), (4, False), (3, True)])
def test_fd_4_a_page_that_does_not_continue_the_cursor_is_not_applied(after, taken):
    county, phone, visit = alone()
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    sync(phone, county)
    stream = f"visit:{visit}"
    assert phone.state.cursor[stream] == 3
    answer = county.exchange(prepare(phone.request_bytes()))
    row = wire.Row(9, REG, msgspec.Raw(b'[["u","p9","d",1,{"outcome":"fail"}]]'))
    pages = [wire.Page(stream, after, 9, [row])]
    forged = receipts.seal(msgspec.structs.replace(answer, pages=pages), "r", SERVER_NAME, SERVER_KEY)
    assert phone.receive(msgspec.json.encode(forged))
    assert (counted(phone, visit) == "fail") is taken
    assert phone.state.cursor[stream] == (9 if taken else 3)


def test_ch_11_and_ch_12_a_rotated_key_goes_on_and_is_vouched_for_by_the_old_one():
    county, phone, visit = alone()
    sync(phone, county)
    phone.rotate("p1")
    phone.answer("p1", visit, "answer/GAS-002/-", "fail")
    old, new = phone.state.chains
    county.hand_in(phone.export(), "another device")
    assert county.store.chains[old.chain].closed is True
    assert county.store.chains[new.chain].vouched is True
    sync(phone, county)
    assert counted(phone, visit, "answer/GAS-002/-") == "fail"
    assert phone.state.verdicts == {}


def test_ch_12_a_chain_nobody_vouches_for_vouches_for_no_other():
    county, phone, visit = alone("fail")
    phone.rotate("p1")
    phone.answer("p1", visit, "answer/GAS-002/-", "fail")
    county.hand_in(phone.export(), "another device")
    assert [chain.vouched for chain in county.store.chains.values()] == [False, False]
    assert county.store.visits == {}
    phone.answer("p1", visit, "answer/GAS-003/-", "fail")
    sync(phone, county)
    assert [chain.vouched for chain in county.store.chains.values()] == [False, True]
    assert {row.verdict for row in county.store.withheld.values()} == {"no_scope", "parked"}


def test_ch_11_rehoming_leaves_a_rotation_behind():
    county, phone, visit = alone()
    copy = phone._storage.data
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    sync(phone, county)
    restored = restart(phone, data=copy)
    restored.answer("p1", visit, "answer/GAS-003/-", "fail")
    restored.rotate("p1")
    restored.answer("p1", visit, "answer/GAS-004/-", "fail")
    sync(restored, county)
    restored.answer("p1", visit, "answer/GAS-005/-", "fail")
    sync(restored, county)
    assert len(visits.answers(county.sheet(visit))) == 5
    assert not any(chain.closed for chain in county.store.chains.values())
