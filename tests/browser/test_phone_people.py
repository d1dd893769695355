"""Several people on one phone: each behind a PIN, handed on in two taps, and nobody's work waits for who holds it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import BrowserType, Page, expect

from tests.browser.handset import PATIENCE_MS, PIN, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import Pocket
from tests.browser.site import Site
from tests.browser.visiting import Visiting

MINE = "示例五矿"
HERS, ANOTHER, WRONG = "261534", "415263", "333444"
TRIES = 10
#: No wait after wrong tries is longer.
LONGEST_WAIT_MS = 900_000


@dataclass
class Shared:
    """A phone with two people of a team on it, in a visit. `said`: how many items of the place are answered."""

    pocket: Pocket
    office: Office
    team: str
    device: str
    he: str
    she: str
    visit: str = ""
    stop: str = ""
    said: int = 0

    @property
    def page(self) -> Page:
        return self.pocket.page

    @property
    def hand(self) -> Visiting:
        return Visiting(self.page)

    def say(self, outcome: str = "unseen") -> str:
        """The next item of the place; its pair."""
        pair = self.hand.at(self.stop)[self.said]
        self.said += 1
        self.hand.say(pair, outcome)
        expect(self.page.locator(f".dock[data-pair='{pair}']")).to_have_count(0, timeout=PATIENCE_MS)
        return pair

    def hand_over(self, to: str, pin: str) -> None:
        """Two taps and a PIN."""
        self.page.get_by_role("button", name=re.compile("点按换人")).tap()
        self.page.get_by_role("button", name=to).tap()
        self.open_with(pin)

    def open_with(self, pin: str) -> None:
        Handset(self.page).type_pin(pin)
        self.hand.button("打开").tap()

    def is_open(self, who: str) -> None:
        """Their work is open: the bar says so."""
        expect(self.page.get_by_role("button", name=f"{who}，点按换人")).to_be_visible(timeout=PATIENCE_MS)

    def lock(self) -> None:
        self.hand.go("/people")
        self.hand.button("锁上").tap()
        expect(self.page.get_by_text("已锁。没传完的记录会继续上传。")).to_be_visible(timeout=PATIENCE_MS)
        # The sentence may be that of the time before.
        expect(self.hand.button("锁上")).to_have_count(0)

    def until_recorded(self, pair: str) -> None:
        """The county has the answer, without anybody touching the phone."""
        for _ in range(PATIENCE_MS // 500):
            if pair in self.office.answers(self.visit):
                return
            self.page.wait_for_timeout(500)
        raise AssertionError(f"{pair} never arrived")


@pytest.fixture(scope="module")
def shared(chromium: BrowserType, site: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    """He began a round; the tests follow each other on the same phone."""
    office = office_of(site)
    team = office.teams()[0]
    pocket = Pocket(chromium, site.url, tmp_path_factory.mktemp("phone"))
    handset = Handset(pocket.start())
    handset.start()
    device = handset.enrol(office, team)
    he = handset.add_person()
    Visiting(pocket.page).go("/people")
    phone = Shared(pocket, office, team, device, he, handset.add_person(pin=HERS))
    phone.hand_over(he, PIN)
    phone.is_open(he)
    handset.prepare()
    phone.visit = phone.hand.begin(MINE)
    phone.stop = max(phone.hand.stops(), key=lambda stop: len(phone.hand.at(stop)))
    yield phone
    pocket.stop()


def test_the_phone_is_handed_on_in_two_taps_without_a_network(shared: Shared) -> None:
    shared.pocket.set_offline(True)
    his = shared.say()
    shared.hand_over(shared.she, HERS)
    shared.is_open(shared.she)
    hers = shared.say()
    assert shared.hand.marks(shared.visit).keys() >= {his, hers}

    shared.pocket.set_offline(False)
    shared.hand.upload()
    assert shared.office.answers(shared.visit).keys() >= {his, hers}
    signed = [one["body"]["person"] for one in shared.office.delivered(shared.device) if one["kind"] == "chain.open"]
    assert len(set(signed)) == len(signed) == 2


def test_another_s_pin_opens_nothing(shared: Shared) -> None:
    shared.hand_over(shared.he, HERS)
    expect(shared.page.get_by_text("密码不对，还可以试 9 次。")).to_be_visible(timeout=PATIENCE_MS)
    shared.open_with(PIN)
    shared.is_open(shared.he)


def test_a_locked_phone_delivers_and_shows_nothing(shared: Shared) -> None:
    shared.pocket.set_offline(True)
    pair = shared.say()
    shared.lock()
    shared.hand.go(f"/visits/{shared.visit}/contents")
    expect(shared.page).to_have_url(re.compile("/people"), timeout=PATIENCE_MS)
    assert pair not in shared.office.answers(shared.visit)

    shared.pocket.set_offline(False)
    shared.until_recorded(pair)
    expect(shared.page).to_have_url(re.compile("/people"))


def test_a_locked_phone_that_was_killed_delivers_before_anybody_opens_it(shared: Shared) -> None:
    shared.page.get_by_role("button", name=shared.she).tap()
    shared.open_with(HERS)
    shared.is_open(shared.she)
    shared.pocket.set_offline(True)
    pair = shared.say()
    shared.lock()
    shared.pocket.kill()
    shared.pocket.bury()
    shared.pocket.start().goto("/app/")
    shared.until_recorded(pair)
    expect(shared.page).to_have_url(re.compile("/people"))


def test_a_new_pin_takes_the_place_of_the_old_one(shared: Shared) -> None:
    shared.page.get_by_role("button", name=shared.he).tap()
    shared.open_with(PIN)
    shared.is_open(shared.he)
    handset = Handset(shared.page)
    for old, said in ((WRONG, "密码不对，还可以试 9 次。"), (PIN, "密码已改")):
        shared.hand.go("/settings/pin")
        handset.type_pin(old)
        shared.hand.button("下一步").tap()
        handset.choose_pin(ANOTHER)
        expect(shared.page.get_by_text(said)).to_be_visible(timeout=PATIENCE_MS)

    shared.lock()
    shared.page.get_by_role("button", name=shared.he).tap()
    shared.open_with(PIN)
    expect(shared.page.get_by_text("密码不对，还可以试 9 次。")).to_be_visible(timeout=PATIENCE_MS)
    shared.open_with(ANOTHER)
    shared.is_open(shared.he)


def test_a_forgotten_pin_is_set_anew_with_a_code_of_the_leader_and_no_work_is_lost(shared: Shared) -> None:
    shared.pocket.set_offline(True)
    shared.say()
    shared.lock()
    shared.page.clock.install()
    shared.page.get_by_role("button", name=shared.he).tap()
    for left in reversed(range(TRIES)):
        shared.open_with(WRONG)
        said = f"还可以试 {left} 次" if left > 5 else "请等" if left else "密码连续错了十次"
        expect(shared.page.get_by_text(said)).to_be_visible(timeout=PATIENCE_MS)
        shared.page.clock.fast_forward(LONGEST_WAIT_MS)
    shared.pocket.set_offline(False)
    shared.hand.button("用接入码重设").tap()
    shared.page.locator("#code").fill(shared.office.code(shared.team))
    shared.hand.button("用这个接入码").tap()
    Handset(shared.page).choose_pin(WRONG)
    expect(shared.page.get_by_text("密码已改")).to_be_visible(timeout=PATIENCE_MS)
    shared.hand.upload()
