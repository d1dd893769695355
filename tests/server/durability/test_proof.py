import threading
import time

import pytest
from sqlalchemy import delete, select, update

from server import keys
from server.db import transaction
from server.durability.proof import prove_log
from server.durability.snapshot import snapshot
from server.models.segment import Chain, Segment, WithheldOperation
from tests.counties import LEADER, MEMBER
from tests.patrols import enter, open_office


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return keys.load_or_create(tmp_path_factory.mktemp("keys") / "server.pem")


@pytest.fixture
def office(db, key):
    return open_office(key)


@pytest.fixture
def patrolled(office):
    """Two phones on one visit; six segments on two chains."""
    first, second = office.phone(LEADER), office.phone(MEMBER)
    visit = enter(first, LEADER)
    enter(second, MEMBER, opening=False)
    for n in range(3):
        for phone, person in ((first, LEADER), (second, MEMBER)):
            phone.answer(person, visit, f"answer/GAS-00{n}/-", "pass" if person == LEADER else "fail")
            office.sync(phone)
    return visit


def faults(db, key=None):
    return [fault.code for fault in prove_log(db.session.connection(), key).faults]


def test_inv_10_a_log_that_phones_filled_is_whole(db, key, patrolled):
    proof = prove_log(db.session.connection(), key)
    assert proof.faults == []
    assert (proof.chains, proof.segments, proof.operations) == (2, 6, 10)
    assert proof.foreign_anchors == 0
    heads = {row.id: (row.head_seq, row.head_hash) for row in db.session.scalars(select(Chain))}
    assert {chain: (mark.seq, mark.hash) for chain, mark in proof.heads.items()} == heads


def test_inv_10_an_empty_log_is_whole(db, key):
    assert faults(db, key) == []


def segment(db, number=1):
    chain = db.session.scalars(select(Chain.id).order_by(Chain.id)).first()
    return db.session.scalars(select(Segment).where(Segment.chain_id == chain).order_by(Segment.first_seq)).all()[
        number
    ]


def plant(db, statement):
    with transaction():
        db.session.execute(statement)


def test_inv_10_a_missing_segment_is_found(db, key, patrolled):
    plant(db, delete(Segment).where(Segment.id == segment(db).id))
    assert faults(db) == ["chain_gap", "head_differs"]


def test_inv_10_a_cut_off_end_is_found(db, key, patrolled):
    plant(db, delete(Segment).where(Segment.id == segment(db, 2).id))
    assert faults(db) == ["head_differs"]


def test_inv_10_an_emptied_chain_is_found(db, key, patrolled):
    plant(db, delete(Segment).where(Segment.chain_id == segment(db).chain_id))
    assert faults(db) == ["head_differs"]


def test_inv_10_a_changed_byte_is_found(db, key, patrolled):
    row = segment(db)
    data = bytearray(row.data)
    data[len(data) // 2] ^= 1
    plant(db, update(Segment).where(Segment.id == row.id).values(data=bytes(data)))
    assert faults(db)[0] == "segment_damaged"


def test_inv_10_another_person_s_segment_in_its_place_is_found(db, key, patrolled):
    row = segment(db)
    other = db.session.scalars(
        select(Segment).where(Segment.chain_id != row.chain_id, Segment.first_seq == row.first_seq)
    ).one()
    values = {"data": other.data, "last_hash": other.last_hash, "signature": other.signature}
    plant(db, update(Segment).where(Segment.id == row.id).values(**values))
    assert faults(db)[0].startswith(("segment", "chain"))


def test_inv_10_a_signature_of_another_key_is_found(db, key, patrolled):
    row = segment(db)
    plant(db, update(Segment).where(Segment.id == row.id).values(signature=key.sign(b"anything")))
    assert faults(db)[0] == "segment_signature"


@pytest.mark.parametrize("values", [{"head_seq": 4}, {"head_hash": "x" * 43}])
def test_inv_10_a_head_that_the_log_does_not_hold_is_found(db, key, patrolled, values):
    plant(db, update(Chain).where(Chain.id == segment(db).chain_id).values(**values))
    assert faults(db) == ["head_differs"]


def test_inv_10_a_chain_put_under_another_name_is_found(db, key, patrolled):
    row = db.session.get_one(Chain, segment(db).chain_id)
    other = MEMBER if row.user_id == LEADER else LEADER
    plant(db, update(Chain).where(Chain.id == row.id).values(user_id=other))
    assert faults(db)[0] == "chain_opening"


def test_inv_10_a_time_of_receipt_that_was_changed_is_found(db, key, patrolled):
    row = segment(db)
    plant(db, update(Segment).where(Segment.id == row.id).values(received_at=row.received_at.replace(day=1)))
    assert faults(db, key) == ["receipt_foreign"]


def test_inv_10_a_receipt_of_another_server_is_found(db, key, patrolled, tmp_path):
    other = keys.load_or_create(tmp_path / "other.pem")
    proof = prove_log(db.session.connection(), other)
    assert [fault.code for fault in proof.faults] == ["receipt_foreign"] * 6
    assert proof.foreign_anchors > 0


def withheld(office, db):
    """A phone that answers at a visit nobody opened: the operation is parked."""
    phone = office.phone(MEMBER)
    visit = "z" * 26
    phone.answer(MEMBER, visit, "answer/GAS-001/-", "pass")
    office.sync(phone)
    return db.session.scalars(select(WithheldOperation)).one()


def test_inv_10_what_waits_is_what_the_log_says_waits(db, key, office):
    withheld(office, db)
    assert faults(db, key) == []


@pytest.mark.parametrize("values", [{"verdict": "late"}, {"data": b"{}"}])
def test_inv_10_a_waiting_operation_that_was_changed_is_found(db, key, office, values):
    row = withheld(office, db)
    plant(db, update(WithheldOperation).where(WithheldOperation.uid == row.uid).values(**values))
    assert faults(db) == ["withheld_differs"]


def test_inv_10_a_waiting_operation_that_is_gone_is_found(db, key, office):
    withheld(office, db)
    plant(db, delete(WithheldOperation))
    assert faults(db) == ["withheld_missing"]


def test_inv_10_the_living_log_is_proved_while_phones_go_on_sending(app, key):
    stop = threading.Event()
    with app.app_context():
        office = open_office(key)
        phone = office.phone(LEADER)
        visit = enter(phone, LEADER)
        office.sync(phone)

        def send():
            with app.app_context():
                for n in range(2000):
                    if stop.is_set():
                        return
                    phone.answer(LEADER, visit, f"answer/GAS-{n}/-", "pass")
                    office.sync(phone)

        sender = threading.Thread(target=send)
        sender.start()
        try:
            proved = []
            until = time.monotonic() + 60
            while len(proved) < 8 or (proved[-1].operations < 12 and time.monotonic() < until):
                with snapshot() as connection:
                    proved.append(prove_log(connection, key))
        finally:
            stop.set()
            sender.join()
    assert all(proof.faults == [] for proof in proved)
    assert proved[-1].operations >= 12
