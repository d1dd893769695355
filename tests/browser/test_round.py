"""A round with one thumb: sixty items at three faces, all as they should be but four, in at most 120 touches."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import PHONE
from tests.browser.conftest import listen
from tests.browser.handset import Handset
from tests.browser.office import office_of
from tests.browser.round import PATIENCE_MS, Round, Thumb
from tests.browser.visiting import Visiting

#: Of 甲组, with three faces, one of them blasted.
TEAM, MINE, FACES = 2, "示例二矿", 3
ITEMS, FAILING, BUDGET = 60, {5, 17, 31, 44}, 120
#: The touches that answer an item.
OUTCOMES = ("pass", "same as last time", "save the reading", "fail")


@pytest.fixture
def member(browser, site) -> Iterator[Page]:
    """A member's phone, prepared, on the first screen of the day."""
    with browser.new_context(base_url=site.url, **PHONE) as context:
        complaints = listen(context)
        page, office = context.new_page(), office_of(site)
        handset = Handset(page)
        handset.start()
        handset.enrol(office, office.teams()[TEAM])
        handset.add_person()
        handset.prepare()
        # Tomorrow nobody has been there: the demo may have been today, and phones of one day share one round.
        page.clock.set_system_time(datetime.now(UTC) + timedelta(days=1))
        yield page
        assert complaints == []


def test_sixty_items_at_three_faces_take_at_most_120_touches(member, record_property):
    thumb = Thumb(member)
    # The demo may have another visit under way there, which today's screen would go on with.
    Visiting(member).go("/visits")
    thumb.tap(member.locator("button.choice", has_text=MINE), "mine")
    thumb.tap(member.locator("footer .primary"), "open")
    expect(member.locator("h2", has_text="采掘工作面")).to_be_visible(timeout=PATIENCE_MS)
    faces = member.locator("section", has=member.locator("h2", has_text="采掘工作面")).locator("li")
    assert faces.count() >= FACES
    thumb.tap(thumb.button("继续检查"), "go on")

    walked = Round(thumb)
    for number in range(ITEMS):
        walked.item()
        if number in FAILING:
            walked.fails()
        else:
            walked.passes()

    record_property("touches", thumb.taps)
    assert walked.stops >= FACES
    assert thumb.taps <= BUDGET, thumb.at
    assert sum(thumb.at.get(why, 0) for why in OUTCOMES) == ITEMS
    thumb.button("返回").first.tap()
    thumb.button("目录").tap()
    expect(thumb.button(f"不符合 {len(FAILING)}")).to_be_visible(timeout=PATIENCE_MS)
