"""From the phone app over every desk and back: a finding until it is closed, a visit until it is sealed and added to.

Everybody signs in as people do, with password and code; nothing is put into the database past them.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect

from tests.browser.axe import complaints
from tests.browser.chromium import DESK
from tests.browser.conftest import listen
from tests.browser.hands import take
from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import Pocket
from tests.browser.recounted import general
from tests.browser.site import Site
from tests.browser.visiting import Visiting
from tests.server.photos.scene import photo

#: Of 乙组, whose round of the week nobody has begun.
MINE, TEAM = "示例三矿", 1
#: The worker develops photos in a child of its own.
DEVELOPED_MS = 60_000
Enter = Callable[[str], Page]


@dataclass(frozen=True)
class Hand:
    """Somebody of the team with a phone of their own."""

    pocket: Pocket
    name: str

    @property
    def app(self) -> Visiting:
        return Visiting(self.pocket.page)

    @property
    def page(self) -> Page:
        return self.pocket.page


def prepared(pocket: Pocket, office: Office, number: int) -> Hand:
    """A phone of the team, of its `number`-th person, with all that a shift needs."""
    handset = Handset(pocket.start())
    handset.start()
    handset.enrol(office, office.teams()[TEAM])
    name = handset.add_person(number)
    handset.prepare()
    return Hand(pocket, name)


@pytest.fixture(scope="module")
def phones(chromium: BrowserType, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Hand, Hand]]:
    """The leader's phone and another's."""
    pockets = [Pocket(chromium, site.url, tmp_path_factory.mktemp("phone")) for _ in range(2)]
    office = office_of(site)
    yield prepared(pockets[0], office, 0), prepared(pockets[1], office, 1)
    for pocket in pockets:
        pocket.stop()


@pytest.fixture(scope="module")
def enter(browser: Browser, site: Site) -> Iterator[Enter]:
    """Somebody who signs in by their password and the code of their authenticator, once a file."""
    contexts: dict[str, tuple[BrowserContext, list[str]]] = {}

    def sign_in(login: str) -> Page:
        if login in contexts:
            return contexts[login][0].pages[0]
        context = browser.new_context(base_url=site.url, **DESK)
        contexts[login] = context, listen(context)
        page = context.new_page()
        page.goto("/sign-in")
        page.get_by_label("用户名").fill(login)
        page.get_by_label("密码").fill(site.passwords[login])
        page.get_by_role("main").get_by_role("button", name="登录").click()
        if login in site.seeds:
            page.get_by_label(re.compile("6 位验证码")).fill(pyotp.TOTP(site.seeds[login]).now())
            page.get_by_role("main").get_by_role("button", name="登录").click()
        expect(page.get_by_role("navigation", name="主导航")).to_be_visible()
        return page

    yield sign_in
    heard = [complaint for _, complaints_of_one in contexts.values() for complaint in complaints_of_one]
    for context, _ in contexts.values():
        context.close()
    assert heard == []


@pytest.fixture(scope="module")
def visit(phones: tuple[Hand, Hand]) -> str:
    """The round that the leader's phone opens."""
    return phones[0].app.begin(MINE)


@pytest.fixture(scope="module")
def ordinary(site: Site) -> list[str]:
    """Pairs of the round that are answered by a word and whose failing is nothing grave; each is taken once."""
    return general(office_of(site), MINE)


def go_to(hand: Hand, visit: str, ordinary: list[str]) -> str:
    """The app stands at the place of a pair that nobody has answered; the pair."""
    hand.app.go(f"/visits/{visit}")
    for stop in hand.app.stops():
        for pair in set(hand.app.at(stop)) & set(ordinary):
            ordinary.remove(pair)
            return pair
    raise AssertionError("nothing is left to answer")


def on_list(page: Page, text: str) -> Page:
    """The page of a finding, from the list."""
    page.goto("/findings")
    page.get_by_role("link", name=text).first.click()
    expect(page).to_have_url(re.compile("/findings/[A-Za-z0-9_-]{22}$"))
    return page


def events(page: Page) -> list[str]:
    """What the timeline tells, in its order."""
    return page.locator(".timeline li > p:first-child b").all_inner_texts()


def in_order(found: list[str], *wanted: str) -> bool:
    """Whether all of these were told, one after the other."""
    rest = iter(found)
    return all(any(one == step for one in rest) for step in wanted)


def test_a_finding_of_the_phone_is_closed_by_everybody_s_own_hand(
    enter: Enter, phones: tuple[Hand, Hand], visit: str, ordinary: list[str], tmp_path: Path
) -> None:
    first, second = phones
    first.pocket.set_offline(True)
    first.app.fail(go_to(first, visit, ordinary))
    first.app.photograph()
    first.app.save_finding("损坏")
    first.pocket.set_offline(False)
    first.app.upload(120_000)

    leader = enter("demo-leader-2")
    leader.goto(f"/visits/{visit}")
    text = leader.locator(".finding-line a").first.inner_text()
    leader.locator(".finding-line a").first.click()
    address = re.sub(".*(/findings/.*)", r"\1", leader.url)
    expect(leader.locator("main")).to_contain_text(first.name)
    take(leader, "notify", {"handed_to": "矿长 赵某"})
    mine = on_list(enter("demo-mine"), text)
    plan = {"responsible": "赵某", "measures": "更换部件", "funds": "两万元", "contingency": "停电撤人"}
    take(mine, "file_plan", plan)
    proof = tmp_path / "after.jpg"
    proof.write_bytes(photo(31))
    take(mine, "ask_recheck", {"fixed_by": "钱某", "measures": "已更换"}, proof)

    second.app.upload(120_000)
    second.app.go("/today")
    assert second.app.begin(MINE) == visit
    second.app.go(f"/visits/{visit}/findings/{address.rsplit('/', 1)[1]}")
    expect(second.page.get_by_text("矿方申请复查").first).to_be_visible(timeout=PATIENCE_MS)
    second.app.button("复查").tap()
    second.app.button("已整改到位").tap()
    second.app.photograph()
    second.app.button("保存复查结果").tap()
    expect(second.page.get_by_text("复查结果已存本机")).to_be_visible(timeout=PATIENCE_MS)
    second.app.upload(120_000)

    supervisor = enter("demo-supervisor")
    supervisor.goto(address)
    expect(supervisor.locator("header .chip").filter(has_text="已销号")).to_be_visible()
    steps = ("记录隐患", "告知矿方", "上报整改方案", "申请复查", "复查合格，销号")
    assert in_order(events(supervisor), *steps), events(supervisor)
    expect(supervisor.locator(".timeline")).to_contain_text(second.name)
    for _ in range(DEVELOPED_MS // 2000):
        if supervisor.locator("a[data-photo] img").count() >= 3:
            break
        supervisor.wait_for_timeout(2000)
        supervisor.reload()
    before, after = supervisor.locator(".walls > div").all()
    expect(before.locator("a[data-photo] img")).to_have_count(1)
    expect(after.locator("a[data-photo] img")).to_have_count(2)
    auditor = enter("demo-auditor")
    auditor.goto(address)
    expect(auditor.locator("[id^='step-']")).to_have_count(0)
    auditor.goto("/audit?subject_kind=finding")
    expect(auditor.locator("[data-row]").filter(has_text="示例乙一").first).to_be_visible()
    first.app.upload(120_000)
    first.app.go(f"/visits/{visit}/findings/{address.rsplit('/', 1)[1]}")
    expect(first.page.get_by_text("已销号").first).to_be_visible(timeout=PATIENCE_MS)


def review(page: Page, visit: str) -> Page:
    """The visit's page, and nothing wrong with it that a machine can tell."""
    page.goto(f"/visits/{visit}")
    assert complaints(page) == []
    return page


def hand_in(hand: Hand, visit: str) -> None:
    """The leader hands the visit in, with what it lacks."""
    hand.app.submit(visit)
    hand.app.upload(120_000)


def test_a_visit_is_sent_back_to_the_phone_approved_sealed_and_added_to(
    enter: Enter, phones: tuple[Hand, Hand], visit: str, ordinary: list[str]
) -> None:
    leader, other = phones
    leader.app.sign(visit, leader.name)
    leader.app.refuse(visit, "孙某")
    hand_in(leader, visit)
    supervisor = review(enter("demo-supervisor"), visit)
    expect(supervisor.locator("main")).to_contain_text(re.compile("还差 [1-4] 名组员签字"))
    expect(supervisor.locator("main")).to_contain_text("拒绝签字：不认可检查结果")
    expect(supervisor.locator(".lacks")).to_contain_text(other.name)
    take(supervisor, "send_back", {"reason": "1501 工作面没有查，请补查"})
    expect(supervisor.locator(".notice").filter(has_text="1501 工作面没有查，请补查")).to_be_visible()

    leader.app.upload(120_000)
    leader.app.go(f"/visits/{visit}")
    told = leader.page.get_by_text(re.compile("监管人员退回了这次检查.*1501 工作面没有查，请补查"))
    expect(told).to_be_visible(timeout=PATIENCE_MS)
    leader.app.say(go_to(leader, visit, ordinary), "pass")
    leader.app.done(visit)
    hand_in(leader, visit)
    review(supervisor, visit)
    expect(supervisor.locator(".notice").filter(has_text="已退回")).to_have_count(0)

    # Below ground the other one goes on, and knows of nothing that happens above.
    other.pocket.set_offline(True)
    late = go_to(other, visit, ordinary)
    other.app.say(late, "unseen")
    form = supervisor.locator("#step-approve")
    form.locator("summary").click()
    form.locator("form button").click()
    expect(supervisor.locator("header .chip").filter(has_text="已通过")).to_have_count(0)
    form.locator("[name='gaps_reason']").fill("另一部手机还在井下，先行审核")
    form.locator("form button").click()
    expect(supervisor.locator("header .chip").filter(has_text="已通过")).to_be_visible()
    take(supervisor, "seal", {})
    expect(supervisor.locator("header .chip").filter(has_text="已封存")).to_be_visible()
    sealed = supervisor.locator("a[href*='/sealed/']")
    expect(sealed).to_have_count(1)

    other.pocket.set_offline(False)
    other.app.upload(120_000)
    review(supervisor, visit)
    addenda = supervisor.locator("#addenda")
    expect(addenda).to_contain_text("封存后到达")
    expect(addenda).to_contain_text(other.name)
    expect(supervisor.locator(f"[id='pair-{late.replace('/', '-')}']")).to_have_count(0)
    addenda.get_by_role("checkbox").first.check()
    for one in addenda.get_by_role("checkbox").all():
        one.check()
    addenda.locator("[name='reason']").last.fill("井下手机晚到，已向本人核实")
    addenda.get_by_role("button", name="补入选中的内容").click()
    expect(sealed).to_have_count(2)
    expect(supervisor.locator("#addenda")).to_have_count(0)
    expect(supervisor.locator(f"[id='pair-{late.replace('/', '-')}']")).to_contain_text("未能查看")
    assert in_order(events(supervisor), "提交", "退回", "提交", "审核通过", "封存", "放行补录"), events(supervisor)
    assert complaints(supervisor) == []
