import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select, update

from patrol.errors import Conflict, NotAllowed, NotFound
from server import keys
from server.db import db as the_db
from server.db import transaction
from server.models.audit import AuditEntry
from server.models.device import Device, EnrolmentCode
from server.models.team import Team
from server.services import enrolment as service
from server.services.enrolment import Checked, Here
from sync import chain, enrolment
from tests.counties import NOON, TEAM, add_county, admin, later, leader, member, supervisor
from tests.phones import PhoneKey


@pytest.fixture(scope="module")
def server_key(tmp_path_factory):
    return keys.load_or_create(tmp_path_factory.mktemp("keys") / "server.pem")


@pytest.fixture
def here(db, server_key):
    add_county()
    return Here(server_key, "epoch", NOON)


def issue(actor=None, now=NOON):
    with transaction():
        return service.issue_code(actor or leader(), TEAM, now).code


def enrol(request, here):
    with transaction():
        return service.enrol(request, here)


def enrolled(here):
    phone = PhoneKey()
    enrol(phone.ask(issue()), here)
    return phone


def confirm(phone, digits, actor=None, now=NOON):
    with transaction():
        return service.confirm(actor or leader(), phone.device, digits, now)


def wrong(db, phone):
    code = db.session.get_one(Device, phone.device).check_code
    return str((int(code) + 1) % 10**6).zfill(6)


def trail(db, verb):
    return db.session.scalar(select(func.count()).where(AuditEntry.verb == verb))


def test_en_1_a_code_has_128_bits_and_only_its_hash_is_kept(db, here):
    code = issue()
    assert len(code) == 22
    row = db.session.scalars(select(EnrolmentCode)).one()
    assert row.code_hash == hashlib.sha256(code.encode()).hexdigest()
    assert 10 * 60 <= (row.expires_at - NOON).total_seconds() <= 15 * 60
    assert issue() != code


def test_en_1_leaders_and_administrators_issue_codes_for_their_own(db, here):
    issue(leader())
    issue(admin())
    with pytest.raises(NotFound):
        issue(leader(team="another"))
    with pytest.raises(NotFound):
        issue(admin(county="another"))
    with pytest.raises(NotFound):
        issue(member())
    with pytest.raises(NotAllowed):
        issue(supervisor())


def test_en_1_a_dissolved_team_enrols_nothing(db, here):
    with transaction():
        db.session.execute(update(Team).values(dissolved_on=NOON.date()))
    with pytest.raises(Conflict):
        issue(admin())


def test_en_2_a_phone_enrols_with_code_key_and_proof(db, here):
    phone = PhoneKey()
    answer = enrol(phone.ask(issue()), here)
    assert answer is not None
    device = db.session.scalars(select(Device)).one()
    assert (device.id, device.team_id, device.confirmed_at) == (phone.device, TEAM, None)
    assert (answer.device, answer.team, answer.epoch) == (phone.device, TEAM, "epoch")


def test_en_4_the_answer_is_signed_by_the_key_whose_fingerprint_the_code_carried(db, here):
    phone = PhoneKey()
    answer = enrol(phone.ask(issue()), here)
    statement = enrolment.enrolled_statement(phone.public, answer)
    assert chain.verify(answer.server_alg, answer.server_key, statement, answer.signature)
    other = enrolment.enrolled_statement(PhoneKey().public, answer)
    assert not chain.verify(answer.server_alg, answer.server_key, other, answer.signature)


def test_en_2_a_used_code_enrols_no_second_phone_and_the_office_sees_the_try(db, here):
    code = issue()
    enrol(PhoneKey().ask(code), here)
    assert enrol(PhoneKey().ask(code), here) is None
    assert db.session.scalar(select(func.count()).select_from(Device)) == 1
    assert trail(db, "device.code_used_twice") == 1


def test_en_3_a_lost_answer_is_given_again_even_after_the_code_expired(db, here):
    phone, code = PhoneKey(), issue()
    first = enrol(phone.ask(code), here)
    again = enrol(phone.ask(code), Here(here.key, "epoch", later(days=2)))
    assert (again.device, again.nonce, again.team) == (first.device, first.nonce, first.team)
    assert again.tokens.access != first.tokens.access
    assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_en_2_an_expired_or_invented_code_enrols_nothing(db, here):
    code = issue()
    assert enrol(PhoneKey().ask(code), Here(here.key, "epoch", later(minutes=15))) is None
    assert enrol(PhoneKey().ask("x" * 22), here) is None
    assert db.session.scalar(select(func.count()).select_from(Device)) == 0


@pytest.mark.parametrize("but", [{"proof": "A" * 86}, {"alg": "none"}, {"key": "A" * 120}, {"code": "y" * 22}])
def test_en_2_without_proof_of_the_key_nothing_is_enrolled_and_the_code_stays_good(db, here, but):
    phone, code = PhoneKey(), issue()
    assert enrol(phone.ask(code, **but), here) is None
    assert enrol(phone.ask(code), here) is not None


def test_en_2_a_phone_that_was_never_confirmed_takes_no_second_code(db, here):
    phone = enrolled(here)
    assert enrol(phone.ask(issue()), here) is None


def test_en_10_a_phone_of_the_team_shows_a_fresh_code_and_the_office_sees_it(db, here):
    phone = enrolled(here)
    confirm(phone, db.session.get_one(Device, phone.device).check_code)
    code = issue()
    answer = enrol(phone.ask(code), here)
    assert answer is not None
    assert (answer.device, trail(db, "device.code_shown")) == (phone.device, 1)
    assert enrol(PhoneKey().ask(code), here) is None
    assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_en_5_the_leader_types_what_the_phone_shows(db, here):
    phone = PhoneKey()
    answer = enrol(phone.ask(issue()), here)
    shown = enrolment.check_code(answer.nonce, phone.public)
    assert confirm(phone, shown).outcome == "confirmed"
    device = db.session.get_one(Device, phone.device)
    assert (device.confirmed_at, device.confirmed_by) == (NOON, "leader")
    assert confirm(phone, "000000", now=later(hours=1)).outcome == "confirmed"


def test_en_5_three_wrong_tries_revoke_the_phone(db, here):
    phone = enrolled(here)
    digits = wrong(db, phone)
    assert [confirm(phone, digits) for _ in range(4)] == [
        Checked("wrong", 2),
        Checked("wrong", 1),
        Checked("revoked", 0),
        Checked("revoked", 0),
    ]
    device = db.session.get_one(Device, phone.device)
    assert device.revoked_at == NOON
    assert device.confirmed_at is None
    assert confirm(phone, device.check_code).outcome == "revoked"
    assert trail(db, "device.revoked") == 1


@pytest.mark.parametrize("digits", ["", "12345", "１２３４５６", "x" * 1000])
def test_en_5_what_is_no_check_code_is_a_wrong_one(db, here, digits):
    assert confirm(enrolled(here), digits) == Checked("wrong", 2)


def test_en_5_only_the_team_s_leader_or_an_administrator_confirms(db, here):
    phone = enrolled(here)
    code = db.session.get_one(Device, phone.device).check_code
    with pytest.raises(NotFound):
        confirm(phone, code, leader(team="another"))
    with pytest.raises(NotFound):
        confirm(phone, code, member())
    with pytest.raises(NotAllowed):
        confirm(phone, code, supervisor())
    assert confirm(phone, code, admin()).outcome == "confirmed"


def test_en_9_a_revoked_phone_stays_revoked_and_cannot_be_enrolled_again(db, here):
    phone, code = PhoneKey(), issue()
    enrol(phone.ask(code), here)
    with transaction():
        service.revoke(leader(), phone.device, "丢失", NOON)
    with transaction():
        service.revoke(leader(), phone.device, "again", later(days=1))
    assert db.session.get_one(Device, phone.device).revoked_at == NOON
    assert trail(db, "device.revoked") == 1
    assert enrol(phone.ask(code), here) is None
    assert enrol(phone.ask(issue()), here) is None


def test_en_2_of_phones_that_use_one_code_at_once_one_is_enrolled(app, server_key):
    with app.app_context():
        add_county()
        code = issue()
    together = threading.Barrier(6)

    def try_it(_):
        request = PhoneKey().ask(code)
        together.wait()
        with app.app_context():
            return enrol(request, Here(server_key, "epoch", NOON))

    with ThreadPoolExecutor(6) as phones:
        answers = list(phones.map(try_it, range(6)))
    assert sum(answer is not None for answer in answers) == 1
    with app.app_context():
        assert the_db.session.scalar(select(func.count()).select_from(Device)) == 1
        assert trail(the_db, "device.code_used_twice") == 5


def test_en_3_of_retries_that_arrive_at_once_all_get_the_same_device(app, server_key):
    with app.app_context():
        add_county()
        code = issue()
    request = PhoneKey().ask(code)
    together = threading.Barrier(4)

    def try_it(_):
        together.wait()
        with app.app_context():
            return enrol(request, Here(server_key, "epoch", NOON))

    with ThreadPoolExecutor(4) as tries:
        answers = list(tries.map(try_it, range(4)))
    assert len({(answer.device, answer.nonce) for answer in answers}) == 1
