"""Signed operations of the office over HTTP, and whose they are."""

import hashlib

import pytest

from server.db import db, transaction
from server.models.user import RoleGrant
from server.services import epochs
from sync import bodies
from sync.phone import edits
from tests.server.api import world
from tests.server.api.test_enrolment import enrolled, enter, exchange

FINDING = "findingxxxxxxxxxxxxxxA"


@pytest.fixture
def made(made):
    """The world, in its first epoch."""
    with made.app_context(), transaction():
        epochs.begin(db.session(), "first", world.NOW)
    return made


@pytest.fixture
def visit(made, as_role):
    """A submitted visit with a finding, sent by a phone of team 1 at mine 1."""
    phone, tokens = enrolled(as_role, made)
    phone.open_chain("leader-own")
    visit = enter(phone)
    phone.answer("leader-own", visit, "answer/GAS-001/-", "fail")
    fields = bodies.FindingFields(text="瓦斯超限", severity="general")
    phone.edit(edits.edit_finding, "leader-own", FINDING, fields, visit)
    phone.edit(edits.submit, "leader-own", visit)
    assert phone.receive(exchange(made, phone, tokens["access"]).data)
    return visit


def test_a_supervisor_seals_and_everybody_in_sight_reads_the_same_bytes(as_role, visit):
    supervisor = as_role("supervisor")
    lacking = supervisor.post(f"/visits/{visit}/seal", {})
    assert (lacking.status_code, lacking.json["code"]) == (422, "gaps_without_reason")
    sealed = supervisor.post(f"/visits/{visit}/seal", {"gaps_reason": "手机损坏"})
    assert sealed.status_code == 201
    for reader in ("supervisor", "leader", "auditor"):
        document = as_role(reader).get(f"/visits/{visit}/sealed/1")
        assert hashlib.sha256(document.data).hexdigest() == sealed.json["digest"]
        listed = as_role(reader).get(f"/visits/{visit}/sealed").json["items"]
        assert [row["digest"] for row in listed] == [sealed.json["digest"]]
    assert as_role("mine_user").get(f"/visits/{visit}/sealed/1").status_code in (403, 404)
    assert supervisor.get(f"/visits/{visit}/sealed/2").status_code == 404
    assert as_role("supervisor").post(f"/visits/{visit}/seal", {}).json["code"] == "step_not_from_here"


def test_a_foreign_supervisor_finds_no_sealed_record(made, as_role, visit):
    as_role("supervisor").post(f"/visits/{visit}/seal", {"gaps_reason": "x"})
    with made.app_context(), transaction():
        db.session.add(
            RoleGrant(
                id="foreign", user_id="supervisor-b", role="supervisor", county_id="county-b", from_date=world.TODAY
            )
        )
    with made.app_context(), transaction():
        browser = world.sign_in_as(made.test_client(), "supervisor-b")
    assert browser.get(f"/visits/{visit}/sealed/1").status_code == 404
    assert browser.post(f"/findings/{FINDING}/steps", {"step": "void", "values": {"reason": "x"}}).status_code == 404


NOTIFY = {"step": "notify", "values": {"handed_to": "矿长", "answer": "signed"}}


def test_each_step_of_a_finding_has_its_own_permission(as_role, visit):
    where = f"/findings/{FINDING}/steps"
    assert as_role("auditor").post(where, NOTIFY).status_code == 403
    assert as_role("anonymous").post(where, NOTIFY).status_code == 401
    notified = as_role("leader").post(where, NOTIFY)
    assert (notified.status_code, notified.json["status"]) == (200, "notified")
    five = {
        "responsible": "矿长",
        "measures": "加强通风",
        "funds": "五万元",
        "deadline": "2026-11-24",
        "contingency": "撤人",
    }
    plan = {"step": "file_plan", "values": five}
    assert as_role("leader").post(where, plan).status_code == 403
    planned = as_role("mine_user").post(where, plan)
    assert (planned.status_code, planned.json["status"]) == (200, "rectifying")
    assert [step["step"] for step in planned.json["timeline"]] == ["notify", "file_plan"]
    assert as_role("leader").post(where, NOTIFY).json["code"] == "step_not_from_here"


def test_a_phone_writes_on_its_own_chain_and_not_on_the_office_s(made, as_role, visit):
    answer = as_role("phone").post(f"/findings/{FINDING}/steps", NOTIFY)
    assert (answer.status_code, answer.json["code"]) in ((403, "console_only"), (404, "not_found"))


@pytest.mark.parametrize(
    "body", [{}, {"step": 5}, {"step": "notify", "values": []}, {"step": "notify", "values": {"handed_to": {"x": 1}}}]
)
def test_a_step_that_is_none_is_refused(as_role, visit, body):
    assert as_role("leader").post(f"/findings/{FINDING}/steps", body).status_code == 422


@pytest.fixture
def waiting(made, as_role):
    """An operation of team 1 at a mine that is not theirs."""
    phone, tokens = enrolled(as_role, made)
    phone.open_chain("leader-own")
    body = bodies.VisitIdentity("team-1", "mine-2", "round", "2026-11-23", 3, world.DIGEST)
    phone.edit(edits.enter_visit, "leader-own", body, opening=True)
    assert phone.receive(exchange(made, phone, tokens["access"]).data)
    (row,) = as_role("supervisor").get("/withheld-operations").json["items"]
    return row


def test_withheld_operations_are_listed_and_released_in_their_county(made, as_role, waiting):
    assert (waiting["verdict"], waiting["seq"]) == ("no_scope", 2)
    release = f"/withheld-operations/{waiting['uid']}/release"
    for role in ("member", "leader", "mine_user"):
        assert as_role(role).get("/withheld-operations").status_code == 403
        assert as_role(role).post(release, {"reason": "x"}).status_code == 403
    for role in ("admin", "auditor"):
        assert len(as_role(role).get("/withheld-operations").json["items"]) == 1
        assert as_role(role).post(release, {"reason": "x"}).status_code == 403
    assert as_role("supervisor").get("/withheld-operations?verdict=late").json["items"] == []
    assert as_role("supervisor").post(release, {"reason": "临时抽调"}).status_code == 204
    assert as_role("supervisor").get("/withheld-operations").json["items"] == []
    assert as_role("supervisor").post(release, {"reason": "again"}).status_code == 404


def test_another_county_neither_sees_nor_releases_them(made, as_role, waiting):
    with made.app_context(), transaction():
        db.session.add(
            RoleGrant(
                id="foreign", user_id="supervisor-b", role="supervisor", county_id="county-b", from_date=world.TODAY
            )
        )
    with made.app_context(), transaction():
        browser = world.sign_in_as(made.test_client(), "supervisor-b")
    assert browser.get("/withheld-operations").json["items"] == []
    assert browser.post(f"/withheld-operations/{waiting['uid']}/release", {"reason": "x"}).status_code == 404
