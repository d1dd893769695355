"""State is a function of the set of operations: any order, any splitting, any repetition (SPEC, IV)."""

import copy

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from sync import sheets, wire
from sync.phone import edits
from sync.phone.outbox import encoded
from sync.plan import plan_exchange
from sync.prepare import prepare
from sync.rebuild import rebuild
from tests.sync.county import County
from tests.sync.phones import converge, enter, finding_fields, new_phone, photo_body

OUTCOMES = ("pass", "fail", "unseen", "na")


def content(county):
    """What the county holds, without seqs: registers of visits and findings."""
    found = {v: county.sheet(v).content() for v in county.store.visits}
    found |= {f: sheets.decode(k.sheet).content() for f, k in county.store.findings.items()}
    return found


def act(phone, person, visit, finding, choice):
    """One of the edits, chosen by a number."""
    sort, n = choice % 5, choice // 5
    if sort < 2:
        outcome = OUTCOMES[n % 4]
        more = {"reason": "x"} if outcome in ("unseen", "na") else {}
        phone.answer(person, visit, f"answer/GAS-{n % 3:03d}/-", outcome, **more)
    elif sort == 2:
        fields = finding_fields(**{("text", "item")[n % 2]: f"t{n % 3}"})
        phone.edit(edits.edit_finding, person, finding, fields, visit)
    elif sort == 3 and finding in phone.state.findings:
        phone.edit(edits.retract_finding, person, finding, "x", visit)
    else:
        phone.edit(edits.photo, person, photo_body(n % 4, "visit"), visit)


@st.composite
def worked(draw):
    """Three phones that wrote on one visit apart, syncing now and then with a county of their own."""
    county = County()
    phones = [new_phone(n, county) for n in (1, 2, 3)]
    finding = phones[0].desk.uid()
    visit = [enter(phone, f"p{n}") for n, phone in enumerate(phones, 1)][-1]
    for n, choice in draw(st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 39)), max_size=14)):
        if choice < 0:
            phones[n].receive(county.exchange_bytes(phones[n].request_bytes()))
        else:
            act(phones[n], f"p{n + 1}", visit, finding, choice)
    return phones


def runs_of(draw, phone):
    """A phone's whole log, split at random into requests, each with its last signature."""
    (chain,) = phone.state.chains
    log, requests = list(chain.log), []
    while log:
        size = draw(st.integers(1, len(log)))
        run, log = log[:size], log[size:]
        batch = wire.ChainBatch(chain.chain, [held.data.decode() for held in run], run[-1].signature)
        exchange = wire.Exchange(1, "n" * 22, phone.state.device, wire.Clock(0, 0, ""), [batch])
        requests.append(prepare(encoded(exchange)))
    return requests


def deliver(draw, phones):
    """A new county that is given everything, interleaved at random, with repetitions."""
    county, queues = County(), [runs_of(draw, phone) for phone in phones]
    county.epoch = "e2"  # another county than the one they worked with: their cursors mean nothing to it
    given_before = []
    while any(queues):
        queue = draw(st.sampled_from([q for q in queues if q]))
        given_before.append(queue.pop(0))
        county.exchange(given_before[-1])
        if draw(st.booleans()):
            county.exchange(draw(st.sampled_from(given_before)))
    return county


@settings(max_examples=60, deadline=None)
@given(worked(), st.data())
def test_iv_6_the_state_is_the_same_in_any_order_split_and_repeated(phones, data):
    first, second = deliver(data.draw, phones), deliver(data.draw, phones)
    assert first.store.withheld == second.store.withheld == {}
    assert content(first) == content(second)


@settings(max_examples=40, deadline=None)
@given(worked(), st.data())
def test_iv_6_what_the_log_rebuilds_is_what_is_stored(phones, data):
    county = deliver(data.draw, phones)
    found = rebuild(county.store.segments, county.store.chains, county.judge)
    rebuilt = {name: sheet.content() for name, sheet in [*found.visits.items(), *found.findings.items()]}
    assert rebuilt == content(county)


@settings(max_examples=40, deadline=None)
@given(worked(), st.data())
def test_iv_7_phones_with_equal_cursors_hold_equal_rows(phones, data):
    county = deliver(data.draw, phones)
    converge(phones, county)
    assert phones[0].state.rows == phones[1].state.rows == phones[2].state.rows
    assert phones[0].state.cursor == phones[1].state.cursor
    fresh = new_phone(9, county)
    converge([fresh], county)
    assert fresh.state.rows == phones[0].state.rows


@settings(max_examples=40, deadline=None)
@given(worked(), st.data())
def test_iv_11_seqs_of_a_stream_are_handed_out_once_and_in_order(phones, data):
    county = deliver(data.draw, phones)
    for visit in county.store.visits:
        seqs = [r.seq for r in county.sheet(visit).registers.values()]
        assert len(set(seqs)) == len(seqs)
        assert max(seqs) == county.store.heads[f"visit:{visit}"]


@settings(max_examples=40, deadline=None)
@given(worked(), st.data())
def test_iv_15_a_request_taken_twice_writes_nothing_the_second_time(phones, data):
    county = deliver(data.draw, phones)
    before = copy.deepcopy(county.store)
    (chain,) = phones[0].state.chains
    batch = wire.ChainBatch(chain.chain, [held.data.decode() for held in chain.log], chain.log[-1].signature)
    exchange = wire.Exchange(1, "n" * 22, phones[0].state.device, wire.Clock(0, 0, ""), [batch])
    request = prepare(msgspec.json.encode(exchange), gzipped=False)
    plan = plan_exchange(county.gather(request), request, county.context(phones[0].state.device))
    assert (plan.segments, plan.visits, plan.findings, plan.withheld, plan.heads) == ((), (), (), (), {})
    assert county.store == before
    assert plan.answers[0].ack.seq == chain.last


@settings(max_examples=40, deadline=None)
@given(worked(), st.data())
def test_iv_5_a_fail_stays_visible_until_a_person_settles_it(phones, data):
    county = deliver(data.draw, phones)
    for visit in county.store.visits:
        for _, register in county.sheet(visit).under("answer/"):
            named = {p for e in register.entries.values() for p in e.parents}
            standing = [e for e in register.entries.values() if e.uid not in named]
            assert {e.uid for e in standing} == {h.uid for h in register.heads()}
            if any(b'"fail"' in e.value for e in standing):
                from sync.registers import counted

                assert counted(register.heads()) == "fail"
