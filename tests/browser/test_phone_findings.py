"""A finding on the phone: the call first, the form, photos in the app and from the file camera, a drawing, its way."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType, expect
from sqlalchemy import select

from media.digest import sha256_of
from patrol.plates import plate_of
from server.db import db
from server.models.mine import Mine, Place
from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import Pocket
from tests.browser.site import Site
from tests.browser.visiting import Visiting
from tests.server.photos.scene import photo

MINE = "示例一矿"


@pytest.fixture
def office(site: Site) -> Office:
    return office_of(site)


@pytest.fixture
def pocket(chromium: BrowserType, site: Site, tmp_path: Path) -> Iterator[Pocket]:
    held = Pocket(chromium, site.url, tmp_path / "phone")
    yield held
    held.stop()


def test_a_suspected_major_is_told_by_voice_then_written_photographed_drawn_on_and_arrives(
    pocket: Pocket, site: Site, office: Office, tmp_path: Path
) -> None:
    handset = Handset(pocket.start())
    handset.start()
    handset.enrol(office, office.teams()[-1])
    name = handset.add_person()
    handset.prepare()
    pocket.set_offline(True)
    hand = Visiting(pocket.page)
    visit = hand.begin(MINE)

    hand.go(f"/visits/{visit}/where")
    place, digits = a_plate(office)
    hand.page.get_by_label("输入牌上的 6 位数字").fill(digits)
    hand.button("确认").tap()
    expect(hand.page.get_by_text("位置已存本机")).to_be_visible(timeout=PATIENCE_MS)

    hand.go(f"/visits/{visit}/findings/new")
    hand.button("疑似重大").tap()
    call = hand.page.get_by_role("link", name="拨打 000-0000000")
    expect(call).to_have_attribute("href", "tel:000-0000000")
    hand.button("已报告，继续填写").tap()
    hand.button("损坏").tap()
    hand.photograph()
    hand.page.locator(".strip .thumb").first.tap()
    hand.button("箭头").tap()
    hand.draw(hand.page.locator(".pad svg"))
    hand.button("存为标注照片").tap()
    expect(hand.page.locator(".strip .thumb")).to_have_count(2, timeout=PATIENCE_MS)

    hand.page.locator(".strip .add").tap()
    expect(hand.page.locator("footer .primary")).to_be_enabled(timeout=PATIENCE_MS)
    pocket.kill()
    pocket.bury()
    pocket.start(offline=True)
    hand = Visiting(pocket.page)
    hand.come_back(visit, name)
    hand.go(f"/visits/{visit}")
    expect(hand.page.get_by_text("上次拍照没有完成")).to_be_visible(timeout=PATIENCE_MS)
    hand.button("重新拍").tap()
    picture = tmp_path / "file.jpg"
    picture.write_bytes(photo(7))
    hand.page.locator("input[type=file]").set_input_files(picture)
    expect(hand.page.get_by_text("第 1 张已存本机")).to_be_visible(timeout=PATIENCE_MS)
    hand.button("完成").tap()
    expect(hand.page).not_to_have_url(re.compile("/camera"), timeout=PATIENCE_MS)

    pocket.set_offline(False)
    hand.upload(120_000)
    (device,) = office.phones(visit)
    told = office.delivered(device)
    photos = [one["body"] for one in told if one["kind"] == "photo.add"]
    assert [bool(one.get("annotates")) for one in photos] == [False, True, False]
    assert [one["source"] for one in photos] == ["stream", "stream", "file"]
    places = {one["location"]["place"] for one in photos if "annotates" not in one}
    assert places == {place}
    assert {one["sha256"] for one in photos} <= stored(site)
    severities = {one["body"]["set"]["severity"] for one in told if one["kind"] == "finding.set"}
    assert severities == {"suspected_major"}


def a_plate(office: Office) -> tuple[str, str]:
    """A place of the mine that has a sign, and the digits on its plate."""
    with office.at_work():
        of = select(Place).join(Mine, Mine.id == Place.mine_id).where(Mine.name == MINE, Place.code != "")
        place = db.session.scalars(of.order_by(Place.id)).first()
        assert place is not None
        assert place.code
        return place.id, plate_of(place.id, place.code).check


def stored(site: Site) -> set[str]:
    """The digests of all bytes that lie in the county's store."""
    return {sha256_of(file.read_bytes()) for file in (site.folder / "media").rglob("*") if file.is_file()}
