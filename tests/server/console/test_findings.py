"""The pages of findings: the list, the closed loop step by step and role by role, what is refused and why."""

import html
import io
import re
from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import delete, select

from patrol.finding_steps import TABLE
from patrol.permissions import Role, scopes
from server.db import db, transaction
from server.models.finding import Finding
from server.models.photo import Photo
from server.services import second_factor
from sync import sheets
from sync.phone import view
from tests.server.api import world
from tests.server.api.world import NOW
from tests.server.console.pages import links, see, statements, words
from tests.server.console.rounds import FINDING, TEXT, another, begin, follow, make_round, page_of, post
from tests.server.photos.scene import photo

HERE = f"/findings/{FINDING}/steps"
TOLD = {"step": "notify", "handed_to": "矿长", "answer": "signed"}
PLAN = {
    "step": "file_plan", "responsible": "李矿长", "measures": "更换传感器", "funds": "两万元",
    "deadline": "2026-11-28", "contingency": "撤人断电",
}  # fmt: skip
SEED = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
FIXED = {"step": "ask_recheck", "fixed_by": "王五", "measures": "已更换"}


@pytest.fixture
def made(made):
    """The world, in its first epoch."""
    begin(made)
    return made


@pytest.fixture
def found(made, as_role):
    """A finding that began on a phone."""
    return make_round(made, as_role)


def offered(page):
    """The steps whose forms stand on the page."""
    return set(re.findall(r'<details class="step" id="step-([a-z_]+)"', page))


def status(app, finding=FINDING):
    with app.app_context():
        return db.session.scalars(select(Finding.status).where(Finding.id == finding)).one()


def test_the_whole_loop_from_a_phone_to_closure_by_another_person(made, as_role, found):
    leader, mine, supervisor = as_role("leader"), as_role("mine_user"), as_role("supervisor")
    assert mine.client.get(f"/findings/{FINDING}", headers={"Accept": "text/html"}).status_code == 404
    assert "notify" in offered(page_of(leader.client))
    assert "已告知矿方" in follow(leader, post(leader, HERE, TOLD))
    assert offered(page_of(mine.client)) == {"file_plan", "ask_extension"}
    planned = follow(mine, post(mine, HERE, PLAN))
    assert "五落实" in words(planned)
    assert "撤人断电" in words(planned)
    follow(mine, post(mine, HERE, {"step": "ask_extension", "until": "2026-12-10", "reason": "等待配件"}))
    assert "矿方申请延期到 2026-12-10" in words(page_of(supervisor.client))
    follow(supervisor, post(supervisor, HERE, {"step": "grant_extension", "note": "同意"}))
    assert "2026-12-10" in words(page_of(mine.client))
    follow(mine, post(mine, HERE, FIXED))
    failed = {"step": "fail_recheck", "reason": "仍超限", "deadline": "2026-12-20"}
    follow(supervisor, post(supervisor, HERE, failed))
    follow(mine, post(mine, HERE, FIXED))
    closed = follow(supervisor, post(supervisor, HERE, {"step": "pass_recheck"}))
    assert "已销号" in words(closed)
    assert status(made) == "closed"
    assert offered(page_of(mine.client)) == set()
    told = words(page_of(mine.client))
    order = ["记录隐患", "告知矿方", "上报整改方案", "申请延期", "同意延期", "申请复查", "复查不合格", "复查合格，销号"]
    story = told[told.index("经过") :]
    assert [story.index(word) for word in order] == sorted(story.index(word) for word in order)


def test_re_checks_and_new_deadlines_reach_the_phone(made, as_role, found):
    leader, mine, supervisor = as_role("leader"), as_role("mine_user"), as_role("supervisor")
    for who, fields in ((leader, TOLD), (mine, PLAN), (mine, FIXED)):
        follow(who, post(who, HERE, fields))
    found.sync()
    (head,) = view.fields_shown(found.phone.desk, "mine:mine-1", f"finding/{FINDING}")["status"].heads
    assert '"stands":{"status":"awaiting_recheck","severity":"general","deadline":"2026-12-01"}' in head.value
    failed = {"step": "fail_recheck", "reason": "仍超限", "deadline": "2026-12-20"}
    follow(supervisor, post(supervisor, HERE, failed))
    found.sync()
    (head,) = view.fields_shown(found.phone.desk, "mine:mine-1", f"finding/{FINDING}")["status"].heads
    assert '"status":"rectifying","severity":"general","deadline":"2026-12-20"' in head.value


def test_a_suspected_major_is_confirmed_listed_accepted_by_two_and_signed_off_by_a_third(made, as_role):
    make_round(made, as_role, severity="suspected_major")
    supervisor, mine = as_role("supervisor"), as_role("mine_user")
    second, third = another(made, "second", "supervisor"), another(made, "third", "supervisor")
    assert {"confirm", "downgrade"} <= offered(page_of(supervisor.client))
    follow(supervisor, post(supervisor, HERE, {"step": "confirm", "clause": "major-hazards-21 20(6)"}))
    assert "major-hazards-21 20(6)" in words(page_of(supervisor.client))
    follow(supervisor, post(supervisor, HERE, {"step": "list", "supervised_by": "县应急局", "until": "2026-12-31"}))
    assert "由县应急局督办，到 2026-12-31 为止" in words(page_of(mine.client))
    follow(mine, post(mine, HERE, PLAN))
    follow(mine, post(mine, HERE, FIXED | {"step": "ask_acceptance"}))
    follow(supervisor, post(supervisor, HERE, {"step": "accept"}))
    again = page_of(supervisor.client)
    assert "accept" not in offered(again)
    assert "您已验收过，须由另一人办理。" in words(again)
    refused = post(supervisor, HERE, {"step": "accept"})
    assert (refused.status_code, "您已验收过" in refused.text) == (409, True)
    follow(second, post(second, HERE, {"step": "accept"}))
    assert post(second, HERE, {"step": "sign_off"}).status_code == 409
    follow(third, post(third, HERE, {"step": "sign_off"}))
    assert status(made) == "closed"


def test_each_role_is_offered_what_the_table_allows_and_nothing_else_is_taken(made, as_role, found):
    anything = {"reason": "x", "handed_to": "x", "answer": "signed", "note": "x", "until": "2026-12-30"}
    for role in world.ROLES:
        browser = as_role(role)
        answer = browser.client.get(f"/findings/{FINDING}", headers={"Accept": "text/html"})
        shown = offered(answer.text) if answer.status_code == 200 else set()
        for rule in TABLE:
            if scopes(Role(role), rule.verb) and rule.step in shown:
                continue
            said = post(browser, HERE, anything | {"step": rule.step})
            assert said.status_code in (403, 404, 409, 422), (role, rule.step)
            assert status(made) == "recorded", (role, rule.step)


def test_a_foreign_finding_is_not_there(made, as_role):
    supervisor = as_role("supervisor")
    assert supervisor.client.get("/findings/finding-foreign").status_code == 404
    assert post(supervisor, "/findings/finding-foreign/steps", {"step": "void", "reason": "x"}).status_code == 404
    assert "canary-foreign" not in see(supervisor.client, "/findings?limit=300")


def test_what_a_form_lacks_is_said_and_what_was_typed_is_kept(made, as_role, found):
    leader = as_role("leader")
    refused = post(leader, HERE, TOLD | {"handed_to": "矿长张三", "answer": "refused"})
    assert refused.status_code == 422
    assert "拒签必须记录理由" in refused.text
    assert 'value="矿长张三"' in refused.text
    assert re.search(r'id="step-notify" open', refused.text)
    assert status(made) == "recorded"


def test_words_of_a_phone_are_never_markup(made, as_role, found):
    for address in (f"/findings/{FINDING}", "/findings", f"/visits/{found.visit}"):
        raw = as_role("supervisor").client.get(address).text
        assert "<script>alert(1)" not in raw
        assert html.escape(TEXT) in raw


def test_the_mine_brings_its_proof_with_the_step_and_both_photos_stand_beside_each_other(made, as_role, found):
    leader, mine = as_role("leader"), as_role("mine_user")
    follow(leader, post(leader, HERE, TOLD))
    follow(mine, post(mine, HERE, PLAN))
    page = follow(mine, post(mine, HERE, FIXED, photos=(io.BytesIO(photo(3)), "after.jpg")))
    assert "正在处理" in words(page)
    assert "还没有整改后的照片" not in words(page)
    assert status(made) == "awaiting_recheck"
    with made.app_context():
        stored = db.session.scalars(select(Photo)).one()
        assert (stored.visit_id, stored.finding_id, stored.arrived_at is not None) == (None, FINDING, True)


def test_what_is_no_photo_is_refused_with_the_form_as_it_was(made, as_role, found):
    leader, mine = as_role("leader"), as_role("mine_user")
    follow(leader, post(leader, HERE, TOLD))
    follow(mine, post(mine, HERE, PLAN))
    refused = post(mine, HERE, FIXED, photos=(io.BytesIO(b"%PDF-1.7"), "after.jpg"))
    assert (refused.status_code, "文件内容不是照片" in refused.text) == (422, True)
    assert "已更换" in refused.text
    many = [(io.BytesIO(photo(n)), f"{n}.jpg") for n in range(7)]
    assert "一次最多上传 6 张照片" in post(mine, HERE, FIXED, photos=many).text
    assert status(made) == "rectifying"


def test_nobody_fills_the_disk_with_photos_for_a_step_that_is_not_theirs(made, as_role, found, monkeypatch):
    monkeypatch.setattr("server.services.proofs.keep", lambda *_: pytest.fail("kept"))
    answer = post(as_role("auditor"), HERE, {"step": "pass_recheck"}, photos=(io.BytesIO(photo(3)), "x.jpg"))
    assert answer.status_code in (403, 409)


def test_a_step_for_many_tells_the_outcome_of_each_and_one_that_fails_stops_none(made, as_role, found):
    leader = as_role("leader")
    chosen = {"findings": ["finding-foreign", FINDING], "back": "/findings?open=true"}
    page = post(leader, "/findings/steps", TOLD | chosen)
    assert page.status_code == 200
    assert "办成 1 条，未办成 1 条" in page.text
    assert "canary-foreign" not in page.text
    assert 'href="/findings?open=true"' in page.text
    assert status(made) == "notified"
    again = post(leader, "/findings/steps", TOLD | {"findings": [FINDING, FINDING]})
    assert "办成 0 条，未办成 1 条" in again.text
    assert "当前状态下不能进行这一步" in again.text


def test_only_some_steps_are_for_many_and_a_way_back_never_leaves_the_house(made, as_role, found):
    supervisor = as_role("supervisor")
    void = {"step": "void", "reason": "x", "findings": [FINDING], "back": "https://elsewhere.example/"}
    assert post(supervisor, "/findings/steps", void).status_code == 409
    assert status(made) == "recorded"
    page = post(supervisor, "/findings/steps", TOLD | {"findings": [FINDING], "back": "https://elsewhere.example/"})
    assert "elsewhere" not in page.text


def made_of(number, **but):
    """One more finding at mine 1."""
    facts = {
        "id": f"f{number:04d}", "county_id": "county-a", "mine_id": "mine-1", "visit_id": "visit-own",
        "item_key": "GAS-001", "place_id": None, "severity": "general", "status": "notified",
        "text": f"第 {number} 条", "recorded_by": "member-own", "recorded_at": world.NOW, "received_at": world.NOW,
        "due_on": world.TODAY, "feed_seq": 1, "registers": sheets.encode(world._finding_sheet(world.PLACES["own"])),
    }  # fmt: skip
    return Finding(**(facts | but))


def put(app, numbers):
    """More findings, each due a day later than the one before; the fortieth today."""
    with app.app_context(), transaction():
        db.session.execute(delete(Finding).where(Finding.id == "finding-own"))
        for number in numbers:
            db.session.add(made_of(number, due_on=world.TODAY + timedelta(days=number - 40)))


def test_the_list_is_filtered_counted_and_paged_by_its_address(made, as_role):
    put(made, range(60))
    client = as_role("supervisor").client
    first = see(client, "/findings?mine=mine-1&limit=50")
    assert "本页 50 行" in words(first)
    (following,) = [link for link in links(first) if "cursor=" in link]
    assert "mine=mine-1" in following
    second = see(client, following)
    assert len(set(re.findall(r"/findings/(f\d{4})", first)) | set(re.findall(r"/findings/(f\d{4})", second))) == 60
    assert see(client, "/findings?q=第 7 条").count('href="/findings/f0007"') == 1
    assert "没有符合条件的隐患" in see(client, "/findings?severity=major")
    assert client.get("/findings?limit=301", headers={"Accept": "text/html"}).status_code in (404, 422)


def test_the_ladder_counts_what_is_due_and_leads_to_it(made, as_role):
    put(made, range(44))
    client = as_role("supervisor").client
    page = see(client, "/findings")
    counts = dict(re.findall(r"rung=(\w+)\"[^>]*>.*?<b class=\"figure\">(\d+)</b>", page, re.DOTALL))
    assert counts == {"soon": "4", "late_3": "3", "late_7": "4", "late_30": "23", "late": "10", "listed": "0"}
    on_rung = see(client, "/findings?open=true&rung=late_7")
    assert set(re.findall(r"/findings/(f\d{4})", on_rung)) == {"f0033", "f0034", "f0035", "f0036"}


def test_three_hundred_rows_cost_as_many_statements_as_three(made, as_role):
    client = as_role("supervisor").client
    put(made, range(3))
    few = statements(made, client, "/findings?limit=300&q=第")
    put(made, range(3, 300))
    assert statements(made, client, "/findings?limit=300&q=第") == few
    assert len(set(re.findall(r"/findings/(f\d{4})", see(client, "/findings?limit=300&q=第")))) == 300


def test_a_mine_user_sees_what_the_mine_was_told_and_none_of_the_office_s_filters(made, as_role, found):
    page = see(as_role("mine_user").client, "/findings?limit=300")
    assert "canary-own" in page
    assert FINDING not in page
    assert 'name="team"' not in page


@pytest.mark.parametrize("address", [f"/findings/{FINDING}/steps", f"/findings/{FINDING}/settle", "/findings/steps"])
def test_a_form_without_its_token_or_from_elsewhere_changes_nothing(made, as_role, found, address):
    leader = as_role("leader")
    bare = leader.client.post(address, data=TOLD | {"findings": FINDING})
    assert bare.status_code == 403
    token = {"csrf_token": leader.headers["X-CSRF-Token"]}
    foreign = leader.client.post(address, data=TOLD | token, headers={"Origin": "https://elsewhere.example"})
    assert foreign.status_code == 403
    assert status(made) == "recorded"


def test_the_end_of_a_grave_finding_asks_for_the_second_factor_again(made, as_role, monkeypatch):
    make_round(made, as_role, severity="suspected_major")
    with made.app_context(), transaction():
        second_factor.add_confirmed("supervisor-a", SEED, NOW)
    supervisor, ending = as_role("supervisor"), {"step": "void", "reason": "误报"}
    later = NOW + timedelta(minutes=6)
    monkeypatch.setitem(made.extensions, "qianshao_clock", lambda: later)
    page = see(supervisor.client, f"/findings/{FINDING}")
    assert 'id="proof-void"' in page
    assert 'id="proof-confirm"' not in page
    over_rest = supervisor.post(f"/findings/{FINDING}/steps", {"step": "void", "values": {"reason": "误报"}})
    assert (over_rest.status_code, over_rest.json["code"]) == (403, "proof_required")

    refused = post(supervisor, f"/findings/{FINDING}/steps", ending)
    assert refused.status_code == 422
    assert "再输入一次验证器" in refused.text
    assert "误报" in refused.text
    wrong = post(supervisor, f"/findings/{FINDING}/steps", ending | {"proof": "000000"})
    assert wrong.status_code == 422
    given = post(supervisor, f"/findings/{FINDING}/steps", ending | {"proof": pyotp.TOTP(SEED).at(later)})
    assert given.status_code == 303, given.text
    assert "作废" in follow(supervisor, given)


def test_the_end_of_any_other_finding_asks_for_none(made, as_role, monkeypatch):
    make_round(made, as_role)
    with made.app_context(), transaction():
        second_factor.add_confirmed("supervisor-a", SEED, NOW)
    supervisor = as_role("supervisor")
    monkeypatch.setitem(made.extensions, "qianshao_clock", lambda: NOW + timedelta(minutes=6))

    assert post(supervisor, f"/findings/{FINDING}/steps", {"step": "void", "reason": "误报"}).status_code == 303
