"""Every page of the console, for every role that has it: it loads without a complaint, and axe finds nothing wrong."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser import axe
from tests.browser.chromium import DESK, settle
from tests.browser.conftest import listen
from tests.browser.desks import LOGINS, Desks, desks_of
from tests.browser.site import Site

#: What lies behind the page and its cards.
_GROUNDS = """() => [...new Set([...document.querySelectorAll('body, main .card, main table')]
    .map((one) => getComputedStyle(one).backgroundColor).filter((colour) => colour !== 'rgba(0, 0, 0, 0)'))]"""
OPEN = ("/sign-in", "/set-password", "/renew-second-factor", "/nowhere")


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture
def context(browser: Browser, site: Site) -> Iterator[BrowserContext]:
    """A browser in the light theme."""
    with browser.new_context(base_url=site.url, color_scheme="light", **DESK) as made:
        yield made


def wrong_in_both_themes(page: Page) -> list[str]:
    """What is wrong with the page that is open. The dark theme has other colours and nothing else."""
    wrong = axe.complaints(page)
    axe.draw_all(page)
    page.emulate_media(color_scheme="dark")
    axe.drawn(page)
    wrong += [f"dark: {complaint}" for complaint in axe.faint(page)]
    page.emulate_media(color_scheme="light")
    return wrong


@pytest.mark.parametrize("role", LOGINS)
def test_every_page_of_a_role_is_whole_and_open_to_everybody(context, desks, role):
    desks.sit_down(context, role)
    heard = listen(context)
    page, found = context.new_page(), {}
    for address in desks.pages_of(role):
        if role == "member" and address.startswith("/phones/"):
            # A phone is seen by itself and by whoever leads its team.
            continue
        answer = page.goto(address)
        assert answer is not None
        assert answer.status == 200, (address, answer.status)
        settle(page)
        # A mine's own page is one of its tabs; what a page is about, it says once.
        assert page.get_by_role("heading", level=1).count() == 1, address
        wrong = wrong_in_both_themes(page)
        if wrong:
            found[address] = wrong
    assert found == {}
    assert heard == []


def test_pages_for_nobody_are_whole_too(context):
    page = context.new_page()
    assert {address: wrong for address in OPEN if page.goto(address) and (wrong := wrong_in_both_themes(page))} == {}


def test_axe_notices_what_is_wrong(context):
    page = context.new_page()
    page.goto("/sign-in")
    page.evaluate(
        "() => { document.querySelector('label').remove(); document.documentElement.removeAttribute('lang') }"
    )

    assert {wrong.split(" ")[0] for wrong in axe.complaints(page)} >= {"html-has-lang", "label"}


def test_a_dark_theme_that_cannot_be_read_is_noticed(context):
    page = context.new_page()
    page.goto("/sign-in")
    page.evaluate("""() => {
        const sheet = new CSSStyleSheet()
        sheet.replaceSync("@media (prefers-color-scheme: dark) { h1 { color: #333 !important } }")
        document.adoptedStyleSheets = [sheet]
    }""")

    assert axe.complaints(page) == []
    assert {wrong.split(" (")[0] for wrong in wrong_in_both_themes(page)} == {"dark: color-contrast"}


@pytest.mark.parametrize("chosen", ["", "dark", "lamp"])
def test_what_is_printed_is_dark_on_white_whatever_the_theme(context, desks, chosen):
    desks.sit_down(context, "supervisor")
    page = context.new_page()
    page.goto("/findings")
    if chosen:
        page.evaluate("theme => { document.documentElement.dataset.theme = theme }", chosen)
    page.emulate_media(color_scheme="dark")
    axe.draw_all(page)
    axe.drawn(page)
    assert page.evaluate(_GROUNDS) != ["rgb(255, 255, 255)"]

    page.emulate_media(media="print", color_scheme="dark")
    axe.drawn(page)
    assert page.evaluate(_GROUNDS) == ["rgb(255, 255, 255)"]
    assert axe.faint(page) == []
