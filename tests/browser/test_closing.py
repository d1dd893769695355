"""A finding's whole life by everybody's own hand in a browser, begun on a phone: extension, re-check on another phone,
downgrade, void, repeat, and a major one from suspicion over listing and two acceptances to the sign-off.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from patrol.periods import local_date
from patrol.permissions import Actor, Role
from server.db import db, transaction
from server.models.user import User
from server.services import users
from sync import bodies
from sync.phone import edits
from tests.browser.desks import Desks, desks_of
from tests.browser.hands import Hands, hands_of, take
from tests.browser.office import Office, office_of
from tests.browser.patrol import Ground, Walker, ground_of, walk
from tests.browser.site import Site
from tests.server.photos.scene import photo

PLAN = {"responsible": "赵某", "measures": "更换支柱，补打锚索", "funds": "三万元", "contingency": "撤人断电"}
FIXED = {"fixed_by": "钱某", "measures": "已更换并验收"}


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture(scope="module")
def walkers(site: Site, desks: Desks) -> tuple[Walker, Walker]:
    """Two of the team, each with a phone."""
    office: Office = office_of(site)
    ground: Ground = ground_of(desks)
    return walk(site, office, ground, 0), walk(site, office, ground, 1)


@pytest.fixture
def hands(browser: Browser, desks: Desks) -> Iterator[Hands]:
    with hands_of(browser, desks) as made:
        yield made


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """A photo of the mine's."""
    path = tmp_path / "after.jpg"
    path.write_bytes(photo(21))
    return path


@pytest.fixture(scope="module")
def supervisors(desks: Desks) -> tuple[str, str]:
    """Two more supervisors, by login: nobody accepts and signs off alone."""
    now = datetime.now(UTC)
    with desks.at_work(), transaction():
        county = db.session.get_one(User, desks.people["demo-admin"]).county_id
        admin = Actor(desks.people["demo-admin"], Role.ADMIN, county)
        for login in ("second", "third"):
            user = users.add_user(admin, {"name": f"监管 {login}", "login": login}, now)
            role = {"role": "supervisor", "mine_id": None, "from_date": local_date(now), "until_date": None}
            users.grant_role(admin, user.id, role, now)
            desks.people[login] = user.id
    return "second", "third"


def day(ahead: int) -> str:
    """A day of the county's, so many ahead."""
    return (local_date(datetime.now(UTC)) + timedelta(days=ahead)).isoformat()


def on(page: Page, finding: str) -> Page:
    """The page of the finding."""
    page.goto(f"/findings/{finding}")
    return page


def shown(page: Page, standing: str) -> None:
    """How the finding stands, as its page says."""
    expect(page.locator("header .chip").filter(has_text=standing)).to_be_visible()


def told(page: Page, *steps: str) -> None:
    """The timeline tells these steps in this order."""
    events = page.locator(".timeline li > p:first-child b").all_inner_texts()
    found = [step for step in events if step in steps]
    assert found == list(steps), events
    assert "修改" not in events


def fresh(walker: Walker, ordinal: int, text: str, severity: str = "general", item: str = "") -> str:
    """A finding of a visit of its own, handed in."""
    walker.enter(ordinal)
    finding = walker.find(text, severity)
    if item:
        walker.phone.edit(edits.edit_finding, walker.person, finding, bodies.FindingFields(item=item), walker.visit)
    walker.submit()
    return finding


def test_an_extension_is_asked_and_granted_and_another_s_phone_closes_it(hands, walkers, proof):
    first, second = walkers
    finding = fresh(first, 61, "回风巷单体支柱失效三根")
    leader, mine, supervisor = hands.sit("leader"), hands.sit("mine_user"), hands.sit("supervisor")
    take(on(leader, finding), "notify", {"handed_to": "矿长 赵某"})
    take(on(mine, finding), "file_plan", PLAN)
    for word in PLAN.values():
        expect(mine.get_by_text(word).first).to_be_visible()
    take(mine, "ask_extension", {"until": day(20), "reason": "配件未到"})
    expect(mine.get_by_text(re.compile(f"申请.*{day(20)}"))).to_be_visible()
    take(on(supervisor, finding), "grant_extension", {"note": "同意一次"})
    expect(supervisor.locator(".facts").first).to_contain_text(day(20))
    take(on(mine, finding), "ask_recheck", FIXED, proof)
    expect(mine.locator("#step-pass_recheck")).to_have_count(0)

    second.sync()
    second.enter(62)
    body = bodies.Recheck(finding=finding, result="passed", note="现场看过")
    second.phone.edit(edits.recheck_finding, second.person, body, second.visit)
    second.submit()
    shown(on(supervisor, finding), "已销号")
    told(supervisor, "记录隐患", "告知矿方", "上报整改方案", "申请延期", "同意延期", "申请复查", "复查合格，销号")
    expect(supervisor.locator(".timeline")).to_contain_text("测试手机 1")


def test_the_same_item_failing_again_is_linked_to_what_was_closed(hands, walkers, proof):
    first, second = walkers
    earlier = fresh(first, 63, "瓦斯传感器未标校", item="GAS-001")
    leader, mine, supervisor = hands.sit("leader"), hands.sit("mine_user"), hands.sit("supervisor")
    take(on(leader, earlier), "notify", {"handed_to": "矿长"})
    take(on(mine, earlier), "file_plan", PLAN)
    take(mine, "ask_recheck", FIXED, proof)
    take(on(supervisor, earlier), "fail_recheck", {"reason": "仍未标校", "deadline": day(3)})
    shown(supervisor, "整改中")
    take(on(mine, earlier), "ask_recheck", FIXED, proof)
    take(on(supervisor, earlier), "pass_recheck", {"note": "合格"})
    again = fresh(second, 64, "瓦斯传感器又未标校", item="GAS-001")

    shown(on(supervisor, again), "反复出现")
    supervisor.get_by_role("link", name=re.compile("瓦斯传感器未标校")).click()
    expect(supervisor).to_have_url(re.compile(earlier))
    expect(supervisor.get_by_role("link", name=re.compile("瓦斯传感器又未标校"))).to_be_visible()
    supervisor.goto("/findings?repeated=true")
    expect(supervisor.get_by_role("link", name="瓦斯传感器又未标校")).to_be_visible()


def test_a_major_is_listed_accepted_by_two_and_signed_off_by_a_third(hands, walkers, supervisors, proof):
    walker, _ = walkers
    finding = fresh(walker, 65, "采煤工作面瓦斯超限作业", "suspected_major")
    mine, one = hands.sit("mine_user"), hands.sit("supervisor")
    another, third = (hands.sit(login) for login in supervisors)
    form = on(one, finding).locator("#step-confirm select[name='clause'] option")
    take(one, "confirm", {"clause": form.nth(5).get_attribute("value") or ""})
    shown(one, "已确认重大")
    take(one, "list", {"supervised_by": "县应急管理局", "until": day(40)})
    expect(one.get_by_text(f"由县应急管理局督办，到 {day(40)} 为止")).to_be_visible()
    take(one, "notify", {"handed_to": "矿长"})
    take(on(mine, finding), "file_plan", PLAN)
    take(mine, "ask_acceptance", FIXED, proof)

    take(on(one, finding), "accept", {"note": "第一人验收"})
    expect(one.locator("#step-accept")).to_have_count(0)
    expect(one.locator("#step-sign_off")).to_have_count(0)
    take(on(another, finding), "accept", {"note": "第二人验收"})
    expect(another.locator("#step-sign_off")).to_have_count(0)
    take(on(third, finding), "sign_off", {})
    shown(third, "已销号")
    told(
        third,
        "记录隐患",
        "确认为重大",
        "挂牌督办",
        "告知矿方",
        "上报整改方案",
        "申请验收",
        "验收合格",
        "验收合格",
        "签批销号",
    )


def test_a_suspicion_is_downgraded_and_a_mistake_is_void_with_a_reason(hands, walkers):
    walker, _ = walkers
    suspected = fresh(walker, 66, "疑似超能力生产", "suspected_major")
    mistaken = fresh(walker, 67, "记错了矿")
    supervisor = hands.sit("supervisor")
    take(on(supervisor, suspected), "downgrade", {"reason": "核对产量台账，未超能力"})
    shown(supervisor, "一般")
    expect(supervisor.locator(".timeline")).to_contain_text("核对产量台账，未超能力")
    take(on(supervisor, mistaken), "void", {"reason": "地点记错"})
    shown(supervisor, "作废")
    expect(supervisor.locator(".timeline")).to_contain_text("地点记错")
    supervisor.goto("/findings?q=记错了矿&open=false")
    expect(supervisor.get_by_role("link", name="记错了矿")).to_be_visible()


def test_every_rung_of_the_ladder_leads_to_as_many_findings_as_it_says(hands):
    supervisor = hands.sit("supervisor")
    supervisor.goto("/findings?limit=300")
    rungs = [
        (rung.get_attribute("href"), int(rung.locator(".figure").inner_text()))
        for rung in supervisor.locator(".rung").all()
    ]
    assert len(rungs) == 6
    assert sum(count for _, count in rungs) > 0
    for address, count in rungs:
        supervisor.goto(address or "")
        assert supervisor.locator("[data-row]").count() == count, address
