"""A visit in a hand: opening it, answering at a place, the finding, the photo, the signature, the delivery."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.handset import PATIENCE_MS, Handset

#: As the app's own links do it: the entry says what it is and what stands before it.
_GO = """path => {
    const { current = null, position = 0 } = history.state ?? {}
    const state = { back: current, current: path, forward: null, replaced: false, position: position + 1, scroll: null }
    history.pushState(state, '', `/app${path}`)
    dispatchEvent(new PopStateEvent('popstate', { state }))
}"""
#: The app takes no answer this soon after the last one: a glove bounces.
BOUNCE_MS = 260
#: What a row of the contents says.
WORDS = {
    "符合": "pass",
    "不符合": "fail",
    "未能查看": "unseen",
    "不适用": "na",
    "有缺漏": "wanting",
    "有分歧": "disputed",
}
#: Outcome → its key, and the reason that it asks for.
SAID = {"pass": ("符合", ""), "unseen": ("未能查看", "现场进不去"), "na": ("不适用", "本处没有此项作业")}
_ROWS = """() => [...document.querySelectorAll('li.item-row')].map(
    (row) => [row.dataset.pair, row.querySelector('.told')?.textContent?.trim() ?? ''])"""


@dataclass(frozen=True)
class Visiting:
    """The app of somebody at work."""

    page: Page

    def go(self, path: str) -> None:
        """Inside the app, without loading it anew: whoever is at work stays so."""
        self.page.evaluate(_GO, path)

    def button(self, name: str, *, exact: bool = True) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)

    def begin(self, mine: str) -> str:
        """From today's screen: this week's round of the mine, opened or joined; its id."""
        self.page.locator("main .mine").filter(has_text=mine).first.tap()
        self.page.locator("footer .primary").tap()
        expect(self.page).to_have_url(re.compile("/visits"), timeout=PATIENCE_MS)
        if re.search("/visits([?]|$)", self.page.url):
            self.page.locator("footer .primary").tap()
        expect(self.page.locator("main .list .bar").first).to_be_visible(timeout=PATIENCE_MS)
        return self.page.url.rstrip("/").split("/")[-1]

    def come_back(self, visit: str, name: str) -> None:
        """The app was closed: open it at the visit's contents, by name and PIN."""
        self.page.goto(f"/app/visits/{visit}/contents")
        Handset(self.page).unlock(name)
        expect(self.page.locator("li.item-row").first).to_be_visible(timeout=PATIENCE_MS)

    def stops(self) -> list[str]:
        """Addresses of the visit's places, as they stand on its first screen."""
        links = self.page.locator("main .list a[href*='/stops/']")
        expect(links.first).to_be_visible(timeout=PATIENCE_MS)
        found: list[str] = links.evaluate_all("all => all.map((one) => one.getAttribute('href'))")
        return [address.removeprefix("/app") for address in found]

    def at(self, stop: str) -> list[str]:
        """Go to the place; its pairs."""
        self.go(stop)
        expect(self.page).to_have_url(re.compile(re.escape(stop)), timeout=PATIENCE_MS)
        rows = self.page.locator("ol.rows li.item-row")
        expect(rows.first).to_be_visible(timeout=PATIENCE_MS)
        found: list[str] = rows.evaluate_all("all => all.map((one) => one.dataset.pair)")
        return found

    def choose(self, pair: str) -> Locator:
        """Touch the item's row; what stands under the thumb then."""
        self.page.wait_for_timeout(BOUNCE_MS)
        self.page.locator(f"ol.rows li[data-pair='{pair}'] button").tap(timeout=PATIENCE_MS)
        dock = self.page.locator(f".dock[data-pair='{pair}']")
        expect(dock).to_be_visible(timeout=PATIENCE_MS)
        return dock

    def say(self, pair: str, outcome: str) -> None:
        """Choose the item and say that it passes, could not be seen, or does not apply; it is saved then."""
        self.try_to_say(pair, outcome)
        expect(self.page.locator(f".dock[data-pair='{pair}']")).to_have_count(0, timeout=PATIENCE_MS)

    def try_to_say(self, pair: str, outcome: str) -> None:
        """The touches alone: whether it is saved is not waited for."""
        dock = self.choose(pair)
        word, reason = SAID[outcome]
        dock.get_by_role("button", name=word, exact=True).tap()
        if reason:
            self.page.get_by_role("dialog").get_by_role("button", name=reason).tap()

    def fail(self, pair: str) -> None:
        """Choose the item and say that it fails: the finding's form is there, filled in as far as is known."""
        self.choose(pair).get_by_role("button", name="不符合", exact=True).tap()
        expect(self.page).to_have_url(re.compile(r"/findings/new"), timeout=PATIENCE_MS)

    def photograph(self, count: int = 1) -> None:
        """From a strip of photos: the camera, so many photos, and back."""
        self.page.locator(".strip .add").first.tap()
        shutter = self.page.locator("footer .primary")
        for taken in range(1, count + 1):
            expect(shutter).to_be_enabled(timeout=PATIENCE_MS)
            shutter.tap()
            expect(self.page.get_by_text(f"第 {taken} 张已存本机")).to_be_visible(timeout=PATIENCE_MS)
        self.button("完成").tap()
        expect(self.page.locator(".strip .thumb").first).to_be_visible(timeout=PATIENCE_MS)

    def save_finding(self, phrase: str) -> None:
        """Put it into words and save it."""
        rung = self.button("已报告，继续填写")
        expect(rung.or_(self.button(phrase))).to_be_visible(timeout=PATIENCE_MS)
        if rung.count():
            rung.tap()
        self.button(phrase).tap()
        self.button("保存隐患").tap()
        expect(self.page).not_to_have_url(re.compile(r"/findings/"), timeout=PATIENCE_MS)

    def sign(self, visit: str, name: str) -> None:
        """Somebody of the team signs in the frame."""
        self.go(f"/visits/{visit}/sign")
        self.button("组员签字").tap()
        sheet = self.page.get_by_role("dialog")
        sheet.get_by_role("button", name=name).tap()
        self.draw(sheet.locator("canvas"))
        sheet.get_by_role("button", name="签好了").tap()
        expect(self.page.get_by_text(f"{name} 已签")).to_be_visible(timeout=PATIENCE_MS)

    def draw(self, frame: Locator) -> None:
        """A stroke from corner to corner."""
        frame.scroll_into_view_if_needed()
        box = frame.bounding_box()
        assert box is not None
        left, top = box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.25
        self.page.mouse.move(left, top)
        self.page.mouse.down()
        self.page.mouse.move(left + box["width"] * 0.5, top + box["height"] * 0.5, steps=6)
        self.page.mouse.up()

    def refuse(self, visit: str, companion: str) -> None:
        """The mine's companion does not sign."""
        self.go(f"/visits/{visit}/sign")
        self.button("陪检人拒签").tap()
        sheet = self.page.get_by_role("dialog")
        sheet.get_by_label("陪检人姓名").fill(companion)
        sheet.get_by_role("button", name="不认可检查结果").tap()
        expect(self.page.get_by_text(f"{companion} 拒签")).to_be_visible(timeout=PATIENCE_MS)

    def done(self, visit: str) -> None:
        """This phone's part is finished."""
        self.go(f"/visits/{visit}/sign")
        self.button("我这部手机查完了").tap()
        expect(self.page.get_by_text("本机已说查完")).to_be_visible(timeout=PATIENCE_MS)

    def submit(self, visit: str) -> None:
        """The leader hands it in, with what it lacks."""
        self.go(f"/visits/{visit}/sign")
        self.button("提交检查").tap()
        self.page.get_by_role("dialog").get_by_role("button", name="带着缺漏提交").tap()
        expect(self.page.get_by_text(re.compile("^ *已提交"))).to_be_visible(timeout=PATIENCE_MS)

    def upload(self, within_ms: int = 2 * PATIENCE_MS) -> None:
        """Out with everything, until the screen says that the county has it."""
        self.go("/sync")
        self.button("马上上传").tap()
        expect(self.page.get_by_text("本机的工作都已到县里")).to_be_visible(timeout=within_ms)
        expect(self.button("马上上传")).to_be_enabled(timeout=within_ms)

    def marks(self, visit: str) -> dict[str, str]:
        """Pair → what the contents say of it, for every item that is answered."""
        self.go(f"/visits/{visit}/contents")
        expect(self.page.locator("li.item-row").first).to_be_visible(timeout=PATIENCE_MS)
        more = self.page.get_by_role("button", name=re.compile("^再显示"))
        while more.count():
            more.tap()
        rows: list[tuple[str, str]] = self.page.evaluate(_ROWS)
        said = {pair: re.split(r"[ ·：]", told)[0] for pair, told in rows if told}
        return {pair: WORDS[word] for pair, word in said.items() if word in WORDS}
