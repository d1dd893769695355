"""Pictures of every screen of the phone app, from a real server: `python -m tests.browser.screens [--to folder]`.

One shift is played; at each screen theme, size and letters change under it, so that all pictures show the same moment.
"""

import argparse
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.browser.chromium import PHONE, chromium_type, launch, look
from tests.browser.office import office_of
from tests.browser.shift import Shift
from tests.browser.site import running_site
from tests.guards.tree import ROOT

THEMES = ("light", "dark", "lamp")
SIZES = ((360, 640), (412, 915))
#: Until what comes in has come to rest.
SETTLED_MS = 350
WEAR = "theme => { document.documentElement.dataset.theme = theme }"
ENLARGE = "percent => { document.documentElement.style.fontSize = percent }"
#: The largest letters that a person may choose, on the smallest screen.
LARGEST = "150%"
ACROSS = 6


@dataclass
class Album:
    """Pictures by screen, theme and size."""

    page: Page
    folder: Path

    def take(self, name: str) -> None:
        """The screen in every theme and size, and with the largest letters."""
        for width, height in SIZES:
            self.page.set_viewport_size({"width": width, "height": height})
            for theme in THEMES:
                self._look(name, f"{width}x{height}", theme)
        self.page.set_viewport_size({"width": SIZES[0][0], "height": SIZES[0][1]})
        self.page.evaluate(ENLARGE, LARGEST)
        self._look(name, "largest-letters", THEMES[0])
        self.page.evaluate(ENLARGE, "")
        print(name, flush=True)  # noqa: T201

    def _look(self, name: str, size: str, theme: str) -> None:
        self.page.evaluate(WEAR, theme)
        self.page.wait_for_timeout(SETTLED_MS if theme == THEMES[0] else 60)
        look(self.page, self.folder / size / theme / f"{name}.png")

    def sheets(self) -> None:
        """One picture a theme and size with all screens side by side."""
        for folder in sorted(self.folder.glob("*/*")):
            pictures = [Image.open(path) for path in sorted(folder.glob("*.png"))]
            width, height = pictures[0].size
            sheet = Image.new("RGB", (ACROSS * (width + 16), -(-len(pictures) // ACROSS) * (height + 16)), "#777777")
            for number, picture in enumerate(pictures):
                sheet.paste(picture, (number % ACROSS * (width + 16) + 8, number // ACROSS * (height + 16) + 8))
            sheet.resize((sheet.width // 2, sheet.height // 2)).save(f"{folder}.png")


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
                Shift(page, album.take, office, office.teams()[-1]).play()
            finally:
                album.sheets()


if __name__ == "__main__":
    main()
