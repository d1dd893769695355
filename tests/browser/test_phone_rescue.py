"""A phone that cannot connect: its work leaves as a file, through another phone or the console, and arrives once."""

from pathlib import Path

from playwright.sync_api import Browser, BrowserType, expect

from tests.browser.chromium import DESK
from tests.browser.desks import desks_of
from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import Pocket
from tests.browser.site import Site
from tests.browser.visiting import Visiting


def enrolled(pocket: Pocket, office: Office, number: int) -> str:
    """Switched on, of the team, prepared; whose it is."""
    handset = Handset(pocket.start())
    handset.start()
    handset.enrol(office, office.teams()[0])
    name = handset.add_person(number)
    handset.prepare()
    return name


def saved_file(pocket: Pocket, to: Path) -> Path:
    """The phone's work as a file, from its settings."""
    Visiting(pocket.page).go("/settings")
    with pocket.page.expect_download(timeout=PATIENCE_MS) as download:
        pocket.page.get_by_text("导出本机记录").tap()
    download.value.save_as(to)
    return to


def test_a_dead_phone_s_file_arrives_once_by_whoever_brings_it(
    chromium: BrowserType, browser: Browser, site: Site, tmp_path: Path
) -> None:
    office = office_of(site)
    dying, carrying = Pocket(chromium, site.url, tmp_path / "a"), Pocket(chromium, site.url, tmp_path / "b")
    try:
        enrolled(dying, office, 0)
        dying.set_offline(True)
        hand = Visiting(dying.page)
        visit = hand.begin("示例五矿")
        # Others of the county may have their part in the round already.
        known = office.answers(visit)
        pair = next(pair for stop in hand.stops() for pair in hand.at(stop) if pair not in known)
        hand.say(pair, "unseen")
        file = saved_file(dying, tmp_path / "phone.bundle")
        assert pair.encode() not in file.read_bytes()
    finally:
        dying.stop()
    assert office.answers(visit) == known
    try:
        enrolled(carrying, office, 1)
        Visiting(carrying.page).go("/settings")
        carrying.page.get_by_label("代别的手机上交").set_input_files(file)
        expect(carrying.page.get_by_text("已收下")).to_be_visible(timeout=PATIENCE_MS)
        Visiting(carrying.page).upload()
    finally:
        carrying.stop()
    assert office.answers(visit) == known | {pair: ["unseen"]}
    before = office.log_size()

    with browser.new_context(base_url=site.url, **DESK) as context:
        desks_of(site).sit_down(context, "admin")
        desk = context.new_page()
        desk.goto("/phones/bundle")
        desk.locator("input[type=file]").set_input_files(file)
        desk.locator("form.form button").click()
        expect(desk.locator("main")).not_to_contain_text("读不懂")
    assert (office.answers(visit), office.log_size()) == (known | {pair: ["unseen"]}, before)
