"""What goes wrong around a phone at work, in a real browser: nothing is lost, and the screen says what it is."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserType, Page, expect

from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import Pocket
from tests.browser.site import Site
from tests.browser.visiting import Visiting

#: For so long Chromium believes in the room that it saw last.
ROOM_KNOWN_MS = 31_000


@dataclass
class Shift:
    """Somebody at a place of a visit, on a phone of their own."""

    pocket: Pocket
    office: Office
    name: str
    device: str
    visit: str = ""
    stop: str = ""
    said: int = 0

    @property
    def page(self) -> Page:
        return self.pocket.page

    @property
    def visiting(self) -> Visiting:
        return Visiting(self.page)

    def switch_on(self, *, offline: bool = False) -> None:
        """The browser anew, at the visit."""
        self.pocket.stop()
        self.pocket.start(offline=offline)
        self.visiting.come_back(self.visit, self.name)

    def say(self, outcome: str) -> str:
        """The next item of the place; its pair."""
        pair = self.visiting.at(self.stop)[self.said]
        self.said += 1
        self.visiting.say(pair, outcome)
        return pair

    def insist(self, pair: str) -> None:
        """Say the next item again and again, until Chromium believes in the room that there is now."""
        self.visiting.at(self.stop)
        self.said += 1
        saved = self.page.locator(f"ol.rows li[data-pair='{pair}']:not(.is-nothing)")
        until = time.monotonic() + 2 * ROOM_KNOWN_MS / 1000
        while not saved.count():
            assert time.monotonic() < until, "there is room, and nothing is saved"
            self.visiting.try_to_say(pair, "unseen")
            # Saved or refused, which takes no longer than this.
            self.page.wait_for_timeout(1000)

    def record(self) -> dict[str, list[str]]:
        """What the county's record says of the visit."""
        return self.office.answers(self.visit)


@pytest.fixture(scope="module")
def shift(chromium: BrowserType, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shift]:
    """A member in the middle of a round; the tests follow each other on the same phone."""
    office = office_of(site)
    pocket = Pocket(chromium, site.url, tmp_path_factory.mktemp("phone"))
    handset = Handset(pocket.start())
    handset.start()
    device = handset.enrol(office, office.teams()[0])
    begun = Shift(pocket, office, handset.add_person(1), device)
    handset.prepare()
    begun.visit = begun.visiting.begin("示例五矿")
    begun.stop = max(begun.visiting.stops(), key=lambda stop: len(begun.visiting.at(stop)))
    yield begun
    pocket.stop()


def test_a_second_tab_waits_and_says_so_until_the_first_is_closed(shift: Shift) -> None:
    pair = shift.say("unseen")
    assert shift.pocket.context is not None
    second = shift.pocket.context.new_page()
    second.goto("/app/")
    expect(second.get_by_text("前哨已经在另一个窗口打开")).to_be_visible(timeout=PATIENCE_MS)
    assert second.get_by_role("button").count() == 0

    shift.page.close()
    Handset(second).unlock(shift.name)
    expect(second.get_by_role("button", name="下井准备", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    assert pair in Visiting(second).marks(shift.visit)


def test_a_full_phone_says_that_nothing_was_saved_and_keeps_what_was(shift: Shift) -> None:
    shift.switch_on(offline=True)
    before = shift.visiting.marks(shift.visit)
    pair = shift.visiting.at(shift.stop)[shift.said]
    assert shift.pocket.context is not None
    wire = shift.pocket.context.new_cdp_session(shift.page)
    wire.send("Storage.overrideQuotaForOrigin", {"origin": shift.pocket.url, "quotaSize": 1})
    shift.page.wait_for_timeout(ROOM_KNOWN_MS)
    shift.visiting.try_to_say(pair, "unseen")
    expect(shift.page.get_by_text("没有保存：手机空间不足")).to_be_visible(timeout=PATIENCE_MS)
    assert shift.visiting.marks(shift.visit) == before

    wire.send("Storage.overrideQuotaForOrigin", {"origin": shift.pocket.url})
    shift.insist(pair)
    shift.switch_on(offline=True)
    # An item that also wants a photo says that instead of its outcome; answered it is all the same.
    assert shift.visiting.marks(shift.visit).keys() >= before.keys()
    expect(shift.page.locator(f'li[data-pair="{pair}"]')).not_to_have_class(re.compile("is-nothing"))


def test_a_portal_s_page_is_no_answer_and_nothing_counts_as_received(shift: Shift) -> None:
    shift.switch_on()
    shift.visiting.upload()
    assert shift.pocket.context is not None
    portal = {"status": 200, "content_type": "text/html", "body": "<html>请登录</html>"}
    shift.pocket.context.route("**/api/**", lambda route: route.fulfill(**portal))
    pair = shift.say("unseen")
    shift.visiting.go("/sync")
    shift.visiting.button("马上上传").tap()
    expect(shift.page.get_by_text("这个网络要先登录或拦截了连接")).to_be_visible(timeout=PATIENCE_MS)
    expect(shift.page.locator(".item").filter(has_text="检查项")).to_have_count(1)
    assert pair not in shift.record()

    shift.pocket.context.unroute("**/api/**")
    shift.visiting.upload()
    assert shift.record()[pair] == ["unseen"]


def test_a_clock_set_back_keeps_the_order_and_is_told(shift: Shift) -> None:
    shift.switch_on()
    pair = shift.say("unseen")
    shift.pocket.stop()
    shift.pocket.start().clock.install(time=datetime.now(UTC) - timedelta(hours=3))
    shift.visiting.come_back(shift.visit, shift.name)
    shift.visiting.at(shift.stop)
    shift.visiting.say(pair, "na")
    shift.visiting.go("/sync")
    shift.visiting.button("马上上传").tap()
    expect(shift.page.get_by_text(re.compile("手机时间与县里相差 1(79|80) 分钟"))).to_be_visible(timeout=PATIENCE_MS)
    shift.switch_on()
    shift.visiting.upload()
    assert shift.record()[pair] == ["na"]


def test_a_revoked_phone_delivers_what_it_holds_and_gets_nothing(shift: Shift) -> None:
    shift.switch_on(offline=True)
    pair = shift.say("unseen")
    assert shift.office.phones(shift.visit) == [shift.device]
    shift.office.revoke(shift.device)
    shift.pocket.set_offline(False)
    shift.visiting.go("/sync")
    shift.visiting.button("马上上传").tap()
    expect(shift.page.get_by_text("这部手机已停用")).to_be_visible(timeout=PATIENCE_MS)
    expect(shift.page.get_by_text("它仍能交出自己的记录（还有 0 条）")).to_be_visible(timeout=PATIENCE_MS)
    assert f"answer/{pair}" in {one.get("reg") for one in shift.office.delivered(shift.device)}
    assert pair not in shift.record()
    expect(shift.page.get_by_text("手机停用后收到，等县里处理").first).to_be_visible()
