"""What a chain says of its author may be unknown here: it is stored all the same, and never an error (invariant 18)."""

import pytest
from sqlalchemy import select

from server import keys
from server.durability.proof import prove_log
from server.models.segment import Chain, WithheldOperation
from server.models.visit import Visit
from tests.counties import MEMBER
from tests.patrols import enter, open_office


@pytest.fixture
def office(db, tmp_path):
    return open_office(keys.load_or_create(tmp_path / "server.pem"))


def test_inv_18_a_person_whom_nobody_knows_is_stored_and_waits(db, office):
    phone = office.phone("somebody-else")
    visit = enter(phone, "somebody-else")
    phone.answer("somebody-else", visit, "answer/GAS-001/-", "pass")
    office.sync(phone)
    phone.answer("somebody-else", visit, "answer/GAS-001/-", "fail")
    office.sync(phone)
    assert db.session.scalars(select(Chain.vouched)).all() == [False]
    assert set(db.session.scalars(select(WithheldOperation.verdict))) == {"no_scope"}
    assert db.session.scalars(select(Visit)).all() == []
    assert prove_log(db.session.connection(), office.key).faults == []


def test_inv_18_a_device_that_is_not_on_record_is_stored_and_waits(db, office):
    phone = office.phone()
    own, phone.state.device = phone.state.device, "a" * 22
    phone.open_chain(MEMBER)
    enter(phone, MEMBER)
    phone.state.device = own
    office.sync(phone)
    assert db.session.scalars(select(Chain.vouched)).all() == [False]
    assert prove_log(db.session.connection(), office.key).faults == []
