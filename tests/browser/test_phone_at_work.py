"""A member at work with one phone: where they are, the form, circles, re-checks and photos on their way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserType, Page, Route, expect

from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import Pocket
from tests.browser.site import Site
from tests.browser.visiting import Visiting
from tests.server.photos.scene import photo

MINE = "示例一矿"
BELOW = "1501综采工作面"


@dataclass(frozen=True)
class Work:
    """Somebody in a round, with a network where a test asks for one."""

    pocket: Pocket
    office: Office
    device: str
    name: str
    visit: str

    @property
    def page(self) -> Page:
        return self.pocket.page

    @property
    def hand(self) -> Visiting:
        return Visiting(self.page)

    def delivered(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of that kind in the county's log, from this phone, in its order."""
        self.pocket.set_offline(False)
        self.hand.upload(120_000)
        return [one["body"] for one in self.office.delivered(self.device) if one["kind"] == kind]


@pytest.fixture(scope="module")
def work(chromium: BrowserType, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Work]:
    """A member in the middle of a round; the tests follow each other on the same phone."""
    office = office_of(site)
    pocket = Pocket(chromium, site.url, tmp_path_factory.mktemp("phone"))
    handset = Handset(pocket.start())
    handset.start()
    device = handset.enrol(office, office.teams()[-1])
    name = handset.add_person()
    handset.prepare()
    yield Work(pocket, office, device, name, Visiting(pocket.page).begin(MINE))
    pocket.stop()


def test_above_ground_the_satellites_are_asked_and_their_accuracy_and_source_are_kept(work: Work) -> None:
    work.hand.go(f"/visits/{work.visit}/where")
    work.hand.button("我在地面，用卫星定位").tap()
    expect(work.page.get_by_text("位置已存本机")).to_be_visible(timeout=PATIENCE_MS)
    expect(work.page.get_by_text("地面定位，误差约 8 米")).to_be_visible()
    expect(work.page).not_to_have_url(re.compile("/where$"), timeout=PATIENCE_MS)

    location = work.delivered("place.mark")[-1]["location"]
    assert (location["kind"], location["source"], location["accuracy"]) == ("gnss", "browser", 8)
    assert (round(location["lat"], 1), round(location["lon"], 1)) == (39.9, 116.4)


def test_a_place_is_chosen_by_hand_only_with_a_reason(work: Work) -> None:
    work.hand.go(f"/visits/{work.visit}/where")
    work.hand.button("手工选择地点").tap()
    sheet = work.page.get_by_role("dialog")
    expect(sheet.get_by_role("button", name="地点牌损坏或看不清")).to_be_disabled()
    sheet.get_by_label("地点").select_option(label=BELOW)
    sheet.get_by_role("button", name="地点牌损坏或看不清").tap()
    expect(work.page.get_by_text("位置已存本机")).to_be_visible(timeout=PATIENCE_MS)
    # It leads back by itself; whoever goes on before that is led away again.
    expect(work.page).not_to_have_url(re.compile("/where$"), timeout=PATIENCE_MS)
    work.hand.go(f"/visits/{work.visit}/where")
    expect(work.page.get_by_text(f"手选：{BELOW}")).to_be_visible(timeout=PATIENCE_MS)

    location = work.delivered("place.mark")[-1]["location"]
    assert (location["kind"], location["reason"]) == ("manual", "地点牌损坏或看不清")


def test_below_ground_no_satellite_is_believed_and_photos_carry_the_place(work: Work) -> None:
    before = len(work.delivered("place.mark"))
    work.hand.go(f"/visits/{work.visit}/where")
    work.hand.button("我在地面，用卫星定位").tap()
    sheet = work.page.get_by_role("dialog")
    expect(sheet.get_by_text("上次确认的位置在井下")).to_be_visible()
    sheet.get_by_role("button", name="关闭").last.tap()
    expect(sheet).not_to_be_visible(timeout=PATIENCE_MS)
    work.hand.go(f"/visits/{work.visit}/findings/new")
    work.hand.button("损坏").tap()
    work.hand.photograph()
    work.hand.save_finding("缺失")

    assert len(work.delivered("place.mark")) == before
    location = work.delivered("photo.add")[-1]["location"]
    assert location["kind"] == "manual"
    assert not location.keys() & {"lat", "lon", "accuracy"}


def test_a_failed_item_s_form_knows_the_item_the_place_and_how_grave_it_may_be(work: Work) -> None:
    stop, pair = a_pass_or_fail(work)
    title = work.page.locator(f"ol.rows li[data-pair='{pair}'] button").inner_text().split("\n")[0]
    work.hand.fail(pair)
    expect(work.page.locator("main h2").first).to_have_text(title.strip())
    work.hand.save_finding("损坏")
    expect(work.page).to_have_url(re.compile(re.escape(stop)), timeout=PATIENCE_MS)

    raised = work.delivered("finding.set")[-1]["set"]
    item, place = pair.split("/")
    assert raised["item"] == item
    assert raised.get("place", "-") == place
    assert raised["severity"] in {"general", "suspected_major", "serious_violation"}
    assert raised["deadline"]


def test_a_circle_is_drawn_on_a_photo_and_both_are_kept(work: Work) -> None:
    work.hand.go(f"/visits/{work.visit}/findings/new")
    work.hand.button("损坏").tap()
    work.hand.photograph()
    work.page.locator(".strip .thumb").first.tap()
    work.hand.button("圆圈").tap()
    work.hand.draw(work.page.locator(".pad svg"))
    expect(work.page.locator(".pad svg ellipse, .pad svg path").last).to_be_attached()
    work.hand.button("存为标注照片").tap()
    expect(work.page.locator(".strip .thumb")).to_have_count(2, timeout=PATIENCE_MS)
    work.hand.save_finding("缺失")

    plain, drawn = work.delivered("photo.add")[-2:]
    assert drawn["annotates"] == plain["photo"]
    assert drawn["sha256"] != plain["sha256"]


def test_an_old_finding_is_looked_at_again_with_a_photo_from_after_beside_those_from_before(work: Work) -> None:
    work.hand.go(f"/visits/{work.visit}/findings")
    earlier = work.page.locator("section", has=work.page.get_by_role("heading", name="本矿未销号"))
    earlier.locator("li button, li a").first.tap()
    work.hand.button("复查").tap()
    expect(work.page.get_by_text("整改前", exact=True)).to_be_visible(timeout=PATIENCE_MS)
    work.hand.button("未整改到位").tap()
    work.hand.button("保存复查结果").tap()
    expect(work.page.get_by_text("请写清还有什么没有整改到位。")).to_be_visible()
    work.hand.button("已整改到位").tap()
    work.hand.photograph()
    work.hand.button("保存复查结果").tap()
    expect(work.page.get_by_text("复查结果已存本机")).to_be_visible(timeout=PATIENCE_MS)

    told = work.delivered("finding.recheck")[-1]
    after = work.delivered("photo.add")[-1]
    assert told["result"] == "passed"
    assert (after["of"], after["role"]) == (f"finding/{told['finding']}", "after")


def test_photos_on_their_way_say_which_one_it_is_and_how_far_it_has_come(work: Work, tmp_path: Path) -> None:
    work.pocket.set_offline(True)
    work.hand.go(f"/visits/{work.visit}/findings/new")
    work.hand.button("损坏").tap()
    work.page.locator(".strip .add").first.tap()
    for number in range(1, 4):
        picture = tmp_path / f"{number}.jpg"
        picture.write_bytes(photo(number))
        work.page.locator("input[type=file]").set_input_files(picture)
        expect(work.page.get_by_text(f"第 {number} 张已存本机")).to_be_visible(timeout=PATIENCE_MS)
    work.hand.button("完成").tap()
    work.hand.save_finding("缺失")

    sent: list[str] = []
    held: list[Route] = []

    def poor_link(route: Route) -> None:
        if route.request.method == "PATCH":
            sent.append(route.request.url)
            # The first part arrives; the second is a long time on its way.
            if len(sent) == 2:
                held.append(route)
                return
        route.continue_()

    assert work.pocket.context is not None
    work.pocket.context.route("**/api/v1/photos/**", poor_link)
    work.pocket.set_offline(False)
    work.hand.go("/sync")
    expect(work.page.get_by_text(re.compile("第 [12] 张，共 3 张"))).to_be_visible(timeout=PATIENCE_MS)
    expect(work.page.locator(".item").filter(has_text=re.compile(r"照片.*\d+ %")).first).to_be_visible()
    while not held:
        work.page.wait_for_timeout(20)
    expect(work.page.locator(".progress data")).to_have_text(re.compile(r"^\d+ %$"))
    work.page.screenshot(path=tmp_path / "on-their-way.png")
    held[0].continue_()
    work.pocket.context.unroute("**/api/v1/photos/**")
    work.hand.upload(120_000)


def a_pass_or_fail(work: Work) -> tuple[str, str]:
    """The first place with an open item that is answered by a word, not a reading; the place and the pair."""
    for stop in open_stops(work):
        for pair in work.hand.at(stop):
            dock = work.hand.choose(pair)
            if dock.locator(".verdicts").count():
                return stop, pair
    raise AssertionError("no item of the round is answered by a word")


def open_stops(work: Work) -> list[str]:
    """The visit's places, from its first screen."""
    work.hand.go(f"/visits/{work.visit}")
    return work.hand.stops()
