import pytest
from sqlalchemy import func, select, text

from server import keys
from server.db import transaction
from server.models.audit import AuditEntry
from server.models.device import DeviceToken, Notice
from server.services import device_tokens, enrolment
from server.services.device_tokens import Refusal
from server.services.enrolment import Here
from tests.counties import NOON, TEAM, add_county, later, leader
from tests.phones import PhoneKey


@pytest.fixture
def enrolled(db, tmp_path):
    """A phone and the tokens of its enrolment."""
    add_county()
    phone = PhoneKey()
    here = Here(keys.load_or_create(tmp_path / "server.pem"), "epoch", NOON)
    with transaction():
        code = enrolment.issue_code(leader(), TEAM, NOON).code
    with transaction():
        answer = enrolment.enrol(phone.ask(code), here)
    return phone, answer.tokens


def renew(phone, secret, now=NOON):
    with transaction():
        return device_tokens.renew(phone.ask_renewal(secret), now)


def use(access, now=NOON):
    found = device_tokens.authenticate(access, now)
    if found is not None and found.first_use:
        with transaction():
            device_tokens.confirm(access, now)
    return found


def challenge(phone, now=NOON):
    with transaction():
        return device_tokens.challenge(phone.device, now)


def test_en_6_an_access_token_says_whose_it_is_for_fifteen_minutes(db, enrolled):
    phone, tokens = enrolled
    session = device_tokens.authenticate(tokens.access, later(minutes=14, seconds=59))
    assert (session.device, session.team, session.confirmed, session.revoked) == (phone.device, TEAM, False, False)
    assert device_tokens.authenticate(tokens.access, later(minutes=15)) is None
    assert tokens.access_seconds == 900


def test_en_6_a_refresh_token_and_a_stranger_s_token_open_nothing(db, enrolled):
    _, tokens = enrolled
    assert device_tokens.authenticate(tokens.refresh, NOON) is None
    assert device_tokens.authenticate("qa_" + "x" * 43, NOON) is None
    assert device_tokens.authenticate("", NOON) is None


def test_en_6_the_database_alone_opens_nothing(db, enrolled):
    _, tokens = enrolled
    rows = [str(row) for row in db.session.execute(text("SELECT * FROM device_token"))]
    assert len(rows) == 2
    assert not any(tokens.access in row or tokens.refresh in row for row in rows)
    stored = db.session.scalars(select(DeviceToken.token_hash)).all()
    assert not any(device_tokens.authenticate(hashed, NOON) for hashed in stored)


def test_en_7_a_refresh_token_gives_a_new_pair(db, enrolled):
    phone, tokens = enrolled
    fresh = renew(phone, tokens.refresh, later(hours=1))
    assert device_tokens.authenticate(fresh.access, later(hours=1)).device == phone.device
    assert {fresh.access, fresh.refresh}.isdisjoint({tokens.access, tokens.refresh})


def test_en_7_the_old_refresh_token_works_until_a_new_one_is_used(db, enrolled):
    phone, tokens = enrolled
    lost = renew(phone, tokens.refresh, later(hours=1))
    got = renew(phone, tokens.refresh, later(hours=2))
    assert use(got.access, later(hours=2)).device == phone.device
    assert renew(phone, tokens.refresh, later(hours=3)) == Refusal("challenge_needed")
    assert use(lost.access, later(hours=3)) is None


def test_en_8_a_replaced_and_confirmed_refresh_token_ends_the_family_and_is_told(db, enrolled):
    phone, tokens = enrolled
    fresh = renew(phone, tokens.refresh)
    use(fresh.access)
    assert renew(phone, tokens.refresh) == Refusal("challenge_needed")
    assert use(fresh.access) is None
    assert renew(phone, fresh.refresh) == Refusal("challenge_needed")
    assert db.session.scalar(select(AuditEntry.verb).order_by(AuditEntry.id.desc())) == "device.token_reused"
    notice = db.session.scalars(select(Notice)).one()
    assert (notice.device_id, notice.kind, notice.feed_seq) == (phone.device, "token_reused", 1)


def test_en_8_the_phone_itself_comes_back_by_its_key(db, enrolled):
    phone, tokens = enrolled
    use(renew(phone, tokens.refresh).access)
    renew(phone, tokens.refresh)
    fresh = renew(phone, challenge(phone))
    assert use(fresh.access).device == phone.device
    assert use(renew(phone, fresh.refresh).access).device == phone.device


def test_en_7_a_stolen_refresh_token_without_the_key_gives_nothing(db, enrolled):
    phone, tokens = enrolled
    thief = PhoneKey()
    request = thief.ask_renewal(tokens.refresh)
    stolen = type(request)(device=phone.device, secret=tokens.refresh, proof=request.proof)
    with transaction():
        assert device_tokens.renew(stolen, NOON) == Refusal("renewal_refused")
    assert renew(thief, tokens.refresh) == Refusal("renewal_refused")


def test_en_7_a_month_underground_and_longer_locks_nobody_out(db, enrolled):
    phone, tokens = enrolled
    assert renew(phone, tokens.refresh, later(days=59)) != Refusal("challenge_needed")
    year = later(days=365)
    assert renew(phone, tokens.refresh, year) == Refusal("challenge_needed")
    fresh = renew(phone, challenge(phone, year), year)
    assert use(fresh.access, year).device == phone.device


def test_en_7_a_challenge_is_good_once_and_for_five_minutes(db, enrolled):
    phone, _ = enrolled
    secret = challenge(phone)
    assert renew(phone, secret, later(minutes=5)) == Refusal("challenge_needed")
    assert not isinstance(renew(phone, secret, later(minutes=4)), Refusal)
    assert renew(phone, secret, later(minutes=4)) == Refusal("challenge_needed")


def test_en_7_only_the_newest_challenge_counts(db, enrolled):
    phone, _ = enrolled
    first = challenge(phone)
    second = challenge(phone)
    assert renew(phone, first) == Refusal("challenge_needed")
    assert not isinstance(renew(phone, second), Refusal)


def test_en_7_an_unknown_phone_gets_a_challenge_that_fits_nothing(db, enrolled):
    stranger = PhoneKey()
    secret = challenge(stranger)
    assert secret.startswith("qc_")
    assert renew(stranger, secret) == Refusal("renewal_refused")


def test_en_7_another_phone_s_token_is_of_no_use_even_with_a_key_of_one_s_own(db, enrolled, tmp_path):
    _, tokens = enrolled
    other = PhoneKey()
    here = Here(keys.load_or_create(tmp_path / "server.pem"), "epoch", NOON)
    with transaction():
        code = enrolment.issue_code(leader(), TEAM, NOON).code
    with transaction():
        enrolment.enrol(other.ask(code), here)
    assert renew(other, tokens.refresh) == Refusal("challenge_needed")


def test_en_9_a_revoked_phone_is_known_as_revoked_from_the_next_request(db, enrolled):
    phone, tokens = enrolled
    assert not use(tokens.access).revoked
    with transaction():
        enrolment.revoke(leader(), phone.device, "丢失", NOON)
    assert use(tokens.access).revoked
    assert use(renew(phone, tokens.refresh).access).revoked


def test_expired_tokens_are_swept_and_the_rest_stays(db, enrolled):
    phone, tokens = enrolled
    fresh = renew(phone, tokens.refresh, later(days=1))
    with transaction():
        assert device_tokens.sweep(later(days=1)) == 1
    with transaction():
        assert device_tokens.sweep(later(days=60)) == 2
    assert db.session.scalar(select(func.count()).select_from(DeviceToken)) == 1
    assert not isinstance(renew(phone, fresh.refresh, later(days=60)), Refusal)
