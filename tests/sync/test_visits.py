"""A visit's life: derived id, submission, completeness, seal, addendum, reopening, voiding (SPEC, part VS)."""

import json
import random

import pytest

from sync import bodies, operations, visits
from sync.phone import edits, view
from tests.sync.phones import converge, enter, enter_all, finding_fields, identity, new_phone, photo_body, sync, team

REG = "answer/GAS-001/-"


def state(county, visit):
    return visits.state_of(county.sheet(visit), county.store.photos)


def together(count):
    county, phones = team(count)
    visit = enter_all(phones)
    converge(phones, county)
    return county, phones, visit


def status_heads(county, visit):
    return [head.uid for head in county.sheet(visit).registers["visit/status"].heads()]


def test_vs_1_the_id_is_derived_from_what_makes_the_visit():
    assert visits.visit_id(identity()) == visits.visit_id(identity(edition="other", role="leader"))
    others = [identity(team="t"), identity(mine="m"), identity(kind="full"), identity(date="2026-02-04")]
    ids = {visits.visit_id(one) for one in [identity(), identity(ordinal=2), *others]}
    assert len(ids) == 6
    assert visits.visit_id(identity()) == "e65v7jrx76xilfo74t4763rjzf"


def test_vs_1_phones_that_open_the_same_visit_apart_open_one():
    county, phones, visit = together(3)
    assert list(county.store.visits) == [visit]
    assert len(visits.participants(county.sheet(visit))) == 3
    assert phones[0].state.rows == phones[2].state.rows


@pytest.mark.parametrize("seed", range(6))
def test_vs_2_the_pinned_edition_does_not_depend_on_who_was_heard_first(seed):
    county, phones = team(3)
    for n, phone in enumerate(phones, 1):
        enter(phone, f"p{n}", edition=f"ed{n}", opening=n > 1)
    random.Random(seed).shuffle(phones)  # noqa: S311 - seeded on purpose
    for phone in phones:
        sync(phone, county)
    (found,) = county.store.visits.values()
    assert found.identity.edition in ("ed2", "ed3")
    editions = visits.editions(county.sheet(found.visit))
    assert editions[""] == found.identity.edition
    assert sorted(editions.values()) == sorted(["ed1", "ed2", "ed3", found.identity.edition])
    again, phones = team(3)
    for n, phone in enumerate(phones, 1):
        enter(phone, f"p{n}", edition=f"ed{n}", opening=n > 1)
        sync(phone, again)
    assert again.store.visits[found.visit].identity.edition == found.identity.edition


def test_vs_5_submitted_is_incomplete_until_every_participant_is_done_and_every_photo_here():
    county, (first, second), visit = together(2)
    first.edit(edits.photo, "p1", photo_body(1, REG), visit)
    first.edit(edits.done, "p1", visit)
    first.edit(edits.submit, "p1", visit)
    sync(first, county)
    status, missing = state(county, visit)
    assert status == "submitted_incomplete"
    assert missing == (f"done:p2@{second.state.device}", f"photo:{1:064x}")
    assert county.last_plan.visits[0].missing == missing
    second.edit(edits.done, "p2", visit)
    sync(second, county)
    county.store.photos = {f"{1:064x}"}
    assert state(county, visit) == ("submitted", ())


def test_vs_5_counts_that_promise_more_than_is_here_name_the_phone():
    county, (first, second), visit = together(2)
    body = bodies.Done(answers=2, findings=1, photos=0)
    second.answer("p2", visit, REG, "pass")
    second.step(edits.write, "p2", operations.VisitDone, body, visit=visit)
    first.edit(edits.done, "p1", visit)
    first.edit(edits.submit, "p1", visit)
    converge((first, second), county)
    who = f"p2@{second.state.device}"
    assert state(county, visit)[1] == (f"answers:{who}:1", f"findings:{who}:1")


def test_vs_5_done_counts_what_this_person_did_on_this_phone():
    county, (first, second), visit = together(2)
    finding = first.desk.uid()
    first.answer("p1", visit, REG, "pass")
    first.answer("p1", visit, REG, "fail")
    first.edit(edits.edit_finding, "p1", finding, finding_fields(text="x"), visit)
    first.edit(edits.photo, "p1", photo_body(1, f"finding/{finding}"), visit)
    first.edit(edits.done, "p1", visit)
    converge((first, second), county)
    who = f"p1@{first.state.device}"
    assert visits.work_of(county.sheet(visit), who) == bodies.Done(2, 1, 1)
    assert first.shown(visit, f"done/{who}").heads[0].value == '{"answers":2,"findings":1,"photos":1}'


def test_vs_5_somebody_expected_who_never_came_is_named():
    county, (first,), visit = together(1)
    first.edit(edits.done, "p1", visit)
    body = bodies.Submission(["p9@lost"])
    first.step(edits.write, "p1", operations.VisitSubmit, body, visit=visit)
    sync(first, county)
    assert state(county, visit) == ("submitted_incomplete", ("join:p9@lost",))


def test_vs_5_a_rehomed_chain_is_the_same_participant():
    county, (first, second), visit = together(2)
    backup = first._storage.data
    first.answer("p1", visit, REG, "pass")
    sync(first, county)
    first._storage.data = backup
    restored = new_phone(77, storage=first._storage, keys=first.desk.keys)
    restored.state.chains.pop()
    restored.answer("p1", visit, "answer/GAS-002/-", "pass")
    restored.edit(edits.done, "p1", visit)
    restored.edit(edits.submit, "p1", visit)
    second.edit(edits.done, "p2", visit)
    converge((restored, second), county)
    assert state(county, visit) == ("submitted", ())


def test_vs_6_a_sealed_visit_never_changes_and_late_work_waits():
    county, (first, second), visit = together(2)
    first.answer("p1", visit, REG, "pass")
    sync(first, county)
    office = county.office()
    office.write(operations.VisitSeal, bodies.Seal("超期"), visit=visit)
    sealed = county.sheet(visit).content()
    assert county.store.visits[visit].status == "sealed"
    second.answer("p2", visit, REG, "fail")
    second.edit(edits.edit_finding, "p2", second.desk.uid(), finding_fields(text="x"), visit)
    second.edit(edits.submit, "p2", visit)
    sync(second, county)
    assert set(second.state.verdicts.values()) == {"late"}
    assert county.sheet(visit).content() == sealed
    assert county.store.findings == {}
    assert len(county.store.withheld) == 3


def test_vs_7_a_reopened_visit_takes_work_again():
    county, (first,), visit = together(1)
    office = county.office()
    office.write(operations.VisitSeal, bodies.Seal(), visit=visit)
    heads = status_heads(county, visit)
    office.write(operations.VisitReopen, bodies.Reason("补录"), visit=visit, parents=heads)
    assert county.store.visits[visit].status == "open"
    first.answer("p1", visit, REG, "pass")
    sync(first, county)
    assert [a.outcome for a in visits.answers(county.sheet(visit))] == ["pass"]


def approved():
    """A visit of two phones, submitted by the first before the second is done, and approved."""
    county, phones, visit = together(2)
    first, _ = phones
    first.edit(edits.photo, "p1", photo_body(1, REG), visit)
    first.edit(edits.done, "p1", visit)
    first.edit(edits.submit, "p1", visit)
    sync(first, county)
    office = county.office()
    reason = bodies.Approval("手机损坏")
    office.write(operations.VisitApprove, reason, visit=visit, parents=status_heads(county, visit))
    return county, phones, visit, office


def test_vs_10_an_approved_visit_still_takes_work_and_names_what_is_missing():
    county, (_, second), visit, _ = approved()
    who = f"p2@{second.state.device}"
    assert state(county, visit) == ("approved", (f"done:{who}", f"photo:{1:064x}"))
    second.answer("p2", visit, REG, "fail")
    second.edit(edits.done, "p2", visit)
    sync(second, county)
    assert set(second.state.verdicts.values()) == {"after_submit"}
    assert state(county, visit) == ("approved", (f"photo:{1:064x}",))


def test_vs_10_whoever_was_expected_and_never_joined_is_missing_after_the_approval_too():
    county, (first, _), visit = together(2)
    body = bodies.Submission(["p9@gone"])
    first.step(edits.write, "p1", operations.VisitSubmit, body, visit=visit)
    sync(first, county)
    county.office().write(operations.VisitApprove, bodies.Approval(), visit=visit, parents=status_heads(county, visit))
    assert "join:p9@gone" in state(county, visit)[1]


def test_vs_10_what_was_approved_can_be_sent_back_and_the_reason_reaches_the_phone():
    county, (first, _), visit, office = approved()
    office.write(operations.VisitReopen, bodies.Reason("缺少照片"), visit=visit, parents=status_heads(county, visit))
    sync(first, county)
    assert state(county, visit)[0] == "open"
    (head,) = view.shown(first.desk, f"visit:{visit}", "visit/status").heads
    assert json.loads(head.value) == {"status": "open", "reason": "缺少照片"}


def test_vs_10_an_approval_opens_no_seal():
    county, _, visit, office = approved()
    office.write(operations.VisitSeal, bodies.Seal(), visit=visit, parents=status_heads(county, visit))
    office.write(operations.VisitApprove, bodies.Approval(), visit=visit, parents=status_heads(county, visit))
    assert state(county, visit) == ("sealed", ())
    assert [row.verdict for row in county.store.withheld.values()] == ["late"]


def test_vs_10_the_time_of_the_submission_stays_when_the_office_approves_and_seals():
    county, (first,), visit = together(1)
    first.edit(edits.submit, "p1", visit)
    sync(first, county)
    submitted = visits.times(county.sheet(visit))[1]
    office = county.office()
    for kind, body in ((operations.VisitApprove, bodies.Approval()), (operations.VisitSeal, bodies.Seal())):
        office.write(kind, body, visit=visit, parents=status_heads(county, visit))
        assert visits.times(county.sheet(visit))[1] == submitted
    office.write(operations.VisitReopen, bodies.Reason("补录"), visit=visit, parents=status_heads(county, visit))
    assert visits.times(county.sheet(visit))[1] is None


def test_vs_4_the_gravest_status_stands_while_two_differ():
    county, (first,), visit = together(1)
    first.edit(edits.submit, "p1", visit)
    sync(first, county)
    county.office().write(operations.VisitVoid, bodies.Reason("误建"), visit=visit)
    assert len(status_heads(county, visit)) == 2
    assert state(county, visit)[0] == "void"


def test_vs_8_a_void_visit_keeps_its_record_and_takes_no_more():
    county, (first,), visit = together(1)
    first.answer("p1", visit, REG, "pass")
    sync(first, county)
    county.office().write(operations.VisitVoid, bodies.Reason("误建"), visit=visit)
    first.answer("p1", visit, REG, "fail")
    sync(first, county)
    assert list(first.state.verdicts.values()) == ["late"]
    assert [a.outcome for a in visits.answers(county.sheet(visit))] == ["pass"]


def test_vs_9_the_team_s_stream_moves_when_a_visit_appears_or_changes_status():
    county, (first,), visit = together(1)
    assert county.store.visit_rows == {visit: 1}
    first.answer("p1", visit, REG, "pass")
    sync(first, county)
    assert county.store.heads["team:team1"] == 1
    first.edit(edits.submit, "p1", visit)
    sync(first, county)
    assert county.store.visit_rows == {visit: 2}


def test_rt_1_everything_a_phone_enters_is_shown_alike_on_the_other_phone():
    county, (first, second), visit = together(2)
    first.edit(edits.note, "p1", bodies.Note("N" * 21 + "A", "visit", "交接"), visit)
    first.edit(edits.claim, "p1", "p2", ["GAS-001", "GAS-002"], visit)
    location = bodies.Location("manual", place="3201", reason="无信号")
    first.edit(edits.mark_place, "p1", bodies.PlaceMark(location), visit)
    first.edit(edits.sign, "p1", bodies.Signing("member", "甲"), visit)
    first.edit(edits.sign, "p1", bodies.Signing("companion", "矿方", refused=True, reason="不同意"), visit)
    photo = photo_body(3, REG)
    first.edit(edits.photo, "p1", photo, visit)
    first.edit(edits.photo, "p1", bodies.PhotoRetraction(photo.photo, REG, "模糊"), visit)
    own = {k: first.shown(visit, k) for k in first.state.rows[f"visit:{visit}"]}
    converge((first, second), county)
    assert first.state.verdicts == {}
    keys = set(second.state.rows[f"visit:{visit}"])
    assert {"note/" + "N" * 21 + "A", "claim/p2", "sign/member/p1", "sign/companion/-"} <= keys
    assert {k.split("/")[0] for k in keys} == {"join", "note", "claim", "mark", "sign", "photo"}
    for key in keys:
        assert first.shown(visit, key) == second.shown(visit, key)
    assert all(first.shown(visit, k) == shown for k, shown in own.items())
    assert visits.photos(county.sheet(visit)) == []


def test_vs_9_the_team_s_stream_moves_when_the_pinned_edition_does():
    county, phones = team(2)
    for n, phone in enumerate(phones, 1):
        visit = enter(phone, f"p{n}", edition=f"ed{n}")
    later, earlier = sorted(phones, key=lambda phone: phone.state.chains[0].log[-1].uid, reverse=True)
    sync(later, county)
    first = county.store.visits[visit].identity.edition
    sync(earlier, county)
    assert county.store.visits[visit].identity.edition != first
    assert county.store.visit_rows == {visit: 2}
    sync(later, county)
    assert county.store.visit_rows == {visit: 2}
