"""A newer app comes out while a phone is at work: never in the middle of a visit, and nothing unsent is lost by it."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, Locator, Page, expect

from media.digest import sha256_of
from server.built import BUILD
from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import Pocket
from tests.browser.site import running_site
from tests.browser.versions import installed, release, version_of
from tests.browser.visiting import Visiting


@dataclass
class Shift:
    """Somebody at work with one phone, and the installation that the app comes from."""

    pocket: Pocket
    office: Office
    app: Path
    media: Path
    device: str
    name: str

    @property
    def page(self) -> Page:
        return self.pocket.page

    @property
    def hand(self) -> Visiting:
        return Visiting(self.page)

    def switch_on(self) -> None:
        """The browser anew, with its work unlocked."""
        self.pocket.stop()
        self.pocket.start()
        self.pocket.hide_county()
        self.page.goto("/app/")
        Handset(self.page).unlock(self.name)
        expect(self.hand.button("下井准备")).to_be_visible(timeout=PATIENCE_MS)

    def runs(self, version: str) -> None:
        """The settings name the version, and the page on the screen is of it."""
        self.hand.go("/settings")
        expect(self.page.get_by_text(f"（{version}）")).to_be_visible(timeout=PATIENCE_MS)

    def mark(self) -> str | None:
        """Which release the page on the screen comes from."""
        return self.page.locator("html").get_attribute("data-mark")

    def kept_back(self) -> Locator:
        return self.page.get_by_text("有新版本。检查进行中不更换")

    def unsent(self) -> int:
        """How many things the bar says are only here."""
        said = self.page.get_by_text(re.compile(r"已存本机 · \d+ 项待传"))
        expect(said).to_be_visible(timeout=PATIENCE_MS)
        return int(re.findall(r"\d+", said.inner_text())[0])

    def begin(self) -> tuple[str, str]:
        """A round at a mine where nobody is; the visit and its fullest place."""
        self.hand.go("/today")
        free = self.page.locator("main .mine").filter(has_not_text="正在检查").filter(has_not_text="免检").first
        visit = self.hand.begin(free.locator("strong").first.inner_text().strip())
        return visit, max(self.hand.stops(), key=lambda stop: len(self.hand.at(stop)))

    def finish(self, visit: str) -> None:
        """Said and handed in, as far as this phone knows."""
        self.hand.done(visit)
        self.hand.submit(visit)

    def take_newer(self, mark: str) -> None:
        """The button in the settings: the app loads anew, as the release of that mark."""
        self.hand.go("/settings")
        button = self.hand.button("换上新版本")
        expect(button).to_be_visible(timeout=PATIENCE_MS)
        button.tap()
        expect(self.page.locator("html")).to_have_attribute("data-mark", mark)
        expect(self.page.get_by_role("heading", level=1)).to_be_visible(timeout=PATIENCE_MS)
        self.hand.go("/people")
        Handset(self.page).unlock(self.name)
        expect(self.hand.button("下井准备")).to_be_visible(timeout=PATIENCE_MS)


@pytest.fixture(scope="module")
def shift(chromium: BrowserType, demo_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shift]:
    """A phone that is ready to go down; the tests follow each other on it, each leaves it between visits."""
    program = installed(tmp_path_factory.mktemp("installation") / "program")
    folder = shutil.copytree(demo_county, tmp_path_factory.mktemp("site"), dirs_exist_ok=True)
    release(BUILD / "app", program / "build" / "app", "first")
    with running_site(folder, program=program) as site:
        office = office_of(site)
        pocket = Pocket(chromium, site.url, tmp_path_factory.mktemp("phone"))
        handset = Handset(pocket.start())
        handset.start()
        device = handset.enrol(office, office.teams()[0])
        name = handset.add_person()
        handset.prepare()
        yield Shift(pocket, office, program / "build" / "app", folder / "media", device, name)
        pocket.stop()


def test_what_comes_out_during_a_visit_waits_for_its_end_and_costs_nothing_unsent(shift: Shift) -> None:
    first = version_of(shift.app)
    visit, stop = shift.begin()
    shift.pocket.set_offline(True)
    pairs = shift.hand.at(stop)[:4]
    for pair, outcome in zip(pairs, ("unseen", "na", "unseen"), strict=False):
        shift.hand.say(pair, outcome)
    shift.hand.fail(pairs[3])
    shift.hand.photograph(2)
    shift.hand.save_finding("损坏")
    marks = shift.hand.marks(visit)
    assert marks.keys() >= set(pairs)

    second = release(BUILD / "app", shift.app, "second")
    for _ in range(2):
        shift.switch_on()
        shift.runs(first)
        expect(shift.kept_back()).to_be_visible(timeout=PATIENCE_MS)
        expect(shift.hand.button("换上新版本")).to_have_count(0)
        assert shift.mark() == "first"
        assert shift.hand.marks(visit) == marks

    shift.finish(visit)
    waiting = shift.unsent()
    shift.take_newer("second")
    shift.runs(second)
    assert shift.unsent() == waiting
    assert shift.hand.marks(visit) == marks

    shift.pocket.show_county()
    shift.hand.upload()
    recorded = shift.office.answers(visit)
    assert {pair: [said] for pair, said in marks.items() if pair != pairs[3]}.items() <= recorded.items()
    assert recorded[pairs[3]] == ["fail"]
    taken = {one["body"]["sha256"] for one in shift.office.delivered(shift.device) if one["kind"] == "photo.add"}
    assert len(taken) == 2
    assert taken <= {sha256_of(file.read_bytes()) for file in shift.media.rglob("*") if file.is_file()}


def test_what_lay_ready_before_a_visit_waits_too_though_the_browser_put_it_in_place(shift: Shift) -> None:
    running = version_of(shift.app)
    third = release(BUILD / "app", shift.app, "third")
    shift.switch_on()
    shift.hand.go("/settings")
    expect(shift.hand.button("换上新版本")).to_be_visible(timeout=PATIENCE_MS)
    before = shift.mark()
    visit, _ = shift.begin()

    for _ in range(3):
        shift.runs(running)
        expect(shift.kept_back()).to_be_visible(timeout=PATIENCE_MS)
        assert shift.mark() == before
        # With no page left, the browser puts the newer worker in place by itself.
        shift.switch_on()

    shift.finish(visit)
    shift.take_newer("third")
    shift.runs(third)
