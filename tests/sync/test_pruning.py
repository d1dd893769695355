"""What a phone may forget (SPEC, part SF)."""

import msgspec
import pytest

from sync import receipts, wire
from tests.sync.county import SERVER_KEY, SERVER_NAME
from tests.sync.phones import enter, sync, team

REG = "answer/GAS-001/-"


def synced():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    phone.answer("p1", visit, REG, "fail")
    sync(phone, county)
    return county, phone


def told(county, phone, head):
    """The county's own, signed answer that all three operations are safe, with another head."""
    flying = phone.request()
    name = flying.chains[0].chain
    part = wire.ChainAnswer(name, head=head, safe=3)
    answer = wire.Answer(1, flying.nonce, flying.device, county.epoch, county.now, chains=[part])
    return phone.receive(msgspec.json.encode(receipts.seal(answer, "r9", SERVER_NAME, SERVER_KEY)))


@pytest.mark.parametrize(("seq", "own", "gone"), [(3, True, 3), (2, True, 2), (3, False, 0), (9, False, 0)])
def test_sf_2_safe_counts_only_under_a_head_with_the_phone_s_own_hash(seq, own, gone):
    county, phone = synced()
    log = phone.state.chains[0].log
    assert told(county, phone, wire.Mark(seq, log[seq - 1].hash if own else "x" * 43))
    assert phone.state.chains[0].safe == gone
    assert phone.prune() == gone


def test_sf_2_what_the_county_has_instead_of_own_work_makes_none_of_it_safe():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    sync(phone, county)
    copy = phone._storage.data
    phone.answer("p1", visit, REG, "fail")
    sync(phone, county)
    county.back_up()
    phone._storage.data = copy
    phone.desk.state = phone._storage.load()
    phone.answer("p1", visit, REG, "pass")
    assert phone.receive(county.exchange_bytes(phone.request_bytes()))
    assert county.store.safe[phone.state.chains[0].chain] == 3
    assert phone.state.chains[0].safe == 0
    sync(phone, county)
    assert [one.safe for one in phone.state.chains] == [0, 0]
