"""The phone app in Chromium, four times slower than this machine, from a real server: what is loaded first, how fast it
opens without a network, how long a tap takes until it is saved, how long a long visit takes to open. Loopback only.

`python -m bench.phone [--starts 9] [--taps 60] [--slower 4]`
"""

import argparse
import gzip
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, BrowserType, Page, expect

from bench.processes import yardstick
from server.built import BUILD
from tests.browser.chromium import EXECUTABLE, FLAGS, PHONE, chromium_type
from tests.browser.handset import Handset
from tests.browser.office import office_of
from tests.browser.round import Round, Thumb
from tests.browser.site import Site, running_site
from tests.browser.visiting import Visiting

KIB = 1024
PATIENCE_MS = 60_000
#: Long after a start is over.
SETTLED_MS = 4_000
#: In the page: when the last touch was, when something was written durably since, when a wanted element came.
_WATCH = """
window.seen = { touched: 0, saved: 0, shown: 0, wanted: '' }
const mark = (name) => { if (!seen[name]) seen[name] = performance.now() }
addEventListener('click', (event) => Object.assign(seen, { touched: event.timeStamp, saved: 0, shown: 0 }), true)
const transaction = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (...given) {
  const made = transaction.apply(this, given)
  if (made.mode === 'readwrite') made.addEventListener('complete', () => mark('saved'))
  return made
}
const look = () => { if (seen.wanted && document.querySelector(seen.wanted)) mark('shown') }
new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true })
"""


@dataclass(frozen=True)
class Prepared:
    """A phone that is ready to go down: who is on it, and the mine that a visit of so many items was opened at."""

    person: str
    mine: str
    items: int


def main(arguments: list[str] | None = None) -> None:
    """Measure and print, each figure beside what it must keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=9)
    parser.add_argument("--taps", type=int, default=60)
    parser.add_argument("--slower", type=int, default=4)
    wanted = parser.parse_args(arguments)
    busy = f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
    print(f"yardstick {yardstick():.0f} ms; {busy}; Chromium {wanted.slower} times slower; ms: median, p95, most")
    tell("JavaScript at first load, gzipped, KiB", [first_load_bytes(BUILD / "app") / KIB], 150)
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as profile,
        running_site(Path(folder)) as site,
        chromium_type() as kind,
    ):
        phone = prepare(kind, Path(profile), site)
        tell("cold start without a network", cold_starts(kind, profile, site, wanted), 1000)
        opened, saved, shown = work(kind, profile, site, phone, wanted)
        tell(f"open a visit of {phone.items} items", opened, 500)
        tell("tap to saved", saved, 50)
        tell("tap to the next item", shown)


def first_load_bytes(app: Path) -> int:
    """What the page loads before it can show anything."""
    page = (app / "index.html").read_text(encoding="utf-8")
    names = re.findall(r'(?:src|href)="/app/([^"]+\.js)"', page)
    return sum(len(gzip.compress((app / name).read_bytes(), 9)) for name in names)


def tell(what: str, figures: list[float], most: float | None = None) -> None:
    """A line: median, the slow end, and whether it keeps its promise at the p95."""
    ordered = sorted(figures)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    kept = "" if most is None else f"   ≤ {most:g} {'kept' if p95 <= most else 'NOT KEPT'}"
    print(f"{what:<42} {ordered[len(ordered) // 2]:8.1f} {p95:8.1f} {ordered[-1]:8.1f}   n={len(ordered)}{kept}")


def opened_profile(kind: BrowserType, profile: str | Path, site: Site, **but: Any) -> BrowserContext:
    """A browser of its own on a profile that outlives it."""
    manner = PHONE | {"base_url": site.url, "executable_path": EXECUTABLE, "args": list(FLAGS)} | but
    context = kind.launch_persistent_context(profile, **manner)
    context.set_default_timeout(PATIENCE_MS)
    context.add_init_script(_WATCH)
    return context


def prepare(kind: BrowserType, profile: Path, site: Site) -> Prepared:
    """A phone with a person, all that a shift needs, and a visit of everything at the fullest mine."""
    office = office_of(site)
    with opened_profile(kind, profile, site) as context:
        page = context.pages[0]
        handset = Handset(page)
        handset.start()
        handset.enrol(office, office.teams()[-1])
        name = handset.add_person()
        handset.prepare()
        card = page.locator("main .mine").filter(has_not_text="免检").filter(has_not_text="正在检查").first
        mine = card.locator("strong").first.inner_text().strip()
        card.tap()
        page.locator("footer .primary").tap()
        page.locator("main .choice").filter(has_text="月全覆盖").tap()
        page.locator("footer .primary").tap()
        expect(page.locator("main .list .bar").first).to_be_visible(timeout=PATIENCE_MS)
        said = re.search(r"\d+ / (\d+)", page.locator("main").inner_text())
    return Prepared(name, mine, int(said[1]) if said else 0)


def cold_starts(kind: BrowserType, profile: str, site: Site, wanted: argparse.Namespace) -> list[float]:
    """From the address to the people of the phone; another process every time, no network."""
    figures = []
    for _ in range(wanted.starts):
        with opened_profile(kind, profile, site, offline=True) as context:
            page = context.pages[0]
            slow(page, wanted.slower)
            page.add_init_script("seen.wanted = 'main .list button'")
            page.goto("/app/", wait_until="commit")
            # Asking meanwhile would load the asker's own scripts into the page, four times slower too.
            page.wait_for_timeout(SETTLED_MS)
            figures.append(shown_at(page))
    return figures


def work(
    kind: BrowserType, profile: str, site: Site, phone: Prepared, wanted: argparse.Namespace
) -> tuple[list[float], list[float], list[float]]:
    """Opening the visit again and again; then taps: until written, until the next item is there."""
    with opened_profile(kind, profile, site, offline=True) as context:
        page = context.pages[0]
        page.goto("/app/")
        Handset(page).unlock(phone.person)
        expect(page.locator("main .mine").first).to_be_visible(timeout=PATIENCE_MS)
        slow(page, wanted.slower)
        opened = [open_visit(page, phone.mine) for _ in range(wanted.starts)]
        saved, shown = tap_on(page, wanted.taps)
    return opened, saved, shown


def open_visit(page: Page, mine: str) -> float:
    """From the tap on the mine's button to the list of its places."""
    Visiting(page).go("/today")
    page.locator("main .mine").filter(has_text=mine).first.tap()
    page.get_by_role("button", name="继续检查").wait_for()
    page.evaluate("() => { seen.wanted = 'main .list .bar' }")
    page.get_by_role("button", name="继续检查").tap()
    return shown_at(page) - float(page.evaluate("() => seen.touched"))


def tap_on(page: Page, taps: int) -> tuple[list[float], list[float]]:
    """Item after item, place after place; readings that have to be typed are answered and not counted."""
    page.locator("main .list li").first.locator("button, a").first.tap()
    walk = Round(Thumb(page))
    saved: list[float] = []
    shown: list[float] = []
    while len(saved) < taps:
        walk.item()
        is_one_tap = walk.dock.locator(".verdicts, .same.primary").count() > 0
        pair = walk.dock.get_attribute("data-pair")
        page.evaluate("pair => { seen.wanted = `.dock:not([data-pair='${pair}']), .done-here` }", pair)
        walk.passes()
        if is_one_tap:
            found = page.evaluate("() => seen")
            saved.append(found["saved"] - found["touched"])
            shown.append(found["shown"] - found["touched"])
    return saved, shown


def slow(page: Page, times: int) -> None:
    """As a phone that is so many times slower."""
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": times})


def shown_at(page: Page) -> float:
    """When the wanted element came, ms since the page began."""
    page.wait_for_function("() => seen.shown > 0", timeout=PATIENCE_MS)
    return float(page.evaluate("() => seen.shown"))


if __name__ == "__main__":
    main()
