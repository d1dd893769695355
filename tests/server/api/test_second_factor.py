"""The second factor over the API: what a stolen password, a found link and a guesser cannot do."""

from datetime import timedelta

import pyotp
import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import select

from server.db import db, transaction
from server.models.audit import AuditEntry
from server.models.user import ConsoleSession, OneTimeLink, RecoveryCode, SecondFactor, User
from server.passwords import current_passwords
from server.services import attempts, recovery, second_factor, users
from tests.server.api.world import NOW, Browser

PASSWORD = "铁矿不是煤矿-2026"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
ADMIN = {"login": "admin-a", "password": PASSWORD}


@pytest.fixture
def at(made, monkeypatch):
    """Sets the application's time, as seconds after the world's."""

    def set_to(seconds):
        monkeypatch.setitem(made.extensions, "qianshao_clock", lambda: NOW + timedelta(seconds=seconds))

    return set_to


@pytest.fixture
def people(made):
    """The office has passwords; the administrator alone has an authenticator."""
    with made.app_context(), transaction():
        for login in ("admin-a", "supervisor-a", "auditor-a"):
            db.session.get_one(User, login).password_hash = current_passwords().hash(PASSWORD)
        second_factor.add_confirmed("admin-a", SEED, NOW)


@pytest.fixture
def desk(made, people):
    return Browser(made.test_client())


def code(seconds=0):
    return pyotp.TOTP(SEED).at(NOW + timedelta(seconds=seconds))


def enter(desk, given):
    answer = desk.post("/session", given)
    if answer.status_code == 200:
        desk.headers["X-CSRF-Token"] = answer.json["csrf_token"]
    return answer.status_code, answer.json.get("code")


def test_a_password_alone_opens_nothing(made, desk):
    assert enter(desk, ADMIN) == (401, "second_factor_required")

    assert desk.client.get_cookie("qianshao") is None
    with made.app_context():
        assert db.session.scalars(select(ConsoleSession)).all() == []
    assert enter(desk, ADMIN | {"code": code()})[0] == 200
    assert desk.get("/me").status_code == 200


def test_a_wrong_password_says_nothing_of_a_second_factor(desk):
    assert enter(desk, ADMIN | {"password": "wrong password", "code": code()}) == (401, "wrong_credentials")


def test_a_code_works_once(made, desk):
    assert enter(desk, ADMIN | {"code": code()})[0] == 200
    assert enter(Browser(made.test_client()), ADMIN | {"code": code()}) == (401, "second_factor_wrong")


@pytest.mark.parametrize(("seconds", "status"), [(-60, 401), (-30, 200), (0, 200), (30, 200), (60, 401)])
def test_a_clock_may_be_half_a_minute_off(desk, seconds, status):
    assert enter(desk, ADMIN | {"code": code(seconds)})[0] == status


def test_codes_are_budgeted_by_five_minutes_hour_and_day(desk, at):
    refused, tried = [], 0
    for minute in range(0, 24 * 60, 2):
        at(60 * minute)
        answer = enter(desk, ADMIN | {"code": "000000"})
        tried += answer[0] == 401
        refused += [answer[1]] if answer[0] == 429 else []
    assert tried == attempts.CODE_BUDGETS[-1][1]
    assert set(refused) == {"too_many_attempts"}


def test_five_wrong_codes_shut_the_right_one_out_for_five_minutes(desk, at):
    for _ in range(5):
        assert enter(desk, ADMIN | {"code": "000000"}) == (401, "second_factor_wrong")
    assert enter(desk, ADMIN | {"code": code()}) == (429, "too_many_attempts")
    at(301)
    assert enter(desk, ADMIN | {"code": code(301)})[0] == 200


def test_a_recovery_code_stands_in_once_however_it_is_typed(made, desk):
    with made.app_context(), transaction():
        codes = recovery.renew(db.session.get_one(User, "admin-a"), NOW)
    assert len(set(codes)) == 10
    assert enter(desk, ADMIN | {"code": codes[0].upper().replace("-", " ")})[0] == 200
    assert enter(Browser(made.test_client()), ADMIN | {"code": codes[0]}) == (401, "second_factor_wrong")
    with made.app_context():
        assert recovery.left("admin-a") == 9
        assert not {row.code_hash for row in db.session.scalars(select(RecoveryCode))} & set(codes)


def test_another_persons_recovery_code_opens_nothing(made, desk):
    with made.app_context(), transaction():
        codes = recovery.renew(db.session.get_one(User, "auditor-a"), NOW)
    assert enter(desk, ADMIN | {"code": codes[0]}) == (401, "second_factor_wrong")


def test_whoever_has_no_authenticator_yet_can_only_set_one_up(made, desk):
    answer = desk.post("/session", ADMIN | {"login": "supervisor-a"})
    assert answer.json["awaits"] == "enrolment"
    desk.headers["X-CSRF-Token"] = answer.json["csrf_token"]
    before = desk.client.get_cookie("qianshao").value
    for path in ("/me", "/mines", "/board?month=2026-11"):
        refused = desk.get(path)
        assert (refused.status_code, refused.json["code"]) == (403, "second_factor_not_enrolled")

    seed = desk.post("/me/second-factor").json["seed"]
    confirmed = desk.post("/me/second-factor/confirm", {"code": pyotp.TOTP(seed).at(NOW)})
    desk.headers["X-CSRF-Token"] = confirmed.json["csrf_token"]

    assert len(confirmed.json["recovery_codes"]) == 10
    assert desk.get("/me").json["role"] == "supervisor"
    thief = Browser(made.test_client())
    thief.client.set_cookie("qianshao", before)
    assert thief.get("/me").status_code == 401


def test_a_seed_is_not_in_the_database_and_opens_in_nobody_elses_row(made, people):
    with made.app_context(), transaction():
        row = db.session.scalars(select(SecondFactor)).one()
        assert SEED.encode() not in row.sealed_seed
        row.user_id = "auditor-a"
    with made.app_context(), pytest.raises(InvalidTag), transaction():
        second_factor.check(db.session.get_one(User, "auditor-a"), 0, "123456", NOW)


def test_what_much_depends_on_asks_for_the_second_factor_again(desk, at):
    enter(desk, ADMIN | {"code": code()})
    assert desk.post("/users", {"name": "新人"}).status_code == 201
    at(301)
    refused = desk.post("/users", {"name": "新人"})
    assert (refused.status_code, refused.json["code"]) == (403, "proof_required")
    wrong = desk.post("/users", {"name": "新人"}, headers={"X-Second-Factor": "000000"})
    assert (wrong.status_code, wrong.json["code"]) == (401, "second_factor_wrong")
    assert desk.post("/users", {"name": "新人"}, headers={"X-Second-Factor": code(301)}).status_code == 201
    at(900)
    assert desk.post("/session/proof", {"code": code(900)}).status_code == 204
    assert desk.post("/users", {"name": "新人"}).status_code == 201


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/users"),
        ("PATCH", "/users/supervisor-a"),
        ("POST", "/users/supervisor-a/disable"),
        ("POST", "/users/supervisor-a/enable"),
        ("POST", "/users/supervisor-a/one-time-link"),
        ("POST", "/users/supervisor-a/second-factor-link"),
        ("POST", "/users/supervisor-a/roles"),
        ("POST", "/roles/role-supervisor-a/end"),
        ("POST", "/teams/team-1/enrolment-codes"),
        ("POST", "/devices/device-own/revoke"),
        ("POST", "/contracts"),
        ("POST", "/contracts/contract-own/end"),
        ("POST", "/contracts/contract-own/hand-over"),
        ("PATCH", "/teams/team-1"),
        ("POST", "/teams/team-1/members"),
        ("POST", "/memberships/membership-own/end"),
    ],
)
def test_an_open_desk_is_not_enough_for(desk, at, method, path):
    enter(desk, ADMIN | {"code": code()})
    at(301)
    refused = desk.call(method, path, json={}, version=1)
    assert (refused.status_code, refused.json["code"]) == (403, "proof_required")


def link_for(desk, path):
    return desk.post(path).json["token"]


def test_a_reset_link_does_nothing_for_the_administrator_who_made_it(made, desk):
    enter(desk, ADMIN | {"code": code()})
    with made.app_context(), transaction():
        second_factor.add_confirmed("supervisor-a", pyotp.random_base32(), NOW)
        own = recovery.renew(db.session.get_one(User, "supervisor-a"), NOW)
    token = link_for(desk, "/users/supervisor-a/one-time-link")
    thief = Browser(made.test_client())
    stolen = {"token": token, "password": "chosen by the administrator"}
    for given, wanted in (({}, "second_factor_required"), ({"code": code(30)}, "second_factor_wrong")):
        refused = thief.post("/one-time-links/use", stolen | given)
        assert (refused.status_code, refused.json["code"]) == (401, wanted)

    chosen = thief.post("/one-time-links/use", {"token": token, "password": "chosen by myself", "code": own[3]})

    assert chosen.status_code == 200
    assert enter(thief, {"login": "supervisor-a", "password": "chosen by myself"}) == (401, "second_factor_required")


def test_without_anything_to_prove_with_a_reset_is_refused(made, desk):
    enter(desk, ADMIN | {"code": code()})
    token = link_for(desk, "/users/auditor-a/one-time-link")
    refused = desk.post("/one-time-links/use", {"token": token, "password": "chosen by somebody"})
    assert (refused.status_code, refused.json["code"]) == (409, "nothing_to_prove_with")


def test_a_lost_authenticator_is_taken_away_by_the_link_and_the_password_together(made, desk):
    enter(desk, ADMIN | {"code": code()})
    with made.app_context(), transaction():
        second_factor.add_confirmed("supervisor-a", pyotp.random_base32(), NOW)
    token = link_for(desk, "/users/supervisor-a/second-factor-link")
    person = Browser(made.test_client())
    renew = "/one-time-links/renew-second-factor"
    assert person.post(renew, {"token": token, "password": "guessed by admin"}).status_code == 401
    assert person.post("/one-time-links/use", {"token": token, "password": "chosen by somebody"}).status_code == 422
    assert person.post(renew, {"token": token, "password": PASSWORD}).status_code == 204
    assert person.post(renew, {"token": token, "password": PASSWORD}).status_code == 422
    assert person.post("/session", ADMIN | {"login": "supervisor-a"}).json["awaits"] == "enrolment"


def test_another_role_ends_every_session(made, desk):
    enter(desk, ADMIN | {"code": code()})
    auditor = Browser(made.test_client())
    assert enter(auditor, ADMIN | {"login": "auditor-a"})[0] == 200
    ended = desk.post("/roles/role-auditor-a/end", {"until_date": "2026-11-23"})
    assert ended.status_code == 200
    assert auditor.get("/me").status_code == 401


def test_the_trail_tells_of_second_factors_and_holds_none(made, desk):
    enter(desk, ADMIN | {"code": code()})
    desk.post("/me/second-factor")
    with made.app_context(), transaction():
        user = db.session.get_one(User, "supervisor-a")
        offer = second_factor.make_offer(user, NOW)
        attempt = attempts.enter_code(user.id, NOW)
        codes = second_factor.confirm(user, attempt, pyotp.TOTP(offer.seed).at(NOW), NOW)
        assert recovery.use(user, codes[0], NOW)
        users.new_link(user, "reset", NOW)
    with made.app_context():
        trail = db.session.scalars(select(AuditEntry)).all()
        told = {entry.verb for entry in trail}
        assert {"session.open", "second_factor.enrol", "recovery_codes.renew", "recovery_code.use"} <= told
        written = repr([(entry.before, entry.after, entry.subject_id) for entry in trail])
        secret = [offer.seed, *codes, *(code.replace("-", "") for code in codes)]
        secret += [row.token_hash for row in db.session.scalars(select(OneTimeLink))]
        assert not any(one in written for one in secret)
