"""A shift with one phone, screen by screen, for whoever looks at screens: every screen that a phone's life passes."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office
from tests.browser.visit_screens import SETTLED_MS, VisitScreens
from tests.browser.visiting import Visiting


@dataclass
class Shift:
    """What is played, in its order. `take`: looks at the screen as it stands, under a name."""

    page: Page
    take: Callable[[str], None]
    office: Office
    team: str

    def play(self) -> None:
        """From a phone that nobody owns to one that is locked."""
        self._enrol()
        self._people()
        self._today()
        self._settings()
        visit = self._open()
        VisitScreens(self.page, self.take, visit).play()
        self._lose_the_way(visit)
        self._leave()

    def _enrol(self) -> None:
        handset = Handset(self.page)
        handset.start()
        self.take("01-enrol")
        self._button("扫描二维码").tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("02-enrol-scan")
        self._button("不扫了").tap()
        self._go("/readiness")
        self.take("03-readiness-new")
        self._go("/enrol")
        handset.enrol(self.office, self.team, before=lambda: self.take("04-enrol-digits"))

    def _people(self) -> None:
        self.take("05-people-none")
        self._button("添加人员").tap()
        self.take("06-people-who")
        self.page.locator("main .list button").first.tap()
        self.take("07-people-pin")
        Handset(self.page).choose_pin()
        expect(self._button("下井准备")).to_be_visible(timeout=PATIENCE_MS)

    def _today(self) -> None:
        self.take("08-today-unprepared")
        self._button("下井准备").tap()
        expect(self.page.get_by_text("全部齐了")).to_be_visible(timeout=PATIENCE_MS)
        self.take("09-prepare")
        self.page.keyboard.press("Escape")
        self.take("10-today")
        self._mine("正在检查").tap()
        expect(self.page).to_have_url(re.compile("/today/mines/"))
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("11-mine")
        self._button("按专业").tap()
        self.take("12-mine-by-specialty")
        self.page.locator("main").evaluate("one => one.scrollTo(0, one.scrollHeight)")
        self.take("13-mine-findings")

    def _settings(self) -> None:
        self._go("/settings")
        self.take("14-settings")
        self._go("/settings/pin")
        self.take("15-settings-pin")
        self._go("/readiness")
        self.take("16-readiness")
        self._go("/sync")
        self.take("17-sync")

    def _open(self) -> str:
        """The id of the visit that the team has begun, entered."""
        self._go("/visits")
        self.take("18-visit-open")
        self._go("/today")
        self._mine("正在检查").tap()
        self.page.locator("footer .primary").tap()
        expect(self.page).to_have_url(re.compile("/visits/[^/?]+$"), timeout=PATIENCE_MS)
        visit = self.page.url.rstrip("/").split("/")[-1]
        # The first tap may open a place at once.
        expect(self.page.locator("main .list .bar").first).to_be_visible(timeout=PATIENCE_MS)
        return visit

    def _lose_the_way(self, visit: str) -> None:
        self._go("/visits/nobodys")
        self.take("60-visit-missing")
        self._go(f"/visits/{visit}/findings/nobodys")
        self.take("61-finding-missing")

    def _leave(self) -> None:
        self._go("/people")
        self.take("70-people")
        self._button("锁上").tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.take("71-locked")
        self.page.locator("main .list button").first.tap()
        self.take("72-unlock")
        Handset(self.page).type_pin("111111")
        self._button("打开").tap()
        expect(self.page.get_by_text("密码不对")).to_be_visible(timeout=PATIENCE_MS)
        self.take("73-unlock-wrong")
        person = self.page.url.split("/people/")[1].split("/")[0]
        self._go(f"/people/{person}/code")
        self.take("74-new-pin-by-code")
        self._go("/sync")
        self.take("75-sync-locked")

    def _mine(self, said: str) -> Locator:
        """A mine on today's screen, by what its card says."""
        return self.page.locator("main .mine").filter(has_text=said).first

    def _button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def _go(self, path: str) -> None:
        """To a screen, and wait until it is the one that is shown."""
        Visiting(self.page).go(path)
        expect(self.page).to_have_url(re.compile(re.escape(f"/app{path}") + "$"), timeout=PATIENCE_MS)
        self.page.wait_for_timeout(SETTLED_MS)
