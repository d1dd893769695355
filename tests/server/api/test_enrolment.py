"""A phone from the QR picture to its first exchange, and after its revocation, over HTTP."""

import gzip
import random
from datetime import timedelta
from urllib.parse import urlsplit

import msgspec
import pytest
from sqlalchemy import select

from server.db import db, transaction
from server.keys import current_key
from server.models.segment import WithheldOperation
from server.services import epochs
from sync import bodies, enrolment, wire
from sync.operations import WITHHELD
from sync.phone import edits
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage, SoftwareKeys
from tests.patrols import Ticking, identity
from tests.server.api import world
from tests.server.api.world import Browser


@pytest.fixture
def made(made):
    """The world, in its first epoch."""
    with made.app_context(), transaction():
        epochs.begin(db.session(), "first", world.NOW)
    return made


@pytest.fixture
def late(made, monkeypatch):
    """Move the server's clock."""
    return lambda **units: monkeypatch.setitem(
        made.extensions, "qianshao_clock", lambda: world.NOW + timedelta(**units)
    )


def new_phone(seed=1):
    rng = random.Random(seed)  # noqa: S311 - the same phones in every run
    return Phone(Ticking(world.NOW), rng.randbytes, SoftwareKeys(rng.randbytes), MemoryStorage())


def scan(address):
    return urlsplit(address).fragment


def code_for(as_role):
    return as_role("leader").post("/teams/team-1/enrolment-codes").json


def enrol(phone, address, made):
    """What the phone does with a picture."""
    request = phone.begin_enrolment(scan(address))
    answer = made.test_client().post("/api/v1/enrolment", json=msgspec.to_builtins(request))
    if answer.status_code != 201:
        return answer, None
    digits = phone.finish_enrolment(msgspec.convert(answer.json, enrolment.Enrolled))
    return answer, digits


def enrolled(as_role, made, *, confirmed=True, seed=1):
    phone = new_phone(seed)
    answer, digits = enrol(phone, code_for(as_role)["address"], made)
    if confirmed:
        checked = as_role("leader").post(f"/devices/{phone.state.device}/confirm", {"digits": digits})
        assert checked.json == {"outcome": "confirmed", "tries_left": 3}
    return phone, answer.json["tokens"]


def exchange(made, phone, access):
    return made.test_client().post(
        "/api/v1/sync/exchange",
        data=phone.request_bytes(),
        headers={"Authorization": f"Bearer {access}", "Content-Encoding": "gzip", "Content-Type": "application/json"},
    )


def renewal(made, phone, secret, **but):
    statement = enrolment.renewal_statement(phone.state.device, secret)
    body = {"device": phone.state.device, "secret": secret, "proof": phone.desk.keys.sign("device", statement)}
    return made.test_client().post("/api/v1/enrolment/tokens", json=body | but)


def work(phone):
    phone.open_chain("leader-own")
    return enter(phone)


def enter(phone):
    visit = identity(team="team-1", mine="mine-1", edition=world.DIGEST, ordinal=2)
    return phone.edit(edits.enter_visit, "leader-own", visit, opening=True)


def test_en_1_the_console_shows_a_code_once_as_address_and_picture(as_role, made):
    shown = code_for(as_role)
    code, fingerprint = enrolment.read_fragment(scan(shown["address"]))
    with made.app_context():
        assert fingerprint == current_key().fingerprint
    assert urlsplit(shown["address"]).path == "/enrol"
    assert shown["picture"].startswith("<svg")
    assert code not in as_role("leader").get("/devices").get_data(as_text=True)


def test_en_2_a_phone_enrols_is_confirmed_and_exchanges(as_role, made):
    phone, tokens = enrolled(as_role, made)
    work(phone)
    answer = exchange(made, phone, tokens["access"])
    assert answer.status_code == 200
    assert phone.receive(answer.data)
    assert phone.state.chains[0].acked == 2
    assert "mine:mine-1" in wire.answer_decoder.decode(answer.data).marks


def test_en_5_an_unconfirmed_phone_delivers_and_reads_nothing(as_role, made):
    phone, tokens = enrolled(as_role, made, confirmed=False)
    work(phone)
    answer = exchange(made, phone, tokens["access"])
    decoded = wire.answer_decoder.decode(answer.data)
    assert decoded.chains[0].ack.seq == 2
    assert (decoded.pages, decoded.added, decoded.marks) == ([], [], {})
    got = Browser(made.test_client(), {"Authorization": f"Bearer {tokens['access']}"}).get("/mines")
    assert got.status_code == 401


def test_en_2_a_second_scan_is_refused_without_saying_why(as_role, made):
    address = code_for(as_role)["address"]
    enrol(new_phone(1), address, made)
    used, _ = enrol(new_phone(2), address, made)
    invented, _ = enrol(new_phone(3), address[:-22] + "x" * 22, made)
    assert used.status_code == invented.status_code == 422
    assert used.json["code"] == invented.json["code"] == "enrolment_refused"
    assert used.json["detail"] == invented.json["detail"]


def test_en_1_a_code_is_good_for_minutes(as_role, made, late):
    address = code_for(as_role)["address"]
    late(minutes=16)
    assert enrol(new_phone(), address, made)[0].status_code == 422


def test_en_4_a_phone_that_another_server_answers_does_not_enrol(as_role, made):
    address = code_for(as_role)["address"]
    head, _, code = scan(address).split(".")
    phone = new_phone()
    with pytest.raises(ValueError, match="not_the_county"):
        enrol(phone, f"https://example.invalid/enrol#{head}.{'x' * 43}.{code}", made)


@pytest.mark.parametrize("missing", ["code", "alg", "key", "proof"])
def test_en_2_a_request_without_its_parts_is_no_request(as_role, made, missing):
    body = msgspec.to_builtins(new_phone().begin_enrolment(scan(code_for(as_role)["address"])))
    del body[missing]
    answer = made.test_client().post("/api/v1/enrolment", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_fields")


def test_en_2_a_newer_phone_that_says_more_is_not_refused(as_role, made):
    body = msgspec.to_builtins(new_phone().begin_enrolment(scan(code_for(as_role)["address"])))
    assert made.test_client().post("/api/v1/enrolment", json=body | {"battery": 80}).status_code == 201


def test_en_7_tokens_are_renewed_by_refresh_token_or_challenge(as_role, made, late):
    phone, tokens = enrolled(as_role, made)
    late(minutes=20)
    assert exchange(made, phone, tokens["access"]).status_code == 401
    fresh = renewal(made, phone, tokens["refresh"])
    assert exchange(made, phone, fresh.json["access"]).status_code == 200
    late(days=90)
    late_answer = renewal(made, phone, fresh.json["refresh"])
    assert (late_answer.status_code, late_answer.json["code"]) == (403, "challenge_needed")
    given = made.test_client().post("/api/v1/enrolment/challenge", json={"device": phone.state.device})
    again = renewal(made, phone, given.json["challenge"])
    assert exchange(made, phone, again.json["access"]).status_code == 200


def test_en_7_without_the_key_a_refresh_token_gives_nothing(as_role, made):
    phone, tokens = enrolled(as_role, made)
    answer = renewal(made, phone, tokens["refresh"], proof="A" * 86)
    assert (answer.status_code, answer.json["code"]) == (403, "renewal_refused")


def test_en_8_a_copied_refresh_token_ends_the_family_in_both_hands(as_role, made):
    phone, tokens = enrolled(as_role, made)
    fresh = renewal(made, phone, tokens["refresh"]).json
    assert exchange(made, phone, fresh["access"]).status_code == 200
    assert renewal(made, phone, tokens["refresh"]).json["code"] == "challenge_needed"
    assert exchange(made, phone, fresh["access"]).status_code == 401


def test_rv_1_a_revoked_phone_delivers_from_the_next_request_and_reads_nothing(as_role, made):
    phone, tokens = enrolled(as_role, made)
    work(phone)
    assert phone.receive(exchange(made, phone, tokens["access"]).data)
    phone.answer("leader-own", next(iter(phone.state.mines)), "answer/GAS-001/-", "pass")
    as_role("leader").post(f"/devices/{phone.state.device}/revoke", {"reason": "丢失"})
    decoded = wire.answer_decoder.decode(exchange(made, phone, tokens["access"]).data)
    assert decoded.chains[0].ack.seq == 3
    assert decoded.chains[0].verdicts == [(3, "revoked")]
    assert (decoded.pages, decoded.added, decoded.marks) == ([], [], {})


def test_rv_1_a_chain_that_a_revoked_phone_begins_has_no_effect(as_role, made):
    phone, tokens = enrolled(as_role, made)
    assert phone.receive(exchange(made, phone, tokens["access"]).data)
    as_role("leader").post(f"/devices/{phone.state.device}/revoke", {"reason": "丢失"})
    work(phone)
    decoded = wire.answer_decoder.decode(exchange(made, phone, tokens["access"]).data)
    assert decoded.chains[0].ack.seq == phone.state.chains[0].last
    assert {seq for seq, verdict in decoded.chains[0].verdicts if verdict in WITHHELD} == {2}


def test_vd_5_what_waits_for_what_waits_is_let_out_with_it(as_role, made):
    """A re-check waits for a finding, whose raising waits for its visit: what opens the visit lets out both."""
    phones = [enrolled(as_role, made, seed=seed) for seed in (1, 2, 3)]
    (opener, _), (raiser, _), (checker, _) = phones
    for phone, _ in phones:
        phone.open_chain("leader-own")
    other = identity(team="team-1", mine="mine-1", edition=world.DIGEST, ordinal=3)
    visit, finding = enter(opener), raiser.desk.uid()
    raiser.state.mines[visit] = checker.state.findings[finding] = "mine-1"
    raiser.edit(edits.edit_finding, "leader-own", finding, bodies.FindingFields(text="x"), visit)
    apart = checker.edit(edits.enter_visit, "leader-own", other, opening=True)
    checker.edit(edits.recheck_finding, "leader-own", bodies.Recheck(finding, "passed"), apart)
    for phone, tokens in (phones[2], phones[1], phones[0]):
        assert phone.receive(exchange(made, phone, tokens["access"]).data)
    with made.app_context():
        assert db.session.scalars(select(WithheldOperation.verdict)).all() == []


def hand_in(made, data, headers):
    return made.test_client().post("/api/v1/sync/bundle", data=data, headers=headers, content_type="application/gzip")


def test_bu_1_another_phone_hands_in_the_file_of_one_that_cannot_connect(as_role, made):
    silent, own = enrolled(as_role, made, seed=1)
    carrier, tokens = enrolled(as_role, made, seed=2)
    silent.open_chain("leader-own")
    assert silent.receive(exchange(made, silent, own["access"]).data)
    visit = enter(silent)
    header = {"Authorization": f"Bearer {tokens['access']}"}
    for answer in (hand_in(made, silent.export(), header), hand_in(made, silent.export(), header)):
        decoded = wire.answer_decoder.decode(answer.data)
        assert (decoded.device, decoded.chains[0].head.seq, decoded.chains[0].error) == (carrier.state.device, 2, None)
    assert as_role("supervisor").get(f"/visits/{visit}").json["mine_id"] == "mine-1"


def test_bu_3_a_chain_that_nobody_vouches_for_is_kept_and_waits(as_role, made):
    silent, _ = enrolled(as_role, made, seed=1)
    _, tokens = enrolled(as_role, made, seed=2)
    visit = work(silent)
    answer = hand_in(made, silent.export(), {"Authorization": f"Bearer {tokens['access']}"})
    decoded = wire.answer_decoder.decode(answer.data)
    assert (decoded.chains[0].ack.seq, decoded.chains[0].verdicts) == (2, [(2, "no_scope")])
    assert as_role("supervisor").get(f"/visits/{visit}").status_code == 404
    with made.app_context():
        assert db.session.scalars(select(WithheldOperation.verdict)).all() == ["no_scope"]


def test_bu_3_an_administrator_may_carry_and_vouches_for_nothing(as_role, made):
    silent, _ = enrolled(as_role, made)
    work(silent)
    office = as_role("admin")
    answer = office.call("POST", "/sync/bundle", data=silent.export(), headers={"Content-Type": "application/gzip"})
    assert answer.status_code == 200
    decoded = wire.answer_decoder.decode(answer.data)
    assert decoded.chains[0].head.seq == 2


@pytest.mark.parametrize("role", ["member", "supervisor", "mine_user", "auditor"])
def test_bu_3_who_may_not_rescue_phones_carries_nothing(as_role, role):
    answer = as_role(role).call("POST", "/sync/bundle", data=b"", headers={"Content-Type": "application/gzip"})
    assert answer.status_code == 403


def test_bu_3_nobody_carries_nothing(made):
    assert hand_in(made, b"", {}).status_code == 401
    assert hand_in(made, b"", {"Authorization": "Bearer x"}).status_code == 401


BOMB = gzip.compress(b"0" * (65 * 1024 * 1024))


@pytest.mark.parametrize(
    ("data", "status"),
    [(b"", 400), (b"no gzip", 400), (gzip.compress(b"[]"), 400), (gzip.compress(b"{}")[:-4], 400), (BOMB, 413)],
    ids=["empty", "not gzip", "no bundle", "cut", "bomb"],
)
def test_bu_2_what_is_no_bundle_is_refused_as_a_whole(as_role, made, data, status):
    _, tokens = enrolled(as_role, made)
    assert hand_in(made, data, {"Authorization": f"Bearer {tokens['access']}"}).status_code == status
