"""Findings and visits in a real browser: from a phone to closure role by role, by keyboard, conflicts, sending back."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from sync.phone import view
from tests.browser.axe import complaints
from tests.browser.chromium import DESK
from tests.browser.desks import Desks, desks_of
from tests.browser.hands import hands_of, take
from tests.browser.office import Office, office_of
from tests.browser.patrol import Ground, Walker, ground_of, walk
from tests.browser.site import Site
from tests.server.photos.scene import photo

#: The worker develops photos in a child of its own.
DEVELOPED_MS = 60_000
Sit = Callable[[str], Page]


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture(scope="module")
def ground(desks: Desks) -> Ground:
    return ground_of(desks)


@pytest.fixture(scope="module")
def office(site: Site) -> Office:
    return office_of(site)


@pytest.fixture(scope="module")
def walkers(site: Site, office: Office, ground: Ground) -> tuple[Walker, Walker]:
    """Two of the team, each with a phone."""
    return walk(site, office, ground, 0), walk(site, office, ground, 1)


@pytest.fixture
def sit(browser: Browser, desks: Desks) -> Iterator[Sit]:
    """Somebody of a role at a console; what any of their pages complains of fails the test."""
    with hands_of(browser, desks) as hands:
        yield hands.sit


def test_a_finding_goes_from_a_phone_to_closure_by_everybody_s_own_hand(sit, walkers, tmp_path):
    walker, _ = walkers
    walker.enter(41)
    finding = walker.find("回风流传感器失效，读数不变")
    walker.photograph(photo(11), f"finding/{finding}")
    walker.submit()
    proof = tmp_path / "after.jpg"
    proof.write_bytes(photo(12))

    leader = sit("leader")
    leader.goto("/findings")
    leader.get_by_role("link", name="回风流传感器失效").click()
    take(leader, "notify", {"handed_to": "矿长 赵某"})
    mine = sit("mine_user")
    mine.goto("/findings")
    mine.get_by_role("link", name="回风流传感器失效").click()
    plan = {"responsible": "赵某", "measures": "更换传感器", "funds": "两万元", "contingency": "断电撤人"}
    take(mine, "file_plan", plan)
    take(mine, "ask_recheck", {"fixed_by": "钱某", "measures": "已更换并标校"}, proof)
    walker.sync()
    assert '"status":"awaiting_recheck"' in standing(walker, finding)

    supervisor = sit("supervisor")
    both = "figure.photo img"
    supervisor.goto(f"/findings/{finding}")
    for _ in range(DEVELOPED_MS // 2000):
        if supervisor.locator(both).count() == 2:
            break
        supervisor.wait_for_timeout(2000)
        supervisor.reload()
    before, after = supervisor.locator(".walls > div").all()
    for wall in (before, after):
        small = wall.locator("img")
        expect(small).to_have_js_property("complete", True)
        assert small.evaluate("one => one.naturalWidth") > 0
    after.locator("a[data-photo]").click()
    large = supervisor.locator("#photo-viewer img")
    expect(large).to_be_visible()
    large.evaluate("one => one.decode()")
    supervisor.keyboard.press("ArrowLeft")
    expect(supervisor.locator("[data-viewer='count']")).to_have_text("第 1 张，共 2 张")
    supervisor.keyboard.press("Escape")
    assert complaints(supervisor) == []
    take(supervisor, "pass_recheck", {"note": "现场核对"})
    expect(supervisor.locator("header .chip").filter(has_text="已销号")).to_be_visible()
    walker.sync()
    assert '"status":"closed"' in standing(walker, finding)


def test_a_suspected_major_is_confirmed_by_an_article_in_force_and_listed(sit, walkers):
    walker, _ = walkers
    walker.enter(47)
    finding = walker.find("主要通风机停止运转仍在作业", "suspected_major")
    walker.submit()
    supervisor = sit("supervisor")
    supervisor.goto(f"/findings/{finding}")
    form = supervisor.locator("#step-confirm")
    form.locator("summary").click()
    articles = form.locator("select[name='clause'] option").all_inner_texts()
    assert len(articles) > 17, "an article for each class at least"
    form.locator("select[name='clause']").select_option(index=3)
    form.locator("form button").click()
    expect(supervisor.locator("header .chip").filter(has_text="已确认重大")).to_be_visible()
    take(supervisor, "list", {"supervised_by": "县应急管理局", "until": "2026-12-31"})
    expect(supervisor.get_by_text("由县应急管理局督办，到 2026-12-31 为止")).to_be_visible()
    assert complaints(supervisor) == []
    walker.sync()
    assert '"status":"listed","severity":"major","deadline":"2026-12-31"' in standing(walker, finding)


def standing(walker: Walker, finding: str) -> str:
    """What the phone was told of the finding last."""
    shown = view.fields_shown(walker.phone.desk, f"mine:{walker.ground.mine}", f"finding/{finding}")
    (head,) = shown["status"].heads
    return head.value


def test_a_visit_is_sent_back_and_the_reason_stands_on_the_phone(sit, walkers):
    walker, _ = walkers
    walker.enter(42)
    walker.phone.answer(walker.person, walker.visit, "answer/GAS-001/-", "pass")
    walker.submit()
    supervisor = sit("supervisor")
    supervisor.goto(f"/visits/{walker.visit}")
    take(supervisor, "send_back", {"reason": "请补查 1501 工作面"})
    expect(supervisor.locator(".notice").filter(has_text="已退回：请补查 1501 工作面")).to_be_visible()
    assert complaints(supervisor) == []
    walker.sync()
    (head,) = view.shown(walker.phone.desk, f"visit:{walker.visit}", "visit/status").heads
    assert head.value == '{"status":"open","reason":"请补查 1501 工作面"}'


def test_the_leader_settles_a_conflict_with_both_sides_before_them(sit, walkers):
    first, second = walkers
    first.enter(43)
    second.enter(43, opening=False)
    first.phone.answer(first.person, first.visit, "answer/GAS-001/-", "fail", note="瓦检员不在岗")
    second.phone.answer(second.person, second.visit, "answer/GAS-001/-", "pass")
    first.photograph(photo(13), "answer/GAS-001/-")
    first.sync()
    second.sync()
    leader = sit("leader")
    leader.goto(f"/visits/{first.visit}")
    sides = leader.locator("#disputed .side-of")
    expect(sides).to_have_count(2)
    expect(sides.filter(has_text="瓦检员不在岗").locator("figure.photo")).to_have_count(1)
    assert complaints(leader) == []
    chosen = sides.filter(has_text="瓦检员不在岗")
    chosen.locator("[name='note']").fill("以现场照片为准")
    chosen.get_by_role("button", name="以此为准").click()
    expect(leader.locator("#disputed")).to_have_count(0)
    for walker in walkers:
        walker.sync()
        shown = view.shown(walker.phone.desk, f"visit:{first.visit}", "answer/GAS-001/-")
        assert (shown.disputed, shown.counted) == (False, "fail")


def test_the_list_is_worked_by_keys_alone_and_every_row_says_its_outcome(sit, walkers):
    walker, _ = walkers
    walker.enter(44)
    for number in range(3):
        walker.find(f"按键办理 {number}")
    walker.submit()
    leader = sit("leader")
    leader.goto("/findings?q=按键办理&sort=recent")
    rows = leader.locator("[data-row]")
    expect(rows).to_have_count(3)
    for key in ("j", "x", "j", "x"):
        leader.keyboard.press(key)
    expect(leader.locator("[data-bulk-count]")).to_have_text("2")
    expect(rows.nth(1)).to_have_class(re.compile("is-at"))
    leader.keyboard.press("n")
    dialog = leader.locator("#bulk-notify")
    expect(dialog).to_be_visible()
    assert complaints(leader) == []
    dialog.locator("[name='handed_to']").fill("矿长")
    leader.keyboard.press("Enter")
    expect(leader.get_by_text("办成 2 条，未办成 0 条")).to_be_visible()
    leader.get_by_role("link", name="返回列表").click()
    assert "q=" in leader.url
    expect(leader.locator("[data-row]").filter(has_text="已告知")).to_have_count(2)
    expect(leader.locator("[data-row]").filter(has_text="已记录")).to_have_count(1)
    leader.keyboard.press("j")
    leader.keyboard.press("Enter")
    leader.wait_for_url(re.compile("/findings/[A-Za-z0-9_-]{22}$"))


def test_a_row_s_own_key_acts_on_that_row_alone(sit, walkers):
    walker, _ = walkers
    walker.enter(45)
    for number in range(2):
        walker.find(f"单键办理 {number}")
    walker.submit()
    leader = sit("leader")
    leader.goto("/findings?q=单键办理")
    leader.keyboard.press("j")
    leader.keyboard.press("n")
    leader.keyboard.type("矿长")
    leader.keyboard.press("Enter")
    expect(leader.get_by_text("办成 1 条，未办成 0 条")).to_be_visible()


def test_pages_work_without_scripts(browser, site, desks, walkers):
    walker, _ = walkers
    walker.enter(46)
    finding = walker.find("无脚本办理")
    walker.submit()
    with browser.new_context(base_url=site.url, java_script_enabled=False, **DESK) as context:
        desks.sit_down(context, "leader")
        page = context.new_page()
        page.goto(f"/findings/{finding}")
        form = page.locator("#step-notify")
        form.locator("summary").click()
        form.locator("[name='handed_to']").fill("矿长")
        form.locator("form button").click()
        expect(page.locator("header .chip").filter(has_text="已告知")).to_be_visible()
