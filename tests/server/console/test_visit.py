"""The page of a visit: everybody's words with both clocks, what is disputed and who settles it, review, addenda."""

import re

import pytest
from sqlalchemy import select

from server.db import db, transaction
from server.models.device import Device
from server.models.visit import Visit
from sync import bodies
from sync.phone import edits, view
from tests.server.api import world
from tests.server.api.test_enrolment import enrolled
from tests.server.console.pages import see, statements, words
from tests.server.console.rounds import Round, begin, follow, make_round, post


@pytest.fixture
def made(made):
    """The world, in its first epoch."""
    begin(made)
    return made


@pytest.fixture
def round_made(made, as_role):
    """A submitted visit with an answer that fails and a finding."""
    return make_round(made, as_role)


@pytest.fixture
def disputed(made, as_role):
    """A visit in which two phones say different things of one pair, neither having seen the other's."""
    first = make_round(made, as_role, submit=False)
    phone, tokens = enrolled(as_role, made, seed=2)
    phone.open_chain("member-own")
    body = bodies.VisitIdentity("team-1", "mine-1", "round", "2026-11-23", 2, world.DIGEST)
    phone.edit(edits.enter_visit, "member-own", body, opening=False)
    phone.answer("member-own", first.visit, "answer/GAS-001/-", "pass")
    second = Round(made, phone, tokens["access"], first.visit)
    second.sync()
    first.sync()
    return first, second


def address(made_round, *rest):
    return "/".join((f"/visits/{made_round.visit}", *rest))


def status(app, visit):
    with app.app_context():
        return db.session.scalars(select(Visit.status).where(Visit.id == visit)).one()


def offered(page):
    return set(re.findall(r'<details class="step" id="step-([a-z_]+)"', page))


def test_the_page_tells_who_said_what_when_and_on_which_phone(made, as_role, round_made):
    page = words(see(as_role("supervisor").client, address(round_made)))
    assert "瓦斯检查制度" in page
    assert "不符合" in page
    assert "收到 2026-11-23 12:00" in page
    assert "提交" in page[page.index("经过") :]
    assert "回执" in page


def test_a_phone_s_clock_that_is_wrong_is_shown_corrected(made, as_role, round_made):
    with made.app_context(), transaction():
        phone = db.session.get_one(Device, round_made.phone.state.device)
        phone.clock_error_ms = 47 * 60_000
    page = words(see(as_role("supervisor").client, address(round_made)))
    assert "手机快 47 分钟，校正后" in page


def test_both_sides_of_a_conflict_are_shown_and_the_leader_settles_it_for_every_phone(made, as_role, disputed):
    first, second = disputed
    supervisor, leader = as_role("supervisor"), as_role("leader")
    seen = see(supervisor.client, address(first))
    assert "说法不一" in words(seen)
    assert "以此为准" not in words(seen)
    page = see(leader.client, address(first))
    choices = re.findall(r'name="operation" value="([^"]+)"', page)
    assert len(choices) == 2
    sides = page.split('class="side-of"')[1:]
    passed = next(side for side in sides if "is-covered" in side)
    chosen = re.search(r'name="operation" value="([^"]+)"', passed).group(1)
    form = {"item": "GAS-001", "place": "-", "operation": chosen, "note": "已到现场核对"}
    assert post(supervisor, address(first, "settle"), form).status_code == 403
    settled = words(follow(leader, post(leader, address(first, "settle"), form)))
    assert "说法不一" not in settled
    assert "已到现场核对" in settled
    assert "改过" in settled
    for phone in (first, second):
        phone.sync()
        shown = view.shown(phone.phone.desk, f"visit:{first.visit}", "answer/GAS-001/-")
        assert (shown.disputed, shown.counted) == (False, "pass")
    stale = post(leader, address(first, "settle"), form)
    assert (stale.status_code, "没有需要裁定的分歧" in stale.text) == (409, True)


def test_a_visit_is_sent_back_with_a_reason_that_reaches_the_phone(made, as_role, round_made):
    supervisor = as_role("supervisor")
    assert post(supervisor, address(round_made, "send-back"), {"reason": " "}).status_code == 422
    page = follow(supervisor, post(supervisor, address(round_made, "send-back"), {"reason": "请补拍工作面照片"}))
    assert "已退回：请补拍工作面照片" in words(page)
    round_made.sync()
    (head,) = view.shown(round_made.phone.desk, f"visit:{round_made.visit}", "visit/status").heads
    assert head.value == '{"status":"open","reason":"请补拍工作面照片"}'
    round_made.phone.edit(edits.submit, "leader-own", round_made.visit)
    round_made.sync()
    assert "已退回" not in words(see(supervisor.client, address(round_made)))


def test_a_visit_with_gaps_is_approved_only_with_a_reason_and_names_them(made, as_role, round_made):
    supervisor = as_role("supervisor")
    page = see(supervisor.client, address(round_made))
    assert offered(page) == {"approve", "send_back", "seal", "void"}
    assert "还差 2 名组员签字" in words(page)
    refused = post(supervisor, address(round_made, "approve"), {})
    assert (refused.status_code, "必须写明理由" in refused.text) == (422, True)
    follow(supervisor, post(supervisor, address(round_made, "approve"), {"gaps_reason": "手机损坏"}))
    assert status(made, round_made.visit) == "approved"
    assert offered(see(supervisor.client, address(round_made))) == {"send_back", "seal", "void"}


def test_what_comes_after_the_seal_waits_as_an_addendum_and_is_released_by_a_person(made, as_role, round_made):
    supervisor = as_role("supervisor")
    follow(supervisor, post(supervisor, address(round_made, "seal"), {"gaps_reason": "超期"}))
    round_made.phone.answer("leader-own", round_made.visit, "answer/GAS-002/place-own", "fail")
    round_made.sync()
    page = see(supervisor.client, address(round_made))
    assert "封存后到达" in words(page)
    assert "GAS-002/place-own" in words(page)
    (uid,) = re.findall(r'name="operations" value="([^"]+)"', page)
    assert "operations" not in see(as_role("auditor").client, address(round_made))
    before = supervisor.get(f"/visits/{round_made.visit}/sealed/1").data
    form = {"operations": uid, "reason": "手机晚到，已核实"}
    assert post(as_role("leader"), address(round_made, "addenda"), form).status_code == 403
    assert post(supervisor, address(round_made, "addenda"), form | {"operations": "unknown"}).status_code == 404
    added = words(follow(supervisor, post(supervisor, address(round_made, "addenda"), form)))
    assert "已补入" not in added[: added.index("检查记录")]
    assert "第 2 份" in added
    assert "封存后到达" not in added
    assert status(made, round_made.visit) == "sealed"
    assert supervisor.get(f"/visits/{round_made.visit}/sealed/1").data == before
    assert b"GAS-002" in supervisor.get(f"/visits/{round_made.visit}/sealed/2").data
    with made.app_context():
        assert db.session.scalars(select(Visit.submitted_at).where(Visit.id == round_made.visit)).one() is not None
        assert db.session.scalars(select(Visit.addenda).where(Visit.id == round_made.visit)).one() == 0


def test_what_is_missing_is_named_with_the_phone(made, as_role, disputed):
    first, _ = disputed
    body = bodies.Photo(
        photo="photoxxxxxxxxxxxxxxxxA", sha256="a" * 64, size=9, mime="image/jpeg", width=1, height=1,
        of="answer/GAS-001/-", source="stream",
    )  # fmt: skip
    first.phone.edit(edits.photo, "leader-own", body, first.visit)
    first.phone.edit(edits.done, "leader-own", first.visit)
    first.phone.edit(edits.submit, "leader-own", first.visit)
    first.sync()
    page = words(see(as_role("supervisor").client, address(first)))
    lacks = page[page.index("还缺什么") : page.index("谁查了什么")]
    assert "还没有说查完" in lacks
    assert "1 张照片还在手机上" in lacks
    assert "照片还在手机上" in page


def test_a_signature_and_a_refusal_are_shown(made, as_role, round_made):
    refusal = bodies.Signing("companion", "矿方 王某", None, refused=True, reason="不同意第一条")
    round_made.phone.edit(edits.sign, "leader-own", bodies.Signing("member", "组长", "leader-own"), round_made.visit)
    round_made.phone.edit(edits.sign, "leader-own", refusal, round_made.visit)
    round_made.sync()
    page = words(see(as_role("supervisor").client, address(round_made)))
    assert "拒绝签字：不同意第一条" in page
    assert "矿方陪检人" in page


def test_the_mine_reads_the_record_and_is_told_nothing_of_the_office(made, as_role, round_made):
    mine = as_role("mine_user")
    with made.app_context(), transaction():
        db.session.get_one(Visit, round_made.visit).status = "submitted"
    page = words(see(mine.client, address(round_made)))
    assert "瓦斯检查制度" in page
    assert "现在没有需要您办理的事" not in page
    assert "还缺什么" not in page
    assert mine.client.get("/visits/visit-sibling", headers={"Accept": "text/html"}).status_code == 404


@pytest.mark.parametrize("role", ["member", "leader", "mine_user", "admin", "auditor"])
@pytest.mark.parametrize("act", ["approve", "send-back", "seal", "void"])
def test_only_a_supervisor_reviews(made, as_role, round_made, role, act):
    before = status(made, round_made.visit)
    form = {"reason": "x"} if act in ("send-back", "void") else {"gaps_reason": "x"}
    assert post(as_role(role), address(round_made, act), form).status_code == 403
    assert status(made, round_made.visit) == before


def test_a_foreign_visit_is_not_there(made, as_role):
    supervisor = as_role("supervisor")
    assert supervisor.client.get("/visits/visit-foreign").status_code == 404
    assert post(supervisor, "/visits/visit-foreign/void", {"reason": "x"}).status_code == 404


def test_the_record_is_narrowed_by_its_address(made, as_role, round_made):
    client = as_role("supervisor").client
    assert "瓦斯检查制度" in words(see(client, address(round_made) + "?show=fail"))
    assert "没有这样的答项" in words(see(client, address(round_made) + "?show=na"))
    assert client.get(address(round_made) + "?show=else", headers={"Accept": "text/html"}).status_code in (404, 422)


def test_many_answers_cost_no_more_statements(made, as_role, round_made):
    client = as_role("supervisor").client
    few = statements(made, client, address(round_made))
    for number in range(30):
        round_made.phone.answer("leader-own", round_made.visit, f"answer/GAS-{number:03d}/place-own", "pass")
    round_made.sync()
    assert statements(made, client, address(round_made)) <= few + 1


@pytest.mark.parametrize("act", ["approve", "send-back", "seal", "void", "settle"])
def test_a_form_from_elsewhere_changes_nothing(made, as_role, round_made, act):
    supervisor = as_role("supervisor")
    before = status(made, round_made.visit)
    bare = supervisor.client.post(address(round_made, act), data={"reason": "x", "gaps_reason": "x"})
    token = {"csrf_token": supervisor.headers["X-CSRF-Token"], "reason": "x"}
    there = supervisor.client.post(
        address(round_made, act), data=token, headers={"Origin": "https://elsewhere.example"}
    )
    assert (bare.status_code, there.status_code) == (403, 403)
    assert status(made, round_made.visit) == before


def test_the_list_of_visits_says_that_something_is_missing(made, as_role, round_made):
    page = words(see(as_role("supervisor").client, "/visits?status=submitted_incomplete"))
    assert page.count("已提交，未齐") == 2, "in the filter and in the row"
    assert "unknown" not in page
    assert "submitted_incomplete" not in page
