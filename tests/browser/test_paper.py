"""What is printed: no page of the console is wider than A4 between its margins, upright or on its side."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select

from server.db import db
from server.models.mine import Mine
from tests.browser.chromium import HERE, complained, resize, settle
from tests.browser.desks import Desks, desks_of
from tests.browser.site import Site

#: A4 less 12 mm on every side, in pixels of paper.
UPRIGHT, ON_ITS_SIDE = (703, 1031), (1031, 703)
PAPERS = (UPRIGHT, ON_ITS_SIDE)
ROLES = ("supervisor", "admin", "mine_user", "auditor")
#: What reaches over the paper's edge, or is cut off within something that scrolls on a screen.
_CUT = """() => {
    const edge = document.documentElement.clientWidth + 1
    const named = (one) => one.tagName.toLowerCase() + [...one.classList].map((name) => '.' + name).join('')
    const shown = [...document.querySelectorAll('body *')].filter((one) => one.getClientRects().length)
    const seen = shown.filter((one) => !one.closest('svg, .only-read-aloud'))
    const over = seen.filter((one) => one.getBoundingClientRect().right > edge)
    const cut = seen.filter((one) => one.matches('.sideways, main') && one.scrollWidth > one.clientWidth + 1)
    return [...new Set([...over, ...cut].map(named))]
}"""


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture
def printed(browser: Browser, site: Site) -> Iterator[Page]:
    """A page as a printer gets it."""
    with browser.new_context(base_url=site.url, **HERE) as context:
        page = context.new_page()
        page.emulate_media(media="print")
        yield page


def cut_off(page: Page, paper: tuple[int, int]) -> list[str]:
    resize(page, *paper)
    return complained(page, _CUT)


def test_no_page_is_wider_than_the_paper(printed, desks):
    """A page that several may read is looked at once: what differs between them is not printed."""
    seen, wide = set(), {}
    for role in ROLES:
        desks.sit_down(printed.context, role)
        for address in (one for one in desks.pages_of(role) if one not in seen):
            seen.add(address)
            printed.goto(address)
            settle(printed)
            wide |= {(address, paper): found for paper in PAPERS if (found := cut_off(printed, paper))}
    assert wide == {}


def test_the_matrix_of_no_mine_is_wider_than_the_paper(printed, desks):
    desks.sit_down(printed.context, "supervisor")
    with desks.at_work():
        mines = db.session.scalars(select(Mine.id)).all()
    wide = {}
    for mine in mines:
        printed.goto(f"/mines/{mine}/coverage")
        settle(printed)
        wide |= {(mine, paper): found for paper in PAPERS if (found := cut_off(printed, paper))}
    assert wide == {}


def test_the_list_of_findings_is_printed_with_what_it_says_and_nothing_to_press(printed, desks):
    desks.sit_down(printed.context, "supervisor")
    printed.goto("/findings")
    heads = printed.locator("table.findings thead th:visible")

    assert heads.all_inner_texts() == ["等级", "隐患", "煤矿 · 地点", "状态", "整改期限", "发现"]
    assert printed.pdf(format="A4").startswith(b"%PDF")


def test_a_column_that_does_not_fit_is_noticed(printed, desks):
    desks.sit_down(printed.context, "supervisor")
    printed.goto("/findings")
    assert cut_off(printed, UPRIGHT) == []
    printed.evaluate(
        "() => { document.querySelector('.findings .what').style.setProperty('min-width', '46rem', 'important') }"
    )

    assert "table.table.findings" in cut_off(printed, UPRIGHT)
