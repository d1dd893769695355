"""Pictures of every screen of the phone app, from a real server: `python -m tests.browser.screens [--to folder]`.

One shift is played; at each screen the theme and the size change under it, so that all pictures show the same moment.
"""

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.chromium import PHONE, chromium_type, launch, look
from tests.browser.handset import Handset
from tests.browser.office import Office, office_of
from tests.browser.site import running_site
from tests.guards.tree import ROOT

THEMES = ("light", "dark", "lamp")
SIZES = ((360, 640), (412, 915))
#: Until what comes in has come to rest.
SETTLED_MS = 350
_GO = "path => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate', { state: {} })) }"
WEAR = "theme => { document.documentElement.dataset.theme = theme }"


class Taker(Protocol):
    """Whoever looks at the screens of a shift."""

    def take(self, name: str) -> None:
        """The screen as it stands now."""


@dataclass
class Album:
    """Pictures by screen, theme and size."""

    page: Page
    folder: Path

    def take(self, name: str) -> None:
        """The screen in every theme and size."""
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                self.page.evaluate(WEAR, theme)
                self.page.wait_for_timeout(SETTLED_MS if theme == THEMES[0] else 60)
                look(self.page, self.folder / f"{width}x{height}" / theme / f"{name}.png")
        self.page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        print(name, flush=True)  # noqa: T201

    def sheets(self) -> None:
        """One picture a theme and size with all screens side by side."""
        for folder in sorted(self.folder.glob("*/*")):
            pictures = [Image.open(path) for path in sorted(folder.glob("*.png"))]
            width, height = pictures[0].size
            across = 6
            down = -(-len(pictures) // across)
            sheet = Image.new("RGB", (across * (width + 16), down * (height + 16)), "#777777")
            for number, picture in enumerate(pictures):
                sheet.paste(picture, (number % across * (width + 16) + 8, number // across * (height + 16) + 8))
            sheet.resize((sheet.width // 2, sheet.height // 2)).save(f"{folder}.png")


@dataclass
class Shift:
    """What is played, in its order."""

    page: Page
    album: Taker
    office: Office
    team: str

    def play(self) -> None:
        """Every screen that a phone's life passes."""
        self._enrol()
        self._people()
        self._today()
        self._settings()
        self._visit()
        self._findings()
        self._leave()

    def _enrol(self) -> None:
        handset = Handset(self.page)
        handset.start()
        self.album.take("01-enrol")
        self._button("扫描二维码").tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.album.take("02-enrol-scan")
        self._button("不扫了").tap()
        self._go("/readiness")
        self.album.take("03-readiness-new")
        self._go("/enrol")
        handset.enrol(self.office, self.team, before=lambda: self.album.take("04-enrol-digits"))

    def _people(self) -> None:
        self.album.take("05-people-none")
        self._button("添加人员").tap()
        self.album.take("06-people-who")
        self.page.locator("main .list button").nth(1).tap()
        self.album.take("07-people-pin")
        Handset(self.page).choose_pin()
        expect(self._button("下井准备")).to_be_visible(timeout=20_000)

    def _today(self) -> None:
        self.album.take("08-today-unprepared")
        self._button("下井准备").tap()
        expect(self.page.get_by_text("全部齐了")).to_be_visible(timeout=60_000)
        self.album.take("09-prepare")
        self.page.keyboard.press("Escape")
        self.album.take("10-today")
        self._mine().tap()
        self.album.take("11-mine")

    def _settings(self) -> None:
        self._go("/settings")
        self.album.take("12-settings")
        self._go("/settings/pin")
        self.album.take("13-settings-pin")
        self._go("/readiness")
        self.album.take("14-readiness")
        self._go("/sync")
        self.album.take("15-sync")

    def _visit(self) -> None:
        self._go("/today")
        self._mine().tap()
        self.page.locator("footer .primary").tap()
        self.album.take("20-visit-open")
        self.page.locator("footer .primary, main .primary").first.tap()
        expect(self.page.locator("main .list, main ul").first).to_be_visible(timeout=20_000)
        self.album.take("21-visit")
        visit = self.page.url.split("/app")[1].rstrip("/")
        for number, part in enumerate(("contents", "split", "sign", "where", "camera", "findings", "conflicts"), 22):
            self._go(f"{visit}/{part}")
            self.album.take(f"{number}-visit-{part}")
        self._go(visit)
        self.page.locator("main li button, main li a").first.tap()
        expect(self.page.locator(".dock")).to_be_visible(timeout=20_000)
        self.album.take("30-stop")
        self._item_with_verdict()
        self.album.take("31-stop-item")
        self._button("符合").first.tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.album.take("32-stop-answered")

    def _item_with_verdict(self) -> None:
        """The first item of the place that is asked for a verdict and not for a reading."""
        items = self.page.locator("main li button")
        for number in range(items.count()):
            if self.page.locator(".dock .verdicts").count():
                return
            items.nth(number).tap()
            self.page.wait_for_timeout(SETTLED_MS)

    def _findings(self) -> None:
        self.page.locator(".dock").get_by_role("button", name="不符合", exact=True).tap()
        self.page.wait_for_url("**/findings/new*")
        self.page.wait_for_timeout(SETTLED_MS)
        self.album.take("34-finding-new")

    def _leave(self) -> None:
        self._go("/people")
        self.album.take("40-people")
        self._button("锁上").tap()
        self.page.wait_for_timeout(SETTLED_MS)
        self.page.locator("main .list button").first.tap()
        self.album.take("41-unlock")
        Handset(self.page).type_pin("111111")
        self._button("打开").tap()
        expect(self.page.get_by_text("密码不对")).to_be_visible(timeout=20_000)
        self.album.take("42-unlock-wrong")

    def _mine(self) -> Locator:
        """A mine that works."""
        return self.page.locator("main .mine").filter(has_not_text="免检").first

    def _button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    def _go(self, path: str) -> None:
        """Inside the app, without loading it anew: whoever is at work stays so."""
        self.page.evaluate(_GO, f"/app{path}")
        self.page.wait_for_timeout(SETTLED_MS)


def main(arguments: list[str] | None = None) -> None:
    """Take all pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "screens")
    to: Path = parser.parse_args(arguments).to
    shutil.rmtree(to, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder, running_site(Path(folder)) as site, chromium_type() as kind:
        office = office_of(site)
        with launch(kind) as browser, browser.new_context(base_url=site.url, **PHONE) as context:
            page = context.new_page()
            album = Album(page, to)
            try:
                Shift(page, album, office, office.teams()[-1]).play()
            finally:
                album.sheets()


if __name__ == "__main__":
    main()
