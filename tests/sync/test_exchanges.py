"""What an exchange answers and records, whatever it brings (SPEC, parts EX, SC and VD)."""

import gzip

import msgspec
import pytest

from sync import bodies, operations, receipts, visits, wire
from sync.chain import hash_of
from sync.phone import edits, pen
from tests.sync.county import SERVER_NAME, SERVER_PUBLIC
from tests.sync.phones import converge, enter, enter_all, finding_fields, identity, sync, team

REG = "answer/GAS-001/-"


def parked(phone, visit):
    phone.answer("p1", "b" * 26, REG, "pass")


def quarantined(phone, visit):
    phone.answer("p1", visit, "answer/GAS-001", "pass")


def not_understood(phone, visit):
    chain = phone.state.chains[0]
    text = {"v": 9, "uid": phone.desk.uid(), "seq": chain.last + 1, "prev": chain.last_hash, "kind": "robot.walk"}
    data = msgspec.json.encode(text)
    held = type(chain.log[0])(chain.last + 1, text["uid"], hash_of(data), data, phone.desk.keys.sign(chain.key, data))
    chain.log.append(held)


def out_of_scope(phone, visit):
    phone.edit(edits.write, "p1", operations.VisitSeal, bodies.Seal(), visit=visit)


def gap(phone, visit):
    phone.answer("p1", visit, REG, "pass")
    phone.answer("p1", visit, REG, "fail")
    phone.state.chains[0].acked += 1


def wrongly_signed(phone, visit):
    phone.answer("p1", visit, REG, "pass")
    phone.state.chains[0].log[-1].signature = "A" * 86


def malformed(phone, visit):
    phone.answer("p1", visit, REG, "pass")
    held = phone.state.chains[0].log[-1]
    held.data = held.data.replace(b'"prev":"', b'"prev":7,"x":"')


def fork(phone, visit):
    chain = phone.state.chains[0]
    chain.log.pop()
    chain.acked = 1
    phone.answer("p1", visit, REG, "fail")


def nothing(phone, visit):
    pass


MEANINGS = [
    (parked, "parked"), (quarantined, "quarantined"), (not_understood, "quarantined"), (out_of_scope, "no_scope"),
    (gap, "gap"), (wrongly_signed, "signature"), (malformed, "malformed"), (fork, "fork"), (nothing, None),
]  # fmt: skip


@pytest.mark.parametrize(("meaning", "outcome"), MEANINGS)
@pytest.mark.parametrize("revoked", [False, True])
def test_ex_8_every_request_that_can_be_read_gets_a_whole_signed_answer(meaning, outcome, revoked):
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    sync(phone, county)
    if revoked:
        county.revoked.add(phone.state.device)
    meaning(phone, visit)
    request = phone.request()
    body = county.exchange_bytes(gzip.compress(msgspec.json.encode(request)))
    answer = wire.answer_decoder.decode(body)
    assert msgspec.json.encode(answer) == body
    assert receipts.holds(answer, request.nonce, phone.state.device, {SERVER_NAME: SERVER_PUBLIC})
    (part,) = answer.chains
    withheld = "revoked" if revoked and part.verdicts else outcome
    assert (part.error or dict(part.verdicts).get(part.head.seq)) == withheld


def test_sc_4_an_answer_holds_streams_in_scope_only_whatever_is_asked_for():
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    foreign = enter(second, "p2", mine="mine2")
    second.answer("p2", foreign, REG, "fail", note="秘密")
    second.edit(edits.edit_finding, "p2", second.desk.uid(), finding_fields(item="GAS-001", text="秘密"), foreign)
    sync(second, county)
    own = {f"visit:{visit}", "mine:mine1"}
    county.scope[first.state.device] = sorted(own)
    known = {f"visit:{foreign}": 0, "mine:mine2": 0, **dict.fromkeys(own, 0)}
    request = msgspec.structs.replace(
        first.request(), cursor=wire.Cursor("e1", known), digests=dict.fromkeys(known, "0" * 32)
    )
    body = county.exchange_bytes(gzip.compress(msgspec.json.encode(request)))
    answer = wire.answer_decoder.decode(body)
    assert {page.stream for page in answer.pages} == {f"visit:{visit}"}
    assert {*answer.marks, *answer.added, *answer.resets} <= own
    assert set(answer.dropped) == set(known) - own
    assert "秘密".encode() not in body


@pytest.mark.parametrize(("protocol", "version"), [(0, 1), (1, 1), (1, 1000), (9, 2)])
def test_ex_10_what_another_version_writes_is_taken(monkeypatch, protocol, version):
    county, (phone,) = team(1)
    monkeypatch.setattr(pen, "VERSION", version)
    visit = enter(phone, "p1")
    phone.answer("p1", visit, REG, "fail")
    request = msgspec.structs.replace(phone.request(), protocol=protocol)
    assert phone.receive(county.exchange_bytes(gzip.compress(msgspec.json.encode(request))))
    assert (phone.state.chains[0].acked, phone.state.verdicts) == (3, {})
    assert visits.answers(county.sheet(visit))[0].outcome == "fail"


def test_vd_7_a_verdict_stays_and_what_leaves_waiting_is_told_by_who_let_it_out():
    county, (first, second) = team(2)
    visit = visits.visit_id(identity())
    first.state.mines[visit] = "mine1"
    waited = first.answer("p1", visit, REG, "fail")
    body = first.request_bytes()
    assert first.receive(county.exchange_bytes(body))
    (before,) = county.store.segments
    assert before.verdicts == ((2, "parked"),)
    enter(second, "p2")
    converge((second, first), county)
    assert county.store.withheld == {}
    kept, *later = county.store.segments
    assert (kept, [one.settled for one in later]) == (before, [((waited, "applied"),)])
    again = wire.answer_decoder.decode(county.exchange_bytes(body))
    assert again.chains[0].verdicts == [(2, "parked")]
    assert county.store.segments == [kept, *later]


def test_vd_7_what_goes_on_waiting_is_told_once_and_by_nobody_again():
    county, (first, second) = team(2)
    visit = visits.visit_id(identity())
    first.state.mines[visit] = "mine1"
    first.answer("p1", "b" * 26, REG, "fail")
    sync(first, county)
    enter(second, "p2")
    second.answer("p2", visit, REG, "pass")
    sync(second, county)
    assert [one.settled for one in county.store.segments] == [(), ()]
    assert [one.verdicts for one in county.store.segments] == [((2, "parked"),), ()]
