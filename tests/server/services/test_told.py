"""What is kept of a phone as it last told: what it holds beyond what it has just brought."""

import pytest

from server.db import db as the_db
from server.models.device import Device
from sync import bodies
from sync.phone import edits
from tests.field import FIRST, open_field
from tests.patrols import enter


@pytest.fixture
def county(app, db, monkeypatch):
    """The county, its clock the test's own."""
    monkeypatch.setitem(app.extensions, "qianshao_clock", None)
    return open_field(app)


def told(phone) -> int:
    the_db.session.rollback()
    return the_db.session.get_one(Device, phone.state.device).unsent_operations


def write(phone, visit, count, start=0):
    for number in range(start, start + count):
        phone.edit(edits.answer, "p1", visit, f"answer/X-{number}/-", bodies.Answer("pass"))


def test_what_a_phone_brought_is_not_told_as_unsent(county):
    phone = county.phone("p1")
    visit = enter(phone, "p1", edition=FIRST.digest)
    write(phone, visit, 3)

    county.exchange(phone)

    assert told(phone) == 0


def test_what_did_not_fit_into_the_exchange_is_still_told_as_unsent(county):
    phone = county.phone("p1")
    visit = enter(phone, "p1", edition=FIRST.digest)
    write(phone, visit, 250)

    county.exchange(phone)
    left = sum(chain.last - chain.acked for chain in phone.state.chains)

    assert told(phone) == left > 0
    county.sync(phone)
    assert told(phone) == 0


def test_operations_brought_a_second_time_are_counted_once(county):
    phone = county.phone("p1")
    visit = enter(phone, "p1", edition=FIRST.digest)
    write(phone, visit, 3)
    lost = phone.request_bytes()
    assert county.post(phone, lost).status_code == 200
    write(phone, visit, 2, start=3)

    county.exchange(phone)

    assert told(phone) == 0
