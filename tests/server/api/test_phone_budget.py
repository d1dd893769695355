"""Who enrols and renews phones without a token has a budget at each address, on both databases."""

import random
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import func, select

from server.db import db, transaction
from server.models.user import SignInAttempt
from server.services import epochs, phone_budget
from sync import enrolment
from sync.enrolment import enrolment_fragment
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage, SoftwareKeys
from tests.patrols import Ticking
from tests.server.api import world

CHALLENGE = ("/enrolment/challenge", {"device": "A" * 22})


@pytest.fixture
def made(made, monkeypatch):
    """The world, in its first epoch, where an address may try three times."""
    with made.app_context(), transaction():
        epochs.begin(db.session(), "first", world.NOW)
    monkeypatch.setattr(phone_budget, "TRIES_AN_ADDRESS", 3)
    return made


def post(made, ask, address="203.0.113.7"):
    path, body = ask
    return made.test_client().post(f"/api/v1{path}", json=body, environ_overrides={"REMOTE_ADDR": address})


def new_phone():
    rng = random.Random(1)  # noqa: S311 - the same phone in every run
    return Phone(Ticking(world.NOW), rng.randbytes, SoftwareKeys(rng.randbytes), MemoryStorage())


def enrolling(code="c" * 22):
    request = new_phone().begin_enrolment(enrolment_fragment(code, "f" * 43))
    return "/enrolment", msgspec.to_builtins(request)


def renewing():
    return "/enrolment/tokens", {"device": "A" * 22, "secret": "s" * 43, "proof": "p" * 86}


@pytest.mark.parametrize(("ask", "status"), [(enrolling(), 422), (CHALLENGE, 200), (renewing(), 403)])
def test_what_an_address_tries_in_vain_is_budgeted_and_the_budget_comes_back(made, monkeypatch, ask, status):
    tried = [post(made, ask) for _ in range(3)]
    assert [answer.status_code for answer in tried] == [status] * 3
    assert "invalid_fields" not in {answer.json.get("code") for answer in tried}
    for other in (enrolling(), CHALLENGE, renewing()):
        refused = post(made, other)
        assert (refused.status_code, refused.json["code"]) == (429, "too_many_attempts")
        assert refused.headers["Retry-After"] == "300"
    assert post(made, ask, "203.0.113.8").status_code == status
    monkeypatch.setitem(made.extensions, "qianshao_clock", lambda: world.NOW + timedelta(minutes=5, seconds=1))
    assert post(made, ask).status_code == status
    with made.app_context():
        phones = SignInAttempt.address == "phones at 203.0.113.7"
        assert db.session.scalar(select(func.count()).where(phones)) == 1


def test_renewing_with_success_costs_nothing_however_often(made, as_role):
    phone = new_phone()
    code = as_role("leader").post("/teams/team-1/enrolment-codes").json["address"].partition("#")[2]
    request = phone.begin_enrolment(code)
    tokens = post(made, ("/enrolment", msgspec.to_builtins(request))).json["tokens"]
    for _ in range(5):
        device, secret = phone.state.device, tokens["refresh"]
        proof = phone.desk.keys.sign("device", enrolment.renewal_statement(device, secret))
        answer = post(made, ("/enrolment/tokens", {"device": device, "secret": secret, "proof": proof}))
        assert answer.status_code == 200, answer.text
        tokens = answer.json


def test_phones_never_shut_the_office_out_at_their_address(made, as_role):
    for _ in range(4):
        post(made, CHALLENGE, "127.0.0.1")
    assert post(made, CHALLENGE, "127.0.0.1").status_code == 429
    wrong = ("/session", {"login": "admin-a", "password": "wrong password"})
    assert made.test_client().post(f"/api/v1{wrong[0]}", json=wrong[1]).status_code == 401
