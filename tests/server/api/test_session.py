"""Signing in and out: what an attacker tries, and what honest people need."""

from datetime import timedelta

import pyotp
import pytest

from server.db import db, transaction
from server.models.user import ConsoleSession, SecondFactor, User
from server.passwords import current_passwords
from server.services import attempts, second_factor, users
from tests.server.api import world
from tests.server.api.world import NOW, Browser

PASSWORD = "铁矿不是煤矿-2026"
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = {"login": "admin-a", "password": PASSWORD}


@pytest.fixture
def clock(made, monkeypatch):
    """Sets the application's time, as minutes after the world's."""

    def set_to(minutes):
        monkeypatch.setitem(made.extensions, "qianshao_clock", lambda: NOW + timedelta(minutes=minutes))

    return set_to


@pytest.fixture
def desk(made):
    """A browser of nobody yet; the administrator has a password and an authenticator."""
    with made.app_context(), transaction():
        db.session.get_one(User, "admin-a").password_hash = current_passwords().hash(PASSWORD)
        second_factor.add_confirmed("admin-a", SEED, NOW)
    return Browser(made.test_client())


def code_for(desk):
    """The authenticator's code of the application's moment, as good as new."""
    app = desk.client.application
    with app.app_context(), transaction():
        db.session.query(SecondFactor).update({"last_step": 0})
        return pyotp.TOTP(SEED).at(app.extensions["qianshao_clock"]())


def signed_in(desk, **but):
    answer = desk.post("/session", LOGIN | {"code": code_for(desk)} | but)
    assert answer.status_code == 200, answer.json
    desk.headers["X-CSRF-Token"] = answer.json["csrf_token"]
    return answer


def test_signing_in_opens_a_session_that_scripts_and_other_sites_cannot_use(desk):
    cookie = signed_in(desk).headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    me = desk.get("/me").json
    assert (me["id"], me["role"], me["county"]["id"]) == ("admin-a", "admin", "county-a")
    assert me["csrf_token"] == desk.headers["X-CSRF-Token"]


def test_over_https_the_cookie_is_bound_to_the_host(made, desk, monkeypatch):
    config = made.extensions["qianshao_config"]
    monkeypatch.setitem(made.extensions, "qianshao_config", _replaced(config))
    cookie = desk.post("/session", LOGIN | {"code": code_for(desk)}).headers["Set-Cookie"]
    assert cookie.startswith("__Host-qianshao=")
    assert "Secure" in cookie


def _replaced(config):
    from dataclasses import replace

    return replace(config, public_url="https://county.example")


def test_the_login_may_be_typed_in_any_case(desk):
    signed_in(desk, login="Admin-A")


def test_every_failure_looks_the_same(made, desk):
    with made.app_context(), transaction():
        disabled = db.session.get_one(User, "supervisor-a")
        disabled.password_hash = current_passwords().hash(PASSWORD)
        disabled.disabled_at = NOW
    tries = [
        {"login": "admin-a", "password": "wrong password"},
        {"login": "nobody-here", "password": PASSWORD},
        {"login": "auditor-a", "password": PASSWORD},
        {"login": "supervisor-a", "password": PASSWORD},
    ]
    answers = [desk.post("/session", credentials) for credentials in tries]
    assert {answer.status_code for answer in answers} == {401}
    bodies = [{k: v for k, v in answer.json.items() if k != "reference"} for answer in answers]
    assert all(body == bodies[0] for body in bodies)
    assert not any("Set-Cookie" in answer.headers for answer in answers)


def test_who_does_not_exist_costs_as_much_work_as_who_does(made, monkeypatch):
    seen = []
    hasher = made.extensions["qianshao_passwords"].hasher

    class Counting:
        def verify(self, stored, password):
            seen.append(stored)
            return hasher.verify(stored, password)

    monkeypatch.setattr(made.extensions["qianshao_passwords"], "hasher", Counting())
    for login in ("nobody-here", "admin-a", "supervisor-a"):
        Browser(made.test_client()).post("/session", LOGIN | {"login": login})
    assert len(seen) == 3


def test_guessing_a_login_is_budgeted_and_the_budget_comes_back(desk, clock):
    for _ in range(attempts.FAILURES_A_LOGIN):
        assert desk.post("/session", LOGIN | {"password": "wrong password"}).status_code == 401
    refused = desk.post("/session", LOGIN)
    assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
    assert refused.headers["Retry-After"] == "300"
    clock(5.1)
    signed_in(desk)


def test_logins_that_do_not_exist_are_budgeted_alike(desk):
    for _ in range(attempts.FAILURES_A_LOGIN):
        desk.post("/session", LOGIN | {"login": "nobody-here"})
    assert desk.post("/session", LOGIN | {"login": "nobody-here"}).status_code == 429


def test_guessing_many_logins_from_one_address_is_budgeted(desk):
    for number in range(attempts.FAILURES_AN_ADDRESS):
        assert desk.post("/session", LOGIN | {"login": f"guess-{number}"}).status_code == 401
    assert desk.post("/session", LOGIN).status_code == 429


def test_guesses_from_elsewhere_do_not_shut_out_a_known_address(desk):
    signed_in(desk)
    for _ in range(attempts.FAILURES_A_LOGIN):
        desk.post(
            "/session",
            LOGIN | {"password": "wrong password"},
            environ_base={"REMOTE_ADDR": "127.0.0.9"},
        )
    elsewhere = desk.post("/session", LOGIN, environ_base={"REMOTE_ADDR": "127.0.0.8"})
    assert elsewhere.status_code == 429
    signed_in(desk)


def test_a_cookie_set_before_signing_in_never_becomes_the_session(made, desk):
    desk.client.set_cookie("qianshao", "fixed-by-an-attacker")
    signed_in(desk)
    thief = Browser(made.test_client())
    thief.client.set_cookie("qianshao", "fixed-by-an-attacker")
    assert thief.get("/me").status_code == 401


def test_signing_out_ends_the_session_at_once(made, desk):
    signed_in(desk)
    token = desk.client.get_cookie("qianshao").value
    assert desk.call("DELETE", "/session").status_code == 204
    copy = Browser(made.test_client())
    copy.client.set_cookie("qianshao", token)
    assert copy.get("/me").status_code == 401


def test_a_session_left_alone_ends_after_half_an_hour(desk, clock):
    signed_in(desk)
    for minute in (29, 58, 87):
        clock(minute)
        assert desk.get("/me").status_code == 200
    clock(87 + 30)
    assert desk.get("/me").status_code == 401


def test_no_session_lives_longer_than_twelve_hours(desk, clock):
    signed_in(desk)
    for minute in range(20, 720, 20):
        clock(minute)
        assert desk.get("/me").status_code == 200
    clock(720)
    assert desk.get("/me").status_code == 401


def test_a_person_has_three_sessions_and_the_oldest_ends(made, desk, clock):
    browsers = []
    for minute in range(4):
        clock(minute)
        browser = Browser(made.test_client())
        signed_in(browser)
        browsers.append(browser)
    assert [browser.get("/me").status_code for browser in browsers] == [401, 200, 200, 200]
    listed = browsers[3].get("/me/sessions").json["items"]
    assert [row["current"] for row in listed] == [True, False, False]
    assert browsers[3].call("DELETE", f"/me/sessions/{listed[2]['id']}").status_code == 204
    assert browsers[1].get("/me").status_code == 401
    assert browsers[3].call("DELETE", "/me/sessions/ffffffffffffffff").status_code == 404


def test_whoever_is_disabled_is_out_with_the_next_request(made, desk):
    signed_in(desk)
    with made.app_context(), transaction():
        db.session.get_one(User, "admin-a").disabled_at = NOW
    assert desk.get("/me").status_code == 401


def test_whoever_holds_no_role_any_more_may_do_nothing(made, desk, clock):
    with made.app_context(), transaction():
        from server.models.user import RoleGrant

        db.session.get_one(RoleGrant, "role-admin-a").until_date = world.TODAY
    signed_in(desk)
    assert desk.get("/mines").status_code == 200
    clock(24 * 60)
    with made.app_context(), transaction():
        db.session.query(ConsoleSession).update({"last_seen_at": NOW + timedelta(days=1)})
        db.session.query(ConsoleSession).update({"expires_at": NOW + timedelta(days=2)})
    refused = desk.get("/mines")
    assert (refused.status_code, refused.json["code"]) == (403, "no_role_in_force")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-CSRF-Token": ""},
        {"X-CSRF-Token": "guess"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_a_change_sent_by_another_sites_page_is_refused(desk, headers):
    signed_in(desk)
    made = {"code": "X-1", "name": "矿", "township": "乡"}
    refused = desk.post("/mines", made, headers=headers)
    assert refused.status_code == 403
    assert refused.json["code"] in {"foreign_origin", "csrf_token_missing"}
    own = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert desk.post("/mines", made, headers=own).status_code == 201


def test_a_form_of_another_site_cannot_sign_anybody_in(desk):
    assert desk.post("/session", LOGIN, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    form = desk.call("POST", "/session", data=LOGIN)
    assert form.status_code == 415


def test_a_phones_token_needs_no_page_and_reads_no_cookie(made, desk):
    signed_in(desk)
    mixed = desk.get("/me", headers={"Authorization": "Bearer nonsense"})
    assert mixed.status_code == 401


def test_a_one_time_link_sets_the_password_once(made, desk):
    with made.app_context(), transaction():
        person = db.session.get_one(User, "auditor-a")
        link, _ = users.new_link(person, "first", NOW)
    body = {"token": link.token, "password": "another long secret"}
    weak = desk.post("/one-time-links/use", body | {"password": "auditor-a1"})
    assert (weak.status_code, weak.json["code"]) == (422, "password_too_weak")
    # Whoever needs no authenticator has recovery codes from the beginning: a later reset asks for one.
    assert len(desk.post("/one-time-links/use", body).json["recovery_codes"]) == 10
    again = desk.post("/one-time-links/use", body)
    assert (again.status_code, again.json["code"]) == (422, "link_unusable")
    signed_in(desk, login="auditor-a", password="another long secret")


def test_a_link_does_not_work_after_an_hour_nor_for_the_disabled(made, desk, clock):
    with made.app_context(), transaction():
        link, _ = users.new_link(db.session.get_one(User, "supervisor-a"), "first", NOW)
        barred, _ = users.new_link(db.session.get_one(User, "auditor-a"), "first", NOW)
        db.session.get_one(User, "auditor-a").disabled_at = NOW
    body = {"password": "another long secret"}
    assert desk.post("/one-time-links/use", body | {"token": barred.token}).status_code == 422
    clock(60)
    assert desk.post("/one-time-links/use", body | {"token": link.token}).status_code == 422


def test_a_new_password_ends_every_session(made, desk):
    other = Browser(made.test_client())
    signed_in(other)
    signed_in(desk)
    wrong = {"current": "wrong password", "password": "another long secret"}
    assert desk.call("PUT", "/me/password", json=wrong).status_code == 401
    right = wrong | {"current": PASSWORD}
    assert desk.call("PUT", "/me/password", json=right).status_code == 204
    assert [browser.get("/me").status_code for browser in (desk, other)] == [401, 401]
    assert desk.post("/session", LOGIN).status_code == 401
    signed_in(desk, password="another long secret")


def test_a_session_s_cookie_is_not_in_the_database(made, desk):
    signed_in(desk)
    token = desk.client.get_cookie("qianshao").value
    with made.app_context():
        stored = db.session.query(ConsoleSession).all()
        assert token not in {row.token_hash for row in stored}
