"""Chains: what is appended, what is a duplicate, a gap, a fork (SPEC, parts CH and SG)."""

import gzip
from dataclasses import replace

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from sync import chain, segments, wire
from sync.append import append, overlap
from sync.known import Prepared
from sync.prepare import RequestError, check_signatures, prepare, prepare_batch
from sync.segments import SegmentDamagedError
from tests.sync.county import County
from tests.sync.phones import enter, new_phone, sync, team


def sent(phone):
    return prepare(phone.request_bytes())


def worked(county=None, answers=6, seed=1):
    """(county, phone, visit) with some answers written and nothing sent."""
    county = county or County()
    phone = new_phone(seed, county)
    visit = enter(phone, f"p{seed}")
    for n in range(answers):
        phone.answer(f"p{seed}", visit, f"answer/GAS-{n:03d}/-", "pass")
    return county, phone, visit


def test_ch_1_the_hash_is_of_the_exact_bytes():
    assert chain.hash_of(b"abc") == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0"
    assert chain.hash_of(b"abc ") != chain.hash_of(b"abc")


def test_ch_4_a_signature_is_checked_with_the_named_algorithm():
    private = ec.derive_private_key(5, ec.SECP256R1())
    key, signature = chain.public_key(private), chain.sign(private, b"data")
    assert chain.verify("ES256", key, b"data", signature)
    assert not chain.verify("ES256", key, b"datum", signature)
    assert not chain.verify("SM2", key, b"data", signature)
    assert not chain.verify("ES256", key, b"data", signature[:-4])
    assert not chain.verify("ES256", key, b"data", "ä")
    assert not chain.verify("ES256", "no key", b"data", signature)


def test_ch_4_a_key_of_another_curve_is_no_key():
    other = ec.derive_private_key(5, ec.SECP384R1())
    private = ec.derive_private_key(5, ec.SECP256R1())
    assert not chain.verify("ES256", chain.public_key(other), b"data", chain.sign(private, b"data"))


def test_ch_5_a_run_that_continues_the_chain_is_appended_and_acknowledged():
    county, phone, _ = worked()
    sync(phone, county)
    (state,) = phone.state.chains
    assert state.acked == state.last == 8
    assert county.store.chains[state.chain].head == wire.Mark(8, state.last_hash)


def test_ch_6_the_same_request_twice_changes_nothing_and_is_acknowledged_alike():
    county, phone, _ = worked()
    request = sent(phone)
    first = county.exchange(request)
    before = msgspec.json.encode(county.store.heads), len(county.store.segments)
    second = county.exchange(request)
    assert (msgspec.json.encode(county.store.heads), len(county.store.segments)) == before
    assert [c.ack for c in second.chains] == [c.ack for c in first.chains]


def test_ch_6_an_old_request_after_a_newer_one_is_acknowledged_by_the_log():
    county, phone, visit = worked()
    old = sent(phone)
    sync(phone, county)
    phone.answer("p1", visit, "answer/GAS-100/-", "fail")
    sync(phone, county)
    assert overlap(county.store.chains[old.batches[0].chain].head, old.batches[0]) == (1, 8)
    (part,) = county.exchange(old).chains
    assert (part.ack.seq, part.head.seq, part.error) == (8, 9, None)


def test_ch_6_judging_an_old_run_without_its_segments_is_an_error_not_a_guess():
    county, phone, visit = worked()
    old = sent(phone).batches[0]
    sync(phone, county)
    phone.answer("p1", visit, "answer/GAS-100/-", "fail")
    sync(phone, county)
    with pytest.raises(LookupError):
        append(county.store.chains[old.chain], old)


def test_ch_7_a_gap_is_answered_with_the_head():
    county, phone, _ = worked()
    chain_state = phone.state.chains[0]
    chain_state.acked = 4
    (part,) = county.exchange(sent(phone)).chains
    assert (part.error, part.head, part.ack) == ("gap", wire.START, wire.START)


def test_ch_8_a_fork_keeps_what_was_accepted_and_the_refused_bytes():
    county, phone, visit = worked()
    backup = phone._storage.data
    phone.answer("p1", visit, "answer/GAS-100/-", "pass")
    sync(phone, county)
    restored = new_phone(99, storage=type(phone._storage)(backup), keys=phone.desk.keys)
    restored.state.chains.pop()
    restored.answer("p1", visit, "answer/GAS-100/-", "fail")
    (part,) = county.exchange(sent(restored)).chains
    assert (part.error, part.ack.seq, part.head.seq) == ("fork", 8, 9)
    (refused,) = county.store.refused
    assert refused.error == "fork"
    assert refused.operations[-1] == restored.state.chains[0].log[-1].data


def test_ch_4_a_run_with_a_wrong_signature_is_kept_but_not_appended():
    county, phone, _ = worked()
    request = sent(phone)
    exchange = request.exchange
    forged = msgspec.structs.replace(exchange.chains[0], signature="A" * 86)
    body = gzip.compress(msgspec.json.encode(msgspec.structs.replace(exchange, chains=[forged])))
    (part,) = county.exchange(prepare(body)).chains
    assert (part.error, part.head) == ("signature", wire.START)
    assert county.store.refused[0].error == "signature"
    assert county.store.visits == {}


def test_ch_3_a_run_with_a_broken_link_is_malformed():
    _, phone, _ = worked()
    batch = phone.request().chains[0]
    swapped = [batch.operations[0], batch.operations[2], batch.operations[1]]
    exchange = msgspec.structs.replace(phone.request(), chains=[wire.ChainBatch(batch.chain, swapped, "x")])
    request = prepare(gzip.compress(msgspec.json.encode(exchange)))
    assert request.batches[0].error == "malformed"
    assert check_signatures(request, {}).batches[0].error == "malformed"


def test_ch_3_a_tampered_operation_in_the_middle_breaks_the_link_behind_it():
    county, phone, _ = worked()
    exchange = phone.request()
    batch = exchange.chains[0]
    changed = [text.replace('"pass"', '"fail"') if n == 4 else text for n, text in enumerate(batch.operations)]
    assert changed != batch.operations
    (part,) = county.exchange(prepare_batch_of(exchange, wire.ChainBatch(batch.chain, changed, batch.signature))).chains
    assert (part.error, part.head) == ("malformed", wire.START)
    assert county.store.visits == {}


@pytest.mark.parametrize("rest", ["", "{}", '{"v":1}', "[" * 60000, '"x"', "\udcff"])
def test_op_2_what_is_no_operation_makes_the_run_malformed_and_is_kept(rest):
    county, phone, _ = worked()
    exchange = phone.request()
    batch = exchange.chains[0]
    bad = wire.ChainBatch(batch.chain, [batch.operations[0], rest[:40000]], batch.signature)
    prepared = prepare_batch_of(exchange, bad)
    (part,) = county.exchange(prepared).chains
    assert part.error == "malformed"
    assert len(county.store.refused) == 1


def prepare_batch_of(exchange, batch):
    return Prepared(msgspec.structs.replace(exchange, chains=[batch]), (prepare_batch(batch),))


def test_ch_2_a_chain_must_begin_with_its_own_opening():
    _county, phone, _ = worked()
    exchange = phone.request()
    batch = exchange.chains[0]
    other = wire.ChainBatch(chain.b64(b"0" * 16), batch.operations, batch.signature)
    assert prepare_batch_of(exchange, other).batches[0].error == "malformed"


def test_ch_11_a_rotated_chain_takes_no_more():
    county, phone, visit = worked()
    sync(phone, county)
    name = phone.state.chains[0].chain
    county.store.chains[name] = replace(county.store.chains[name], closed=True)
    phone.answer("p1", visit, "answer/GAS-100/-", "fail")
    (part,) = county.exchange(sent(phone)).chains
    assert part.error == "closed"
    sync(phone, county)
    assert len(phone.state.chains) == 2
    assert phone.shown(visit, "answer/GAS-100/-").counted == "fail"


def test_sg_2_a_segment_gives_back_the_exact_bytes():
    county, phone, _ = worked()
    log = [held.data for held in phone.state.chains[0].log]
    sync(phone, county)
    (segment,) = county.store.segments
    stored = county.store.chains[segment.chain]
    assert segments.check_segment(segment, stored.alg, stored.key) == log
    assert [segments.hash_at(segment, n) for n in (1, 5, 8)] == [chain.hash_of(log[n - 1]) for n in (1, 5, 8)]


def test_sg_3_a_damaged_segment_is_an_error():
    county, phone, _ = worked()
    sync(phone, county)
    (segment,) = county.store.segments
    stored = county.store.chains[segment.chain]
    for damaged in (
        replace(segment, data=segment.data[:-3]),
        replace(segment, data=b"\x07" + segment.data[1:]),
        replace(segment, data=segments.pack(b"\x01")),
        replace(segment, hash="x" * 43),
        replace(segment, before="x" * 43),
        replace(segment, last=9),
    ):
        with pytest.raises(SegmentDamagedError):
            segments.operations_of(damaged)
    with pytest.raises(SegmentDamagedError):
        segments.check_segment(replace(segment, signature="A" * 86), stored.alg, stored.key)


@given(st.lists(st.binary(max_size=60), min_size=1, max_size=8), st.data())
def test_sg_1_any_bytes_come_back_whatever_stands_where_prev_should(texts, data):
    before, run, prevs = "", [], []
    for text in texts:
        shape = data.draw(st.sampled_from(["linked", "raw", "twice", "escaped"]))
        link = b'"prev":"' + before.encode() + b'"'
        made = {
            "linked": b"{" + link + text + b"}",
            "raw": text,
            "twice": b'{"prev":""' + link + text,
            "escaped": b'{"x":"\\"prev\\":\\"' + text + b'",' + link,
        }[shape]
        run.append(made)
        prevs.append(before)
        before = chain.hash_of(made)
    packed = segments.pack_run(tuple(run), tuple(prevs))
    restored, hashes = segments.unpack_run(packed, "")
    assert restored == run
    assert hashes[-1] == before


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "bad_encoding"),
        (b"no gzip", "bad_encoding"),
        (gzip.compress(b"{}", mtime=0)[:-5], "bad_encoding"),
        (gzip.compress(b"{}", mtime=0) + b"more", "bad_encoding"),
        (gzip.compress(b"{}", mtime=0), "bad_request"),
        (gzip.compress(b"[" * 100_000, mtime=0), "bad_request"),
        (gzip.compress(b'{"protocol":NaN}', mtime=0), "bad_request"),
        (gzip.compress(b"\xff", mtime=0), "bad_request"),
        (gzip.compress(bytes(2 * 1024 * 1024), mtime=0), "too_large"),
        (bytes(300 * 1024), "too_large"),
    ],
)
def test_ex_3_a_request_that_is_none_says_why(body, code):
    with pytest.raises(RequestError) as raised:
        prepare(body)
    assert raised.value.code == code


def test_ex_2_more_than_200_operations_in_all_are_too_many():
    _, phone, _ = worked()
    exchange = phone.request()
    many = [wire.ChainBatch(chain.b64(bytes([n]) * 16), ["{}"] * 101, "") for n in (1, 2)]
    body = msgspec.json.encode(msgspec.structs.replace(exchange, chains=many))
    with pytest.raises(RequestError) as raised:
        prepare(body, gzipped=False)
    assert raised.value.code == "too_large"


def test_ex_2_a_chain_stands_in_a_request_once():
    _, phone, _ = worked()
    exchange = phone.request()
    body = msgspec.json.encode(msgspec.structs.replace(exchange, chains=exchange.chains * 2))
    with pytest.raises(RequestError) as raised:
        prepare(body, gzipped=False)
    assert raised.value.code == "bad_request"


def test_ch_10_every_stored_chain_verifies_from_the_database_alone():
    county, phones = team(3)
    for n, phone in enumerate(phones, 1):
        visit = enter(phone, f"p{n}")
        phone.answer(f"p{n}", visit, "answer/GAS-001/-", "pass")
        sync(phone, county)
        phone.answer(f"p{n}", visit, "answer/GAS-002/-", "pass")
        sync(phone, county)
    heads = {}
    for segment in county.store.segments:
        stored = county.store.chains[segment.chain]
        segments.check_segment(segment, stored.alg, stored.key)
        assert segment.before == heads.get(segment.chain, "")
        heads[segment.chain] = segment.hash
    assert heads == {c: k.head.hash for c, k in county.store.chains.items()}
