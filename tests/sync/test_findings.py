"""Findings: one register a field, on a sheet of their own in the mine's stream (SPEC, part FN)."""

import msgspec

from sync import bodies, findings, operations, sheets
from sync.phone import edits
from tests.sync.phones import converge, enter, enter_all, finding_fields, photo_body, sync, team


def raised(count=2, **fields):
    county, phones = team(count)
    visit = enter_all(phones)
    finding = phones[0].desk.uid()
    given = finding_fields(**({"item": "GAS-001", "text": "漏风", "severity": "general"} | fields))
    phones[0].edit(edits.edit_finding, "p1", finding, given, visit)
    converge(phones, county)
    return county, phones, visit, finding


def change(phone, person, finding, visit, **fields):
    phone.edit(edits.edit_finding, person, finding, finding_fields(**fields), visit)


def fields(county, finding):
    return findings.fields_of(sheets.decode(county.store.findings[finding].sheet))


def test_fn_1_a_finding_belongs_to_the_mine_of_the_visit_that_raised_it():
    county, (first, second), visit, finding = raised()
    stored = county.store.findings[finding]
    assert (stored.mine, stored.visit) == ("mine1", visit)
    assert first.finding(finding) == second.finding(finding)
    assert county.store.heads["mine:mine1"] == 1
    assert set(first.finding(finding)) == {"item", "text", "severity", "state"}


def test_fn_2_changes_of_different_fields_both_apply():
    county, (first, second), visit, finding = raised()
    change(first, "p1", finding, visit, deadline="2026-02-10")
    change(second, "p2", finding, visit, text="漏风严重")
    converge((first, second), county)
    values, disputed = fields(county, finding)
    assert (values["deadline"], values["text"], disputed) == ("2026-02-10", "漏风严重", ())


def test_fn_2_changes_of_one_field_apart_stand_side_by_side_until_a_third_settles():
    county, (first, second), visit, finding = raised()
    change(first, "p1", finding, visit, text="甲")
    change(second, "p2", finding, visit, text="乙")
    converge((first, second), county)
    assert fields(county, finding)[1] == ("text",)
    assert len(second.finding(finding)["text"].heads) == 2
    change(second, "p2", finding, visit, text="甲乙")
    converge((first, second), county)
    assert fields(county, finding)[1] == ()
    assert first.finding(finding)["text"].heads[0].value == '"甲乙"'


def test_fn_3_a_phone_cannot_say_confirmed():
    _county, (first, _), visit, finding = raised()
    chain = first.state.chains[0]
    body = bodies.FindingEdit(finding, finding_fields(severity="general"))
    first.step(edits.write, "p1", operations.FindingSet, body, visit=visit)
    held = chain.log[-1] if chain.log else first.state.chains[0].log[-1]
    forged = held.data.replace(b'"severity":"general"', b'"severity":"major"')
    assert isinstance(operations.decode(forged), operations.Opaque)


def test_fn_4_the_gravest_severity_counts_while_it_is_disputed():
    county, (first, second), visit, finding = raised()
    change(first, "p1", finding, visit, severity="serious_violation")
    change(second, "p2", finding, visit, severity="suspected_major")
    converge((first, second), county)
    values, disputed = fields(county, finding)
    assert (values["severity"], disputed) == ("suspected_major", ("severity",))


def test_fn_5_a_retraction_against_an_edit_is_visible_and_the_finding_lives():
    county, (first, second), visit, finding = raised()
    first.edit(edits.retract_finding, "p1", finding, "看错", visit)
    change(second, "p2", finding, visit, text="还在")
    converge((first, second), county)
    values, disputed = fields(county, finding)
    assert (values["state"], disputed) == ("live", ("state",))
    assert first.finding(finding)["state"].disputed


def test_fn_5_a_retraction_that_saw_everything_stands_and_an_edit_revives():
    county, (first, second), visit, finding = raised()
    second.edit(edits.retract_finding, "p2", finding, "看错", visit)
    converge((first, second), county)
    assert fields(county, finding)[0]["state"] == {"retracted": "看错"}
    change(first, "p1", finding, visit, text="确有")
    converge((first, second), county)
    assert fields(county, finding) == (fields(county, finding)[0] | {"state": "live"}, ())


def test_fn_6_a_step_of_the_office_and_a_recheck_move_the_status():
    county, (first, second), visit, finding = raised()
    office = county.office()
    step = bodies.FindingStep(finding, "notify", {"to": "矿方"})
    office.write(operations.FindingStep, step)
    converge((first, second), county)
    assert fields(county, finding)[0]["status"] == {"step": "notify", "data": {"to": "矿方"}}
    body = bodies.Recheck(finding, "failed", deadline="2026-03-01")
    second.edit(edits.recheck_finding, "p2", body, visit)
    converge((first, second), county)
    status = fields(county, finding)[0]["status"]
    assert status == {"step": "recheck", "result": "failed", "deadline": "2026-03-01"}
    assert second.state.verdicts == {}


def test_fn_6_a_step_on_a_finding_nobody_raised_waits():
    county, _ = team(0)
    plan = county.office().write(operations.FindingStep, bodies.FindingStep("A" * 22, "notify"))
    assert plan.answers[0].verdicts == [(2, "parked")]
    assert county.store.findings == {}


def test_fn_7_findings_outlive_the_seal_and_are_followed_by_later_visits():
    county, (first, second), visit, finding = raised()
    office = county.office()
    office.write(operations.VisitSeal, bodies.Seal(), visit=visit)
    office.write(operations.FindingStep, bodies.FindingStep(finding, "notify"))
    later = enter(second, "p2", date="2026-02-10")
    sync(second, county)
    second.edit(edits.recheck_finding, "p2", bodies.Recheck(finding, "passed"), later)
    converge((first, second), county)
    assert fields(county, finding)[0]["status"]["result"] == "passed"


def test_ph_2_photos_and_notes_of_a_finding_stand_on_its_sheet():
    county, (first, second), visit, finding = raised()
    photo = photo_body(4, f"finding/{finding}", role="before")
    first.edit(edits.photo, "p1", photo, visit)
    first.edit(edits.note, "p1", bodies.Note("N" * 21 + "A", f"finding/{finding}", "见照片"), visit)
    converge((first, second), county)
    values, _ = fields(county, finding)
    assert [p["sha256"] for p in values["photos"]] == [f"{4:064x}"]
    assert [n["text"] for n in values["notes"]] == ["见照片"]
    assert msgspec.json.decode(second.finding(finding)[f"photo/{photo.photo}"].heads[0].value)["role"] == "before"


def test_ph_2_a_photo_of_a_finding_with_no_such_id_is_quarantined():
    county, (first, _), visit, _ = raised()
    first.edit(edits.photo, "p1", photo_body(5, "finding/short"), visit)
    sync(first, county)
    assert list(first.state.verdicts.values()) == ["quarantined"]


def test_fn_8_findings_that_are_the_same_are_linked_and_both_stay():
    county, (first, second), visit, finding = raised()
    other = second.desk.uid()
    given = finding_fields(item="GAS-001", text="漏风", severity="general")
    second.edit(edits.edit_finding, "p2", other, given, visit)
    converge((first, second), county)
    before = {name: fields(county, name)[0] for name in (finding, other)}
    link = {"finding": finding, "relation": "duplicate"}
    county.office().write(operations.FindingStep, bodies.FindingStep(other, "link", link))
    converge((first, second), county)
    assert set(county.store.findings) == {finding, other}
    assert fields(county, finding)[0] == before[finding]
    assert fields(county, other)[0] == before[other] | {"status": {"step": "link", "data": link}}
    for phone in (first, second):
        assert set(phone.finding(finding)) == {"item", "text", "severity", "state"}
        assert msgspec.json.decode(phone.finding(other)["status"].heads[0].value)["data"] == link


def test_fn_8_a_phone_links_nothing():
    county, (first, second), _visit, finding = raised()
    body = bodies.FindingStep(finding, "link", {"finding": "A" * 22, "relation": "duplicate"})
    first.edit(edits.write, "p1", operations.FindingStep, body)
    converge((first, second), county)
    assert list(first.state.verdicts.values()) == ["no_scope"]
    assert "status" not in fields(county, finding)[0]
