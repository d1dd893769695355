"""What no phone of ours would send: each gets its right answer, nothing of it is stored by mistake, nothing is lost."""

import gzip
import io
import json

import msgspec
import pytest
from sqlalchemy import func, select

from server.db import db as the_db
from server.models.segment import Chain, RefusedPush, Segment, WithheldOperation
from sync import chain as chains
from sync import wire
from tests.field import EXCHANGE, FIRST, open_field, pairs
from tests.patrols import enter
from tests.recount import faults, stored_operations

PLAIN = {"Content-Encoding": "identity"}


@pytest.fixture
def county(app, db, monkeypatch):
    monkeypatch.setitem(app.extensions, "qianshao_clock", None)
    return open_field(app)


@pytest.fixture
def sender(county):
    """A phone with an answer to send, whose visit is known already."""
    phone = county.phone("p1")
    phone.visit = enter(phone, "p1", edition=FIRST.digest)
    county.sync(phone)
    phone.answer("p1", phone.visit, "answer/SAF-001/-", "fail")
    return phone


def problem(response):
    assert response.mimetype == "application/problem+json", response.text
    return response.status_code, response.json["code"]


def rows():
    the_db.session.rollback()
    counts = [the_db.session.scalar(select(func.count()).select_from(t)) for t in (Chain, Segment, RefusedPush)]
    the_db.session.rollback()
    return counts


def holds(county, phone, before):
    """Nothing was stored, and what the phone has gets through afterwards."""
    assert rows() == before
    county.sync(phone)
    held = {held.uid for chain in phone.state.chains for held in chain.log}
    assert held <= stored_operations()
    assert faults(pairs) == []


def as_dict(phone):
    return json.loads(msgspec.json.encode(phone.request()))


def bomb(size):
    out = io.BytesIO()
    with gzip.GzipFile(fileobj=out, mode="wb", compresslevel=9) as squeezed:
        for _ in range(size // 65536):
            squeezed.write(b" " * 65536)
    return out.getvalue()


REQUEST = b'{"protocol":1,"nonce":"nnnnnnnnnnnnnnnnnnnnnn","device":"d","clock":{"wall":1,"mono":1,"session":"s"}'
BODIES = {
    "compressed beyond the limit": (b"\x1f\x8b" + b"x" * wire.COMPRESSED_MAX, {}, (413, "too_large")),
    "inflated beyond the limit": (b" " * (wire.INFLATED_MAX + 1), PLAIN, (413, "too_large")),
    "a bomb of 64 MiB": (bomb(64 << 20), {}, (413, "too_large")),
    "cut gzip": (gzip.compress(REQUEST + b"}")[:-9], {}, (400, "bad_encoding")),
    "gzip with a tail": (gzip.compress(REQUEST + b"}") + b"tail", {}, (400, "bad_encoding")),
    "no gzip at all": (REQUEST + b"}", {}, (400, "bad_encoding")),
    "an unknown coding": (b"\x8b\x02\x80{}\x03", {"Content-Encoding": "br"}, (400, "bad_request")),
    "nothing": (b"", PLAIN, (400, "bad_request")),
    "no JSON": (REQUEST, PLAIN, (400, "bad_request")),
    "a list": (b"[]", PLAIN, (400, "bad_request")),
    "NaN": (REQUEST.replace(b'"wall":1', b'"wall":NaN') + b"}", PLAIN, (400, "bad_request")),
    "Infinity": (REQUEST.replace(b'"wall":1', b'"wall":-Infinity') + b"}", PLAIN, (400, "bad_request")),
    "a fraction for a whole number": (REQUEST.replace(b'"wall":1', b'"wall":1.5') + b"}", PLAIN, (400, "bad_request")),
    "a number of a million digits": (
        REQUEST.replace(b'"mono":1', b'"mono":' + b"9" * 10**6) + b"}", PLAIN, (400, "bad_request"),
    ),
    "deep nesting": (REQUEST + b',"more":' + b"[" * 200_000 + b"]" * 200_000 + b"}", PLAIN, (400, "bad_request")),
    "a lone surrogate": (REQUEST.replace(b'"session":"s"', b'"session":"\\ud800"') + b"}", PLAIN, (400, "bad_request")),
    "bytes that are no UTF-8": (REQUEST.replace(b'"s"', b'"\xff"') + b"}", PLAIN, (400, "bad_request")),
    "a negative limit": (REQUEST + b',"limit":-1}', PLAIN, (400, "bad_request")),
    "a cursor of 10,000 streams": (
        REQUEST + b',"cursor":{"streams":{' + b",".join(b'"s%d":1' % n for n in range(10_000)) + b"}}}", PLAIN,
        (400, "bad_request"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BODIES)
def test_ex_3_a_body_that_is_no_request_is_refused_whole(county, sender, name):
    body, headers, expected = BODIES[name]
    before = rows()
    assert problem(county.post(sender, body, **headers)) == expected
    holds(county, sender, before)


def test_ex_3_a_chunked_body_beyond_the_limit_is_refused(county, sender):
    before, token = rows(), county.office.access[sender.state.device]
    response = county.app.test_client().post(
        EXCHANGE, input_stream=io.BytesIO(b"x" * (wire.COMPRESSED_MAX + 1)),
        headers={
            "Authorization": f"Bearer {token}", "Transfer-Encoding": "chunked", "Content-Encoding": "gzip",
            "Content-Type": "application/json",
        },
        environ_overrides={"wsgi.input_terminated": True},
    )  # fmt: skip
    assert problem(response) == (413, "too_large")
    holds(county, sender, before)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"Authorization": ""}, (401, "unauthorized")),
        ({"Authorization": "Bearer qa_nobody"}, (401, "unauthorized")),
        ({"Authorization": "Basic cDE6eA=="}, (401, "unauthorized")),
        ({"Content-Type": "text/plain"}, (415, "unsupported_media_type")),
        ({"Content-Type": "application/x-www-form-urlencoded"}, (415, "unsupported_media_type")),
    ],
)
def test_ex_3_whoever_is_not_known_or_sends_something_else_is_told_so(county, sender, headers, expected):
    before = rows()
    assert problem(county.post(sender, sender.request_bytes(), **headers)) == expected
    holds(county, sender, before)


def test_ex_3_a_token_speaks_for_its_own_phone_only(county, sender):
    other, before = county.phone("p2"), rows()
    assert problem(county.post(other, sender.request_bytes())) == (403, "token_of_another_device")
    holds(county, sender, before)


def test_ex_2_ten_thousand_operations_at_once_are_too_many(county, sender):
    request, before = as_dict(sender), rows()
    request["chains"] = [
        {"chain": chains.b64(n.to_bytes(16, "big")), "operations": ["{}"] * 200, "signature": ""} for n in range(50)
    ]
    assert problem(county.post(sender, json.dumps(request).encode(), **PLAIN))[0] in (400, 413)
    request["chains"] = [{**request["chains"][0], "operations": ["{}"] * 10_000}]
    assert problem(county.post(sender, json.dumps(request).encode(), **PLAIN)) == (400, "bad_request")
    holds(county, sender, before)


def test_ex_2_a_chain_twice_in_a_request_is_refused(county, sender):
    request, before = as_dict(sender), rows()
    request["chains"] *= 2
    assert problem(county.post(sender, json.dumps(request).encode(), **PLAIN)) == (400, "bad_request")
    holds(county, sender, before)


def write(phone, **but):
    """The phone's next operation with some of it otherwise, signed with its own key; and the request that brings it."""
    state = phone.state.chains[0]
    held = state.log.pop()
    content = json.loads(held.data) | but
    text = but.pop("text", None) or json.dumps(content, ensure_ascii=False)
    request = as_dict(phone)
    signature = phone.desk.keys.sign(state.key, text.encode("utf-8", "surrogatepass"))
    request["chains"] = [{"chain": state.chain, "operations": [text], "signature": signature}]
    state.log.append(held)
    return json.dumps(request).encode()


UNDERSTOOD = {
    "an unknown kind": {"kind": "answer.guess"},
    "an unknown outcome": {"body": {"outcome": "maybe"}},
    "a text of the wrong type": {"body": {"outcome": "pass", "note": 7}},
    "a NUL in a text": {"body": {"outcome": "pass", "note": "a\0b"}},
    "nesting in a text's place": {"body": {"outcome": "pass", "note": [[[[]]]]}},
    "a register of another kind": {"reg": "visit/status"},
    "parents that are none": {"parents": ["x"]},
    "another version's body": {"v": 99, "body": {"said": "pass"}},
    "a stamp beyond all numbers": {"t": [10**30, 0, "c"]},
}


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_op_6_what_is_signed_and_not_understood_is_stored_and_set_aside(county, sender, name):
    response = county.post(sender, write(sender, **UNDERSTOOD[name]), **PLAIN)
    assert response.status_code == 200, response.text
    (answer,) = response.json["chains"]
    assert answer["ack"]["seq"] == sender.state.chains[0].last
    assert [verdict for _, verdict in answer["verdicts"]] == ["quarantined"]
    the_db.session.rollback()
    assert the_db.session.scalars(select(WithheldOperation.verdict)).all() == ["quarantined"]
    assert faults(pairs) == []


@pytest.mark.parametrize("value", ["1" + "0" * 400, "-" + "9" * 400, "1e999", "1e-999", "0." + "9" * 2000])
def test_op_6_a_number_beyond_all_numbers_breaks_nothing(county, sender, value):
    held = json.loads(sender.state.chains[0].log[-1].data)
    text = json.dumps(
        held | {"reg": "answer/GAS-001/face-1", "body": {"outcome": "pass", "value": 7007, "unit": "%CH4"}}
    )
    response = county.post(sender, write(sender, text=text.replace("7007", value)), **PLAIN)
    assert response.status_code == 200, response.text
    assert response.json["chains"][0]["ack"]["seq"] == sender.state.chains[0].last
    assert faults(pairs) == []


SOME = '{"v":1,"uid":"AAAAAAAAAAAAAAAAAAAAAA","seq":7,"prev":"","kind":"x"}'
MALFORMED = {
    "no JSON": "no operation",
    "a text longer than an operation may be": json.dumps({"body": "x" * 40_000}),
    "deep nesting": "[" * 20_000 + "]" * 20_000,
    "a seq beyond all numbers": SOME.replace("7", "9" * 23),
    "a seq of none": SOME.replace("7", "0"),
    "an id that is none": '{"v":1,"uid":"short","seq":4,"prev":"","kind":"x"}',
}


@pytest.mark.parametrize("name", MALFORMED)
def test_op_2_what_is_no_operation_refuses_its_run_and_is_kept(county, sender, name):
    response = county.post(sender, write(sender, text=MALFORMED[name]), **PLAIN)
    (answer,) = response.json["chains"]
    assert (answer["error"], answer["head"]["seq"]) == ("malformed", 2)
    assert "ack" not in answer
    the_db.session.rollback()
    assert the_db.session.scalars(select(RefusedPush.reason)).all() == ["malformed"]
    county.sync(sender)
    assert faults(pairs) == []


def test_op_2_a_seq_at_the_end_of_all_numbers_is_a_gap(county, sender):
    response = county.post(sender, write(sender, seq=2**53, prev="x" * 43), **PLAIN)
    assert response.json["chains"][0]["error"] == "gap"
    county.sync(sender)
    assert faults(pairs) == []


def test_op_1_of_a_name_said_twice_the_last_counts_and_the_bytes_stay(county, sender):
    held = json.loads(sender.state.chains[0].log[-1].data)
    text = json.dumps(held)[:-1] + ', "body": {"outcome": "pass"}}'
    response = county.post(sender, write(sender, text=text), **PLAIN)
    assert "verdicts" not in response.json["chains"][0]
    assert faults(pairs) == []


def test_ch_12_a_foreign_chain_is_stored_without_effect_and_nobody_learns_of_it(county, sender):
    other = county.phone("stranger")
    foreign = enter(other, "stranger", team="team-2", mine="mine-2", edition=FIRST.digest)
    other.answer("stranger", foreign, "answer/SAF-001/-", "fail")
    batch = other.request().chains[0]
    request = msgspec.structs.replace(sender.request(), chains=[batch])
    response = county.post(sender, msgspec.json.encode(request), **PLAIN)
    (answer,) = response.json["chains"]
    assert {verdict for _, verdict in answer["verdicts"]} == {"no_scope"}
    assert "team-2" not in response.text
    assert "mine-2" not in response.text
    county.sync(sender)
    assert faults(pairs) == []
