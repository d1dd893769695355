"""Pictures of every page of the console, from a real server: `python -m tests.browser.console_screens [--to folder]`.

Every page once, by the first role that has it, in both themes and on four screens; what is printed on paper, too; and
pages with nothing to show.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.chromium import DESK, chromium_type, launch, look
from tests.browser.desks import Desks, desks_of
from tests.browser.site import running_site
from tests.guards.tree import ROOT

THEMES = ("light", "dark")
SIZES = ((1280, 800), (1920, 1080), (2560, 1440), (1024, 768))
#: Whose eyes come first: the later ones show only what those before do not have.
ROLES = ("supervisor", "admin", "auditor", "leader")
OPEN = ("/sign-in", "/set-password", "/renew-second-factor", "/nowhere")
#: What is printed and hung or carried: as wide as A4 between its margins.
PRINTED = ("/", "/mines/<key:mine>", "/mines/<key:mine>/left", "/mines/<key:mine>/coverage", "/mines/<key:mine>/plates",
           "/visits/<key:visit>", "/findings/<key:finding>")  # fmt: skip
PAPER = (703, 1000)
#: Lists of nothing: filters that nothing passes.
EMPTY = {"visits": "/visits?until=2001-01-01", "findings": "/findings?text=nobody", "mines": "/mines?text=nobody"}
#: Until charts are drawn.
SETTLED_MS = 900
_WEAR = """theme => {
    document.documentElement.dataset.theme = theme
    document.dispatchEvent(new CustomEvent("themechange"))
}"""


def take(page: Page, name: str, folder: Path) -> None:
    """The page that is shown, in every theme and on every screen."""
    page.wait_for_load_state("networkidle")
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for theme in THEMES:
            page.evaluate(_WEAR, theme)
            page.wait_for_timeout(SETTLED_MS if page.locator("[data-chart]").count() else 60)
            look(page, folder / str(width) / theme / f"{name}.png", whole=True)
    print(name, flush=True)  # noqa: T201


def take_on_paper(page: Page, name: str, folder: Path) -> None:
    """The page as a printer gets it."""
    page.set_viewport_size({"width": PAPER[0], "height": PAPER[1]})
    page.emulate_media(media="print")
    page.wait_for_timeout(SETTLED_MS if page.locator("[data-chart]").count() else 60)
    look(page, folder / "paper" / f"{name}.png", whole=True)
    page.emulate_media(media="screen")


def named(rule: str) -> str:
    """A file's name for a page."""
    return rule.strip("/").replace("/", "-").replace("<", "").replace(">", "").replace("key:", "") or "board"


def take_all(page: Page, desks: Desks, folder: Path) -> None:
    """Every page once."""
    for address in OPEN:
        page.goto(address)
        take(page, named(address), folder)
    done: set[str] = set()
    for role in ROLES:
        page.context.clear_cookies()
        desks.sit_down(page.context, role)
        for rule, address in desks.pages_by_rule(role).items():
            if rule not in done:
                done.add(rule)
                page.goto(address)
                take(page, named(rule), folder)
                if rule in PRINTED:
                    take_on_paper(page, named(rule), folder)
        if role == ROLES[0]:
            for name, address in EMPTY.items():
                page.goto(address)
                take(page, f"{name}-none", folder)


def main() -> None:
    """Make a demo county, look at it, and leave the pictures in a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", type=Path, default=ROOT / "build" / "console-screens")
    folder = parser.parse_args().to
    with (
        tempfile.TemporaryDirectory() as data,
        running_site(Path(data)) as site,
        chromium_type() as kind,
        launch(kind) as browser,
        browser.new_context(base_url=site.url, **DESK) as context,
    ):
        take_all(context.new_page(), desks_of(site), folder)


if __name__ == "__main__":
    main()
