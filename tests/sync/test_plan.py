"""What a plan decides about operations: verdicts, scope, waiting, release (SPEC, parts VD, SC, PL)."""

from dataclasses import replace

import msgspec
import pytest

from sync import bodies, operations, sheets, visits
from sync.chain import hash_of, unb64
from sync.phone import edits, pen
from sync.phone.state import Held
from sync.plan import needs, plan_exchange
from sync.prepare import prepare
from sync.rebuild import rebuild
from tests.sync.county import County
from tests.sync.phones import converge, enter, enter_all, finding_fields, identity, new_phone, photo_body, sync, team

REG = "answer/GAS-001/-"


def verdicts(phone):
    return sorted(phone.state.verdicts.values())


def raise_finding(phone, person, visit, **fields):
    finding = phone.desk.uid()
    phone.edit(edits.edit_finding, person, finding, finding_fields(**({"item": "GAS-001"} | fields)), visit)
    return finding


def rebuilt_equals_stored(county):
    found = rebuild(county.store.segments, county.store.chains, county.judge)
    stored = {v: county.sheet(v).content() for v in county.store.visits}
    assert {v: s.content() for v, s in found.visits.items()} == stored
    kept = {f: sheets.decode(k.sheet).content() for f, k in county.store.findings.items()}
    assert {f: s.content() for f, s in found.findings.items()} == kept


def test_vd_1_what_nobody_else_touched_is_applied_and_not_listed():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    phone.answer("p1", visit, REG, "pass")
    sync(phone, county)
    assert phone.state.verdicts == {}
    (change,) = county.last_plan.visits[0].answers
    assert (change.item, change.place, change.outcome, change.disputed) == ("GAS-001", "-", "pass", False)


def test_vd_3_equal_values_are_same_and_different_ones_concurrent():
    county, phones = team(3)
    visit = enter_all(phones)
    for phone, person, value in zip(phones, ("p1", "p2", "p3"), ("pass", "pass", "fail"), strict=True):
        phone.answer(person, visit, REG, value)
        sync(phone, county)
    assert [verdicts(phone) for phone in phones] == [[], ["same"], ["concurrent"]]
    assert county.last_plan.visits[0].answers[0].outcome == "fail"
    assert county.last_plan.visits[0].disputed == 1


def test_vd_4_content_after_the_submission_applies_and_says_so():
    county, (first, second) = team(2)
    visit = enter_all((first, second))
    converge((first, second), county)
    second.answer("p2", visit, REG, "fail")
    first.edit(edits.submit, "p1", visit)
    sync(first, county)
    sync(second, county)
    assert verdicts(second) == ["after_submit"]
    assert visits.answers(county.sheet(visit))[0].outcome == "fail"


def test_vd_5_an_operation_of_a_visit_nobody_opened_waits_and_is_replayed():
    county, (first, second) = team(2)
    visit = visits.visit_id(identity())
    first.state.mines[visit] = "mine1"
    first.answer("p1", visit, REG, "fail")
    sync(first, county)
    assert verdicts(first) == ["parked"]
    assert county.store.visits == {}
    enter(second, "p2")
    sync(second, county)
    assert visits.answers(county.sheet(visit))[0].outcome == "fail"
    assert county.store.withheld == {}
    rebuilt_equals_stored(county)


def test_vd_5_waiting_within_one_request_ends_in_it():
    county, (phone,) = team(1)
    visit = visits.visit_id(identity())
    phone.state.mines[visit] = "mine1"
    phone.answer("p1", visit, REG, "fail")
    enter(phone, "p1")
    sync(phone, county)
    assert phone.state.verdicts == {}
    assert county.store.withheld == {}
    rebuilt_equals_stored(county)


def test_vd_5_a_photo_of_a_finding_waits_for_the_finding_and_both_for_the_visit():
    county, (first, second) = team(2)
    visit = visits.visit_id(identity())
    first.state.mines[visit] = "mine1"
    finding = raise_finding(first, "p1", visit, text="x")
    second.state.mines[visit] = second.state.findings[finding] = "mine1"
    second.edit(edits.photo, "p2", photo_body(1, f"finding/{finding}"), visit)
    sync(second, county)
    enter(second, "p2")
    sync(second, county)
    assert [w.verdict for w in county.store.withheld.values()] == ["parked"]
    sync(first, county)
    assert county.store.withheld == {}
    assert [p.photo for p in visits.photos(county.sheet(visit))] == [photo_body(1, "visit").photo]
    rebuilt_equals_stored(county)


def test_vd_5_what_waited_may_turn_out_to_be_out_of_scope():
    county, (first, second) = team(2)
    visit = visits.visit_id(identity())
    first.state.mines[visit] = "mine1"
    first.answer("p1", visit, REG, "fail")
    sync(first, county)
    county.out_of_scope = {"p1"}
    enter(second, "p2")
    sync(second, county)
    assert [w.verdict for w in county.store.withheld.values()] == ["no_scope"]
    rebuilt_equals_stored(county)


def test_sc_3_an_operation_out_of_scope_is_stored_acknowledged_and_without_effect():
    county, (phone, other) = team(2)
    visit = enter(phone, "p1")
    enter(other, "p2")
    sync(phone, county)
    county.out_of_scope = {"p2"}
    other.answer("p2", visit, REG, "fail")
    sync(other, county)
    assert verdicts(other) == ["no_scope", "no_scope"]
    assert REG not in county.sheet(visit).registers
    assert len(county.store.withheld) == 2
    rebuilt_equals_stored(county)


def test_vd_6_a_person_releases_what_was_withheld():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    sync(phone, county)
    county.out_of_scope = {"p1"}
    uid = phone.answer("p1", visit, REG, "fail")
    sync(phone, county)
    plan = county.office().write(operations.OperationRelease, bodies.Release(uid, "确认"))
    assert plan.released == (uid,)
    assert visits.answers(county.sheet(visit))[0].outcome == "fail"
    assert county.store.withheld == {}
    rebuilt_equals_stored(county)


def test_vd_6_a_release_of_nothing_and_a_release_by_a_phone_have_no_effect():
    county, (phone,) = team(1)
    plan = county.office().write(operations.OperationRelease, bodies.Release("A" * 22, "x"))
    assert plan.answers[0].verdicts == [(2, "quarantined")]
    phone.step(edits.write, "p1", operations.OperationRelease, bodies.Release("A" * 22, "x"))
    sync(phone, county)
    assert verdicts(phone) == ["no_scope"]


def test_vd_6_a_release_into_a_sealed_visit_stays_late():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    sync(phone, county)
    office = county.office()
    office.write(operations.VisitSeal, bodies.Seal(), visit=visit)
    uid = phone.answer("p1", visit, REG, "fail")
    sync(phone, county)
    sealed = county.sheet(visit).content()
    office.write(operations.OperationRelease, bodies.Release(uid, "x"))
    assert county.sheet(visit).content() == sealed
    (head,) = county.sheet(visit).registers["visit/status"].heads()
    office.write(operations.VisitReopen, bodies.Reason("补录"), visit=visit, parents=[head.uid])
    office.write(operations.OperationRelease, bodies.Release(uid, "x"))
    assert visits.answers(county.sheet(visit))[0].outcome == "fail"
    rebuilt_equals_stored(county)


def test_rv_1_a_revoked_device_delivers_into_quarantine_and_pulls_nothing():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    sync(phone, county)
    before = county.sheet(visit).content()
    county.revoked = {phone.state.device}
    phone.answer("p1", visit, REG, "fail")
    body = county.exchange_bytes(phone.request_bytes())
    assert phone.receive(body)
    assert verdicts(phone) == ["revoked"]
    assert phone.state.chains[0].acked == 3
    assert county.sheet(visit).content() == before
    assert b'"pages"' not in body


def test_op_6_an_unknown_kind_is_stored_acknowledged_and_quarantined():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    chain = phone.state.chains[0]
    data = msgspec.json.encode(
        {"v": 9, "uid": phone.desk.uid(), "seq": 3, "prev": chain.last_hash, "kind": "robot.walk", "t": [1, 2, "x"]}
    )
    with pytest.raises(pen.CannotWrite):
        pen.keep(phone.desk, chain, "u", data)
    signature = phone.desk.keys.sign(chain.key, data)
    uid = msgspec.json.decode(data)["uid"]
    chain.log.append(Held(3, uid, hash_of(data), data, signature))
    phone.answer("p1", visit, REG, "pass")
    sync(phone, county)
    assert verdicts(phone) == ["quarantined"]
    assert visits.answers(county.sheet(visit))[0].outcome == "pass"
    assert [w.data for w in county.store.withheld.values()] == [data]


def quarantined(county, phone, kind, body, **envelope):
    phone.step(edits.write, "p1", kind, body, **envelope)
    sync(phone, county)
    return verdicts(phone)


@pytest.mark.parametrize(
    ("reg", "body"),
    [
        ("answer/GAS-001", bodies.Answer("pass")),
        ("answer//-", bodies.Answer("pass")),
        ("finding/GAS-001/-", bodies.Answer("pass")),
        (REG, bodies.Answer("unseen")),
        (REG, bodies.Answer("pass", undone=True)),
        (REG, bodies.Answer("unseen", reason="误点", value="1", undone=True)),
        (REG, bodies.Answer("na")),
    ],
)
def test_op_9_an_answer_that_breaks_its_kind_is_quarantined(reg, body):
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    assert quarantined(county, phone, operations.AnswerSet, body, visit=visit, reg=reg) == ["quarantined"]


def test_op_9_an_answer_outside_a_visit_is_quarantined():
    county, (phone,) = team(1)
    assert quarantined(county, phone, operations.AnswerSet, bodies.Answer("pass"), reg=REG) == ["quarantined"]


def test_op_9_a_refusal_needs_a_reason():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    body = bodies.Signing("companion", "矿方", refused=True)
    assert quarantined(county, phone, operations.VisitSign, body, visit=visit) == ["quarantined"]


def test_op_9_a_field_that_findings_do_not_have_is_quarantined():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    body = bodies.FindingEdit(phone.desk.uid(), finding_fields(text="x"), {"colour": ["A" * 22]})
    assert quarantined(county, phone, operations.FindingSet, body, visit=visit) == ["quarantined"]
    assert county.store.findings == {}


def test_op_9_a_register_that_is_not_the_kind_s_own_is_quarantined():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    body = bodies.Claim("p1", ["GAS-001"])
    kind = operations.ItemClaim
    assert quarantined(county, phone, kind, body, visit=visit, reg="claim/p2") == ["quarantined"]


def test_vs_1_an_identity_that_does_not_make_the_id_is_quarantined():
    county, (phone,) = team(1)
    kind = operations.VisitOpen
    assert quarantined(county, phone, kind, identity(), visit="a" * 26) == ["quarantined"]
    assert county.store.visits == {}


def test_vd_2_whatever_an_operation_trips_over_is_its_own_verdict():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")

    def judge(edition, day, item, answer):
        if item == "GAS-002":
            raise ZeroDivisionError
        return "fail"

    county.judge = judge
    phone.answer("p1", visit, REG, "pass")
    phone.answer("p1", visit, "answer/GAS-002/-", "pass")
    phone.answer("p1", visit, "answer/GAS-003/-", "pass")
    sync(phone, county)
    assert verdicts(phone) == ["quarantined"]
    outcomes = {a.item: a.outcome for a in visits.answers(county.sheet(visit))}
    assert outcomes == {"GAS-001": "fail", "GAS-003": "fail"}


def test_vs_3_an_answer_is_judged_under_the_edition_of_its_author():
    county, (first, second) = team(2)
    asked = []
    county.judge = lambda edition, day, item, answer: asked.append((edition, day, item))
    visit = enter(first, "p1", edition="ed1")
    enter(second, "p2", edition="ed2")
    sync(first, county)
    first.answer("p1", visit, REG, "pass")
    second.answer("p2", visit, "answer/GAS-002/-", "pass")
    converge((first, second), county)
    assert asked == [("ed1", "2026-02-03", "GAS-001"), ("ed2", "2026-02-03", "GAS-002")]
    assert county.store.visits[visit].identity.edition in ("ed1", "ed2")


def test_rg_8_a_uid_used_for_two_things_is_quarantined_the_second_time():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    uid = phone.answer("p1", visit, REG, "fail")
    fresh = phone.desk.randomness
    phone.desk.randomness = lambda _: unb64(uid)
    for reg, outcome in ((REG, "pass"), ("answer/GAS-002/-", "pass")):
        body = bodies.Answer(outcome)
        phone.step(edits.write, "p1", operations.AnswerSet, body, visit=visit, reg=reg)
    phone.desk.randomness = fresh
    sync(phone, county)
    assert [w.verdict for w in county.store.withheld.values()] == ["quarantined"]
    assert [(a.item, a.outcome) for a in visits.answers(county.sheet(visit))] == [("GAS-001", "fail")]


def test_ch_12_a_chain_nobody_vouches_for_waits_for_a_release():
    county, (phone, carrier) = team(2)
    visit = enter(carrier, "p2")
    sync(carrier, county)
    enter(phone, "p1")
    phone.answer("p1", visit, REG, "fail")
    (plan,) = county.hand_in(phone.export(), carrier.state.device)
    assert plan.answers[0].verdicts == [(2, "no_scope"), (3, "no_scope")]
    assert not plan.chains[0].vouched
    assert REG not in county.sheet(visit).registers


def test_pl_2_needs_name_everything_and_the_streams_in_locking_order():
    _county, (phone,) = team(1)
    visit = enter(phone, "p1")
    finding = raise_finding(phone, "p1", visit, text="x")
    phone.edit(edits.propose_place, "p1", bodies.ProposedPlace("A" * 22, "mine1", "face", "3201"), visit)
    wanted = needs(prepare(phone.request_bytes()))
    assert wanted.chains == (phone.state.chains[0].chain,)
    assert (wanted.visits, wanted.findings, wanted.mines) == ((visit,), (finding,), ("mine1",))
    assert (wanted.parked_visits, wanted.parked_findings, wanted.releases) == ((visit,), (finding,), ())
    assert wanted.streams({}, {"f": "mine0"}) == ("mine:mine0", "mine:mine1", "team:team1", f"visit:{visit}")


def test_pl_1_the_same_inputs_give_the_same_plan():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    raise_finding(phone, "p1", visit, text="x")
    request = prepare(phone.request_bytes())
    gathered, context = county.gather(request), county.context(phone.state.device)
    assert plan_exchange(gathered, request, context) == plan_exchange(gathered, request, context)


def test_fn_1_a_finding_named_by_a_visit_of_another_mine_is_quarantined():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    finding = raise_finding(phone, "p1", visit, text="x")
    sync(phone, county)
    other = enter(phone, "p1", mine="mine2")
    body = bodies.FindingEdit(finding, finding_fields(text="y"))
    assert quarantined(county, phone, operations.FindingSet, body, visit=other) == ["quarantined"]


def test_pa_1_a_proposed_place_is_written_once_and_on_the_mine_s_stream():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    body = bodies.ProposedPlace("A" * 22, "mine1", "face", "3201工作面")
    phone.edit(edits.propose_place, "p1", body, visit)
    sync(phone, county)
    assert county.last_plan.heads["mine:mine1"] == 1
    assert county.store.places["A" * 22].body == body
    assert "place/" + "A" * 22 in phone.state.rows["mine:mine1"]
    wrong = replace_mine(body)
    assert quarantined(county, phone, operations.PlaceAdd, wrong, visit=visit) == ["quarantined"]


def replace_mine(body):
    return msgspec.structs.replace(body, mine="mine9", place="B" * 21 + "A")


def test_pa_1_a_place_may_be_proposed_outside_a_visit():
    county, (phone,) = team(1)
    body = bodies.ProposedPlace("A" * 22, "mine1", "face", "3201")
    assert quarantined(county, phone, operations.PlaceAdd, body) == []
    assert county.store.places["A" * 22].mine == "mine1"


def test_sc_3_office_kinds_from_a_phone_are_out_of_scope():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    assert quarantined(county, phone, operations.VisitSeal, bodies.Seal(), visit=visit) == ["no_scope"]
    assert county.store.visits[visit].status == "open"


def test_ch_5_a_known_chain_on_record_keeps_its_author():
    county, (phone,) = team(1)
    sync(phone, county)
    (stored,) = county.store.chains.values()
    assert (stored.author.person, stored.author.device) == ("p1", phone.state.device)
    county.store.chains[stored.chain] = replace(stored, author=replace(stored.author, person="other"))
    visit = enter(phone, "p1")
    sync(phone, county)
    assert visits.participants(county.sheet(visit)) == (f"other@{phone.state.device}",)


def test_ep_1_a_county_that_is_empty_again_takes_everything_again():
    county, phones = team(2)
    empty = county.back_up()
    visit = enter_all(phones)
    phones[0].answer("p1", visit, REG, "fail")
    phones[1].answer("p2", visit, REG, "pass")
    converge(phones, county)
    before = county.sheet(visit).content()
    county.restore(empty)
    converge(phones, county)
    assert county.sheet(visit).content() == before
    assert isinstance(county, County)
    assert phones[0].state.rows == phones[1].state.rows
    assert new_phone(5).state.epoch == ""


def test_ch_6_a_duplicate_is_told_the_verdict_it_got_when_it_was_new():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    county.out_of_scope = {"p1"}
    phone.answer("p1", visit, REG, "fail")
    county.exchange_bytes(phone.request_bytes())
    sync(phone, county)
    assert verdicts(phone) == ["no_scope", "no_scope"]


def test_ch_12_a_carried_chain_has_effect_from_when_its_own_device_sends_it():
    county, (phone, carrier) = team(2)
    visit = enter(carrier, "p2")
    sync(carrier, county)
    enter(phone, "p1")
    phone.answer("p1", visit, REG, "fail")
    county.hand_in(phone.export(), carrier.state.device)
    assert REG not in county.sheet(visit).registers
    phone.answer("p1", visit, "answer/GAS-002/-", "fail")
    sync(phone, county)
    assert county.store.chains[phone.state.chains[0].chain].vouched
    assert [a.outcome for a in visits.answers(county.sheet(visit))] == ["fail", "fail"]
    assert county.store.withheld == {}
    rebuilt_equals_stored(county)


def test_vd_6_a_released_opening_makes_the_visit_on_streams_that_were_locked():
    county, (phone, other) = team(2)
    enter(other, "p2", date="2026-02-09")
    sync(other, county)
    county.out_of_scope = {"p1"}
    visit = enter(phone, "p1")
    opening = phone.state.chains[0].log[-1].uid
    sync(phone, county)
    county.office().write(operations.OperationRelease, bodies.Release(opening, "确认"))
    assert county.store.visit_rows[visit] == county.store.heads["team:team1"] == 2
    rebuilt_equals_stored(county)


def test_sh_4_a_full_sheet_takes_no_more(monkeypatch):
    monkeypatch.setattr(sheets, "OPERATIONS_MAX", 3)
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    for n in range(4):
        phone.answer("p1", visit, f"answer/GAS-{n:03d}/-", "pass")
    sync(phone, county)
    assert verdicts(phone) == ["quarantined"] * 2
    assert len(visits.answers(county.sheet(visit))) == 2


def test_rt_2_a_finding_that_could_not_be_raised_does_not_exist():
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    uid = phone.answer("p1", visit, REG, "fail")
    fresh, finding = phone.desk.randomness, phone.desk.uid()
    phone.desk.randomness = lambda _: unb64(uid)
    phone.edit(edits.edit_finding, "p1", finding, finding_fields(text="x"), visit)
    phone.desk.randomness = fresh
    phone.edit(edits.photo, "p1", photo_body(1, f"finding/{finding}"), visit)
    sync(phone, county)
    assert sorted(w.verdict for w in county.store.withheld.values()) == ["parked", "quarantined"]
    assert county.store.findings == {}
