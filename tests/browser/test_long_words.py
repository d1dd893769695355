"""Long names and texts, written without a break, and the browser's own zoom: nothing is wider than its window."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update

from server.db import db, transaction
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.team import Team
from server.models.user import User
from tests.browser.chromium import HERE, complained, resize, settle
from tests.browser.desks import Desks, desks_of
from tests.browser.site import Site

NAME = "示例省示例市示例县示例煤炭集团有限责任公司第三分公司东部矿区三号井" * 2
WITHOUT_A_BREAK = ("瓦斯传感器悬挂位置不符合要求" * 14 + "CH4" * 66)[:400]
#: Desk, tablet, and what is left of 1280 at 115, 130 and 200 per cent.
WIDTHS = (1280, 820, 1113, 985, 640)
_WIDE = """() => document.documentElement.scrollWidth > innerWidth ? [document.documentElement.scrollWidth] : []"""
_SCROLLED = """() => [...document.querySelectorAll('main .sideways')]
    .filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.getAttribute('aria-label'))"""


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    """People, teams and a mine with long names; every second finding in words that never break."""
    found = desks_of(site)
    with found.at_work(), transaction():
        db.session.execute(update(User).values(name=NAME[:60]))
        db.session.execute(update(Finding).values(text=WITHOUT_A_BREAK[:200]))
        for row in (*db.session.scalars(select(Team)), *db.session.scalars(select(Mine))):
            row.name = f"{row.name[-2:]}{NAME}"[:60]
        odd = db.session.scalars(select(Finding).order_by(Finding.id)).all()[::2]
        for finding in odd:
            finding.text = "A" * 200
    return found


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with browser.new_context(base_url=site.url, **HERE) as context:
        yield context.new_page()


def test_no_page_is_wider_than_its_window(page, desks):
    """Whoever may do most on a page looks at it for all."""
    seen, wide = set(), {}
    for role in ("supervisor", "admin", "auditor"):
        desks.sit_down(page.context, role)
        for address in (one for one in desks.pages_of(role) if one not in seen):
            seen.add(address)
            page.goto(address)
            settle(page)
            for width in WIDTHS:
                resize(page, width, 800)
                if found := complained(page, _WIDE):
                    wide[address, width] = found
    assert wide == {}


def test_lists_keep_their_last_column_in_sight_at_a_desk(page, desks):
    desks.sit_down(page.context, "auditor")
    page.set_viewport_size({"width": 1280, "height": 800})
    scrolled = {}
    for address in ("/", "/findings", "/visits", "/mines", "/audit", "/users", "/teams", "/contracts"):
        page.goto(address)
        settle(page)
        if found := page.evaluate(_SCROLLED):
            scrolled[address] = found
    assert scrolled == {}
