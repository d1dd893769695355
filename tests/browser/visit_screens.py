"""The screens of a visit that is under way, for whoever looks at screens: places, answers, findings, the end."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, expect
from playwright.sync_api import Page as BrowserPage

from tests.browser.handset import PATIENCE_MS
from tests.browser.visiting import Visiting

#: Until what comes in has come to rest.
SETTLED_MS = 350


@dataclass
class VisitScreens:
    """By the leader, in the middle of a round. `take`: looks at the screen as it stands, under a name."""

    page: BrowserPage
    take: Callable[[str], None]
    visit: str

    @property
    def hand(self) -> Visiting:
        return Visiting(self.page)

    def play(self) -> None:
        """Every screen, and what comes up in front of it; from the first finding on without a network."""
        self._places()
        self._where()
        self._answers()
        self.page.context.set_offline(True)
        self._finding()
        self._findings()
        self._end()
        self._go("/sync")
        self.take("58-sync-unsent")
        self.page.context.set_offline(False)

    def _places(self) -> None:
        self.take("20-visit")
        self._at("contents")
        self.take("21-contents")
        self.page.locator("footer .filters .button").nth(2).tap()
        self.take("22-contents-wrong")
        self._at("split")
        self.take("23-split")
        self.page.locator("main .list button").first.tap()
        self.take("24-split-who")
        self.page.keyboard.press("Escape")
        self.page.get_by_role("tab", name="按人").tap()
        self.take("25-split-by-person")
        self._at("conflicts")
        self.take("26-conflicts")

    def _where(self) -> None:
        self._at("where")
        self.take("27-where")
        self.hand.button("扫地点牌").tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("28-where-scan")
        self.page.keyboard.press("Escape")
        self.page.get_by_label("输入牌上的 6 位数字").fill("000000")
        self.hand.button("确认").tap()
        expect(self.page.get_by_text("这个号码不是本矿的地点牌")).to_be_visible(timeout=PATIENCE_MS)
        self.take("29-where-wrong")
        self.hand.button("手工选择地点").tap()
        self.take("30-where-by-hand")
        sheet = self.page.get_by_role("dialog")
        sheet.get_by_label("地点").select_option(index=0)
        sheet.get_by_role("button", name="没有地点牌").tap()
        expect(self.page.get_by_text("位置已存本机")).to_be_visible(timeout=PATIENCE_MS)

    def _answers(self) -> None:
        first = self.hand.at(self._stops()[0])
        self.take("31-stop")
        reading = self._one(first, ".dock .outcomes:not(.verdicts)")
        self.take("32-stop-reading")
        reading.locator(".outcomes .button").first.tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("33-reading-pad")
        self.page.get_by_role("dialog").get_by_role("button", name="9", exact=True).tap()
        self.take("34-reading-judged")
        self.page.keyboard.press("Escape")
        self.hand.button("未能查看").tap()
        self.take("35-reasons")
        self.hand.button("其他原因").tap()
        self.take("36-reason-typed")
        self.page.keyboard.press("Escape")
        self.hand.button("怎么查").tap()
        self.take("37-about")
        self.page.keyboard.press("Escape")
        self._one(first, ".dock .verdicts")
        self.take("38-stop-verdict")
        self.hand.button("符合").tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("39-stop-answered")

    def _finding(self) -> None:
        verdict = self._one(self.hand.at(self._stops()[0]), ".dock .verdicts")
        verdict.get_by_role("button", name="不符合", exact=True).tap()
        expect(self.page).to_have_url(re.compile("/findings/new"), timeout=PATIENCE_MS)
        called, grave = self.hand.button("已报告，继续填写"), self.hand.button("疑似重大")
        expect(called.or_(grave)).to_be_visible(timeout=PATIENCE_MS)
        if grave.count():
            grave.tap()
        self.take("40-finding-call")
        called.tap()
        self.take("41-finding-new")
        self.hand.button("保存隐患").tap()
        self.take("42-finding-lacking")
        self.hand.button("损坏").tap()
        self.page.locator(".strip .add").first.tap()
        expect(self.page.locator("footer .primary")).to_be_enabled(timeout=PATIENCE_MS)
        self.take("43-camera")
        self.page.locator("footer .primary").tap()
        expect(self.page.get_by_text("第 1 张已存本机")).to_be_visible(timeout=PATIENCE_MS)
        self.take("44-camera-taken")
        self.hand.button("完成").tap()
        expect(self.page.locator(".strip .thumb").first).to_be_visible(timeout=PATIENCE_MS)
        self.take("45-finding-a-photo")
        self.page.locator("main").evaluate("one => one.scrollTo(0, one.scrollHeight)")
        self.take("45-finding-lower")
        self.page.locator(".strip .thumb").first.tap()
        self.hand.button("圆圈").tap()
        self.hand.draw(self.page.locator(".pad svg"))
        self.take("46-photo-drawn")
        self.hand.button("存为标注照片").tap()
        expect(self.page.locator(".strip .thumb")).to_have_count(2, timeout=PATIENCE_MS)
        self.take("47-photos-both")
        self.hand.button("保存隐患").tap()
        expect(self.page).not_to_have_url(re.compile("/findings/"), timeout=PATIENCE_MS)

    def _findings(self) -> None:
        self._at("findings")
        self.take("48-findings")
        self._group("本次记录").locator("li button, li a").first.tap()
        expect(self.page).to_have_url(re.compile("/findings/[^/]+$"), timeout=PATIENCE_MS)
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("49-finding")
        self._at("findings")
        self._group("本矿未销号").locator("li button, li a").first.tap()
        self.hand.button("复查").tap()
        expect(self.page.get_by_text("整改前", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        self.take("50-recheck")
        self.hand.button("未整改到位").tap()
        self.hand.button("保存复查结果").tap()
        self.take("51-recheck-lacking")

    def _end(self) -> None:
        self._at("sign")
        self.take("52-sign")
        self.hand.button("矿方陪检人签字").tap()
        sheet = self.page.get_by_role("dialog")
        sheet.get_by_label("陪检人姓名").fill("买买提·吐尔逊江·阿卜杜热合曼")
        self.hand.draw(sheet.locator("canvas"))
        self.take("53-sign-drawn")
        sheet.get_by_role("button", name="签好了").tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("54-signed")
        self.hand.button("陪检人拒签").tap()
        self.take("55-refusal")
        self.page.keyboard.press("Escape")
        self.hand.button("提交检查").tap()
        self.take("56-submit")
        self.page.get_by_role("dialog").get_by_role("button", name="带着缺漏提交").tap()
        expect(self.page.get_by_text(re.compile("^ *已提交"))).to_be_visible(timeout=PATIENCE_MS)
        self.take("57-submitted")

    def _one(self, pairs: list[str], told: str) -> Locator:
        """The first open item whose dock has what is wanted, at hand."""
        for pair in pairs:
            dock = self.hand.choose(pair)
            if self.page.locator(told).count():
                return dock
        raise AssertionError(f"no item here has {told}")

    def _group(self, name: str) -> Locator:
        return self.page.locator("section", has=self.page.get_by_role("heading", name=name))

    def _stops(self) -> list[str]:
        self._go(f"/visits/{self.visit}")
        return self.hand.stops()

    def _at(self, part: str) -> None:
        self._go(f"/visits/{self.visit}/{part}")

    def _go(self, path: str) -> None:
        """To a screen, and wait until it is the one that is shown."""
        self.hand.go(path)
        expect(self.page).to_have_url(re.compile(re.escape(f"/app{path}") + "$"), timeout=PATIENCE_MS)
        self.page.wait_for_timeout(SETTLED_MS)
