import hashlib
import json

import pytest
import zstandard
from sqlalchemy import select

from patrol.errors import Conflict, Invalid, NotAllowed, NotFound
from patrol.permissions import Actor, Role
from server import keys
from server.db import transaction
from server.durability.proof import prove_log
from server.models.audit import AuditEntry
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.segment import Chain, Segment, WithheldOperation
from server.models.user import RoleGrant
from server.models.visit import SealedVisit, Visit
from server.queries import records, visits
from server.queries.finding_sheets import sheet_of
from server.queries.log import segment_known
from server.receipt_ids import new_receipt_id
from server.services import epochs, releasing, sealing, settling
from server.services.exchange import Moment, Now
from server.services.finding_work import take_step
from server.services.office import Desk
from sync import bodies
from sync import operations as ops
from sync.phone import edits, view
from sync.segments import operations_of
from tests.counties import COUNTY, LEADER, MEMBER, NOON, SUPERVISOR, leader, supervisor
from tests.patrols import enter, open_office

FINDING = "findingxxxxxxxxxxxxxxA"
FIXED_ON_SPOT = {"fixed_by": "李四", "measures": "已更换"}


@pytest.fixture
def office(db, tmp_path):
    office = open_office(keys.load_or_create(tmp_path / "server.pem"))
    with transaction():
        db.session.add(
            RoleGrant(id="g", user_id=SUPERVISOR, role="supervisor", county_id=COUNTY, from_date=NOON.date())
        )
    return office


def at_desk(office, act, *given, actor=None, session="session one"):
    """Do something at a console, in a transaction of its own."""
    now = office.tick()
    with transaction() as tx:
        moment = Moment(Now(now, new_receipt_id(office.key, now)), epochs.current())
        return act(Desk(actor or supervisor(), session, moment, office.key, tx), *given)


def submitted(office, *, complete=True):
    """A visit of two people, submitted; `complete` with signatures and both done."""
    first, second = office.phone(LEADER), office.phone(MEMBER)
    visit = enter(first, LEADER)
    enter(second, MEMBER, opening=False)
    first.answer(LEADER, visit, "answer/GAS-001/-", "pass")
    second.answer(MEMBER, visit, "answer/GAS-001/-", "fail")
    second.edit(edits.edit_finding, MEMBER, FINDING, bodies.FindingFields(text="瓦斯超限", severity="general"), visit)
    if complete:
        for phone, person in ((first, LEADER), (second, MEMBER)):
            phone.edit(edits.sign, person, bodies.Signing("member", person, person), visit)
            phone.edit(edits.done, person, visit)
        first.edit(edits.sign, LEADER, bodies.Signing("companion", "矿方", None, refused=True, reason="不同意"), visit)
    office.sync(second)
    office.sync(first)
    first.edit(edits.submit, LEADER, visit)
    office.sync(first)
    return visit, first, second


def status(db, visit):
    return db.session.scalars(select(Visit.status).where(Visit.id == visit)).one()


def faults(db, office):
    return prove_log(db.session.connection(), office.key).faults


def office_operations(db):
    """Kinds of what the office chains hold, chain by chain."""
    found = {}
    for chain in db.session.scalars(select(Chain).where(Chain.device_id.is_(None))):
        before, kinds = "", []
        for row in db.session.scalars(select(Segment).where(Segment.chain_id == chain.id).order_by(Segment.first_seq)):
            kinds += [ops.decode(data).kind for data in operations_of(segment_known(row, before))]
            before = row.last_hash
        found[chain.id] = kinds
    return found


def test_op_office_a_seal_is_a_signed_operation_on_the_session_s_own_chain(db, office):
    visit, _, _ = submitted(office)
    assert status(db, visit) == "submitted"
    at_desk(office, sealing.seal, visit, None)
    assert status(db, visit) == "sealed"
    assert list(office_operations(db).values()) == [["chain.open", "visit.seal"]]
    assert faults(db, office) == []
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "visit.seal")).one()
    assert (entry.actor_id, entry.subject_id) == (SUPERVISOR, visit)


def test_inv_12_the_sealed_document_is_what_the_signed_operation_names_and_never_changes(db, office):
    visit, first, _ = submitted(office)
    at_desk(office, sealing.seal, visit, None)
    row = db.session.scalars(select(SealedVisit)).one()
    digest, document = row.digest, row.document
    assert hashlib.sha256(zstandard.decompress(document)).hexdigest() == digest
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.verb == "visit.seal")).one()
    assert entry.after["body"]["document"] == digest
    first.answer(LEADER, visit, "answer/GAS-002/-", "fail")
    office.sync(first)
    db.session.expire_all()
    again = db.session.scalars(select(SealedVisit)).one()
    assert (again.digest, again.document) == (digest, document)
    assert db.session.scalars(select(WithheldOperation.verdict)).all() == ["late"]
    assert status(db, visit) == "sealed"


def test_the_sealed_document_holds_every_word_of_everybody(db, office):
    visit, _, _ = submitted(office)
    at_desk(office, sealing.seal, visit, None)
    content = json.loads(zstandard.decompress(db.session.scalars(select(SealedVisit.document)).one()))
    answers = content["registers"]["answer/GAS-001/-"]
    assert {(entry["person"], entry["value"]["outcome"]) for entry in answers} == {(LEADER, "pass"), (MEMBER, "fail")}
    assert all(entry["stands"] for entry in answers)
    assert content["findings"][FINDING]["text"][0]["value"] == "瓦斯超限"
    assert content["registers"]["sign/companion/-"][0]["value"]["refused"] is True
    assert content["visit"]["id"] == visit


def test_a_visit_that_lacks_something_is_sealed_only_with_a_reason(db, office):
    visit, _, _ = submitted(office, complete=False)
    with pytest.raises(Invalid) as refused:
        at_desk(office, sealing.seal, visit, None)
    assert refused.value.code == "gaps_without_reason"
    assert office_operations(db) == {}
    at_desk(office, sealing.seal, visit, "五号手机损坏")
    assert db.session.scalars(select(SealedVisit.reason)).one() == "五号手机损坏"
    missing = json.loads(zstandard.decompress(db.session.scalars(select(SealedVisit.document)).one()))["missing"]
    assert any(name.startswith("done:") for name in missing)


def test_only_a_submitted_visit_is_sealed_and_only_once(db, office):
    phone = office.phone(LEADER)
    visit = enter(phone, LEADER)
    office.sync(phone)
    with pytest.raises(Conflict):
        at_desk(office, sealing.seal, visit, "x")
    submitted(office)
    at_desk(office, sealing.seal, visit, "x")
    with pytest.raises(Conflict):
        at_desk(office, sealing.seal, visit, "x")
    assert len(db.session.scalars(select(SealedVisit.number)).all()) == 1


def test_who_may_not_seal_seals_nothing(db, office):
    visit, _, _ = submitted(office)
    with pytest.raises(NotAllowed):
        at_desk(office, sealing.seal, visit, None, actor=leader())
    with pytest.raises(NotFound):
        at_desk(office, sealing.seal, visit, None, actor=Actor("x", Role.SUPERVISOR, "another county"))
    with pytest.raises(NotFound):
        at_desk(office, sealing.seal, "z" * 26, None)
    assert office_operations(db) == {}


def test_sent_back_the_team_goes_on_and_submits_again(db, office):
    visit, first, _ = submitted(office)
    at_desk(office, sealing.send_back, visit, "缺照片")
    assert status(db, visit) == "open"
    office.sync(first)
    first.answer(LEADER, visit, "answer/GAS-003/-", "pass")
    first.edit(edits.done, LEADER, visit)
    first.edit(edits.submit, LEADER, visit)
    office.sync(first)
    assert status(db, visit) == "submitted"
    at_desk(office, sealing.seal, visit, None)
    assert list(office_operations(db).values()) == [["chain.open", "visit.reopen", "visit.seal"]]
    assert faults(db, office) == []


def test_voided_a_visit_stays_readable_and_takes_no_work(db, office):
    visit, first, _ = submitted(office)
    at_desk(office, sealing.void, visit, "重复录入")
    first.answer(LEADER, visit, "answer/GAS-003/-", "pass")
    office.sync(first)
    assert status(db, visit) == "void"
    assert db.session.scalars(select(WithheldOperation.verdict)).all() == ["late"]


def test_each_session_and_each_epoch_writes_on_a_chain_of_its_own(db, office):
    visit, _, _ = submitted(office)
    at_desk(office, sealing.send_back, visit, "a", session="session one")
    at_desk(office, take_step, FINDING, "notify", {"handed_to": "矿长", "answer": "signed"}, session="session two")
    with transaction():
        epochs.begin(db.session(), "restored", NOON)
    at_desk(office, sealing.void, visit, "b", session="session one")
    assert sorted(office_operations(db).values()) == [
        ["chain.open", "finding.step"],
        ["chain.open", "visit.reopen"],
        ["chain.open", "visit.void"],
    ]
    assert faults(db, office) == []


def finding(db):
    db.session.expire_all()
    return db.session.get_one(Finding, FINDING)


def test_a_finding_goes_through_its_steps(db, office):
    submitted(office)
    assert finding(db).status == "recorded"
    at_desk(office, take_step, FINDING, "notify", {"handed_to": "矿长", "answer": "signed"})
    assert finding(db).status == "notified"
    at_desk(office, take_step, FINDING, "void", {"reason": "误报"})
    assert finding(db).status == "void"
    assert finding(db).closed_at is not None
    assert faults(db, office) == []


def test_a_step_that_does_not_fit_is_refused_and_not_stored(db, office):
    submitted(office)
    before = len(db.session.scalars(select(Segment.id)).all())
    for step, values in (("sign_off", {}), ("notify", {}), ("no_such_step", {}), ("notify", {"handed_to": ["x"]})):
        with pytest.raises((Conflict, Invalid)):
            at_desk(office, take_step, FINDING, step, values)
    with pytest.raises(NotAllowed):
        at_desk(office, take_step, FINDING, "void", {"reason": "x"}, actor=leader())
    assert len(db.session.scalars(select(Segment.id)).all()) == before
    assert finding(db).status == "recorded"


def test_vd_6_a_withheld_operation_gets_its_effect_when_a_person_releases_it(db, office):
    phone = office.phone(MEMBER)
    visit = enter(phone, MEMBER, mine="another-mine")
    other = enter(phone, MEMBER, team="another-team")
    office.sync(phone)
    waiting = {row.visit_id: row.uid for row in db.session.scalars(select(WithheldOperation))}
    for unknown in (visit, other):
        with pytest.raises(Conflict) as refused:
            at_desk(office, releasing.release, waiting[unknown], "确认")
        assert refused.value.code == "release_names_unknown"
    assert office_operations(db) == {}


def test_vd_6_released_it_counts(db, office):
    with transaction():
        db.session.add(Mine(id="second", county_id=COUNTY, code="M2", name="西山煤矿", township="城关镇"))
    phone = office.phone(MEMBER)
    visit = enter(phone, MEMBER, mine="second")
    phone.answer(MEMBER, visit, "answer/GAS-001/-", "fail")
    office.sync(phone)
    waiting = {ops.decode(row.data).kind: row.uid for row in db.session.scalars(select(WithheldOperation))}
    with pytest.raises(NotAllowed):
        at_desk(office, releasing.release, waiting["visit.open"], "确认", actor=Actor("a", Role.ADMIN, COUNTY))
    at_desk(office, releasing.release, waiting["visit.open"], "临时抽调")
    at_desk(office, releasing.release, waiting["answer.set"], "临时抽调")
    assert status(db, visit) == "open"
    assert db.session.scalars(select(Visit.failed)).one() == 1
    assert db.session.scalars(select(WithheldOperation)).all() == []
    with pytest.raises(NotFound):
        at_desk(office, releasing.release, waiting["answer.set"], "again")
    assert faults(db, office) == []


def test_vs_10_an_approval_is_signed_and_asks_for_a_reason_where_something_lacks(db, office):
    visit, first, _ = submitted(office, complete=False)
    with pytest.raises(Invalid) as lacking:
        at_desk(office, sealing.approve, visit, None)
    assert lacking.value.code == "gaps_without_reason"
    at_desk(office, sealing.approve, visit, "一部手机损坏")
    assert status(db, visit) == "approved"
    first.answer(LEADER, visit, "answer/GAS-002/-", "pass")
    office.sync(first)
    assert list(first.state.verdicts.values())[-1] == "after_submit"
    assert status(db, visit) == "approved"
    assert faults(db, office) == []
    with pytest.raises(Conflict) as again:
        at_desk(office, sealing.approve, visit, "again")
    assert again.value.code == "step_not_from_here"


def test_a_visit_that_was_approved_is_sent_back_or_sealed(db, office):
    visit, first, _ = submitted(office)
    at_desk(office, sealing.approve, visit, None)
    submitted_at = db.session.scalars(select(Visit.submitted_at)).one()
    at_desk(office, sealing.send_back, visit, "补照片")
    assert status(db, visit) == "open"
    first.edit(edits.submit, LEADER, visit)
    office.sync(first)
    at_desk(office, sealing.approve, visit, None)
    at_desk(office, sealing.seal, visit, None)
    assert status(db, visit) == "sealed"
    assert db.session.scalars(select(Visit.submitted_at)).one() > submitted_at


def answer_of(db, visit):
    record = records.record_of(visits.get_record(supervisor(), visit))
    return next(one for one in record["answers"] if one["item"] == "GAS-001")


def test_rg_5_the_leader_settles_a_conflict_at_a_desk_naming_both_sides(db, office):
    visit, first, second = submitted(office)
    said = answer_of(db, visit)
    assert (said["disputed"], said["outcome"], len(said["said"])) == (True, "fail", 2)
    passed = next(one for one in said["said"] if one["outcome"] == "pass")
    at_desk(office, settling.settle_answer, visit, ("GAS-001", "-"), passed["operation"], "已复核", actor=leader())
    settled = answer_of(db, visit)
    assert (settled["disputed"], settled["outcome"]) == (False, "pass")
    (stands,) = settled["said"]
    assert (stands["person_id"], stands["note"]) == (LEADER, "已复核")
    for phone in (first, second):
        office.sync(phone)
        assert not view.shown(phone.desk, f"visit:{visit}", "answer/GAS-001/-").disputed
    assert faults(db, office) == []
    assert db.session.scalars(select(Visit.conflicts)).one() == 0


def test_only_the_team_s_leader_settles_and_only_what_is_disputed(db, office):
    visit, _, _ = submitted(office)
    chosen = answer_of(db, visit)["said"][0]["operation"]
    pair = ("GAS-001", "-")
    with pytest.raises(NotAllowed):
        at_desk(office, settling.settle_answer, visit, pair, chosen, None)
    with pytest.raises(Conflict) as other:
        at_desk(office, settling.settle_answer, visit, pair, "somebody-s-old-uid", None, actor=leader())
    assert other.value.code == "changed_meanwhile"
    at_desk(office, settling.settle_answer, visit, pair, chosen, None, actor=leader())
    with pytest.raises(Conflict) as nothing:
        at_desk(office, settling.settle_answer, visit, pair, chosen, None, actor=leader())
    assert nothing.value.code == "nothing_to_settle"


def test_fn_2_the_leader_settles_what_two_phones_wrote_of_a_finding(db, office):
    visit, first, second = submitted(office)
    first.edit(edits.edit_finding, LEADER, FINDING, bodies.FindingFields(text="瓦斯传感器失效"), visit)
    second.edit(edits.edit_finding, MEMBER, FINDING, bodies.FindingFields(text="瓦斯传感器断线"), visit)
    office.sync(first)
    office.sync(second)
    heads = sheet_of(db.session.scalars(select(Finding)).one()).registers["text"].heads()
    assert db.session.scalars(select(Finding.conflicts)).one() == 1
    chosen = next(head for head in heads if json.loads(head.value) == "瓦斯传感器失效")
    at_desk(office, settling.settle_field, FINDING, "text", chosen.uid, actor=leader())
    db.session.expire_all()
    assert db.session.scalars(select(Finding.text)).one() == "瓦斯传感器失效"
    assert db.session.scalars(select(Finding.conflicts)).one() == 0


def test_fn_6_a_phone_s_failed_re_check_counts_with_its_remark_and_the_usual_deadline(db, office):
    visit, first, _ = submitted(office)
    at_desk(office, take_step, FINDING, "notify", {"handed_to": "矿长", "answer": "signed"})
    at_desk(office, take_step, FINDING, "fix_on_spot", FIXED_ON_SPOT, actor=leader(), session="leader")
    office.sync(first)
    assert db.session.scalars(select(Finding.status)).one() == "awaiting_recheck"
    first.edit(edits.recheck_finding, LEADER, bodies.Recheck(FINDING, "failed", note="仍超限"), visit)
    office.sync(first)
    db.session.expire_all()
    row = db.session.scalars(select(Finding)).one()
    assert (row.status, row.due_on.isoformat()) == ("rectifying", "2026-11-30")
