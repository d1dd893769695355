"""People at consoles, each in a browser of their own, and the steps that they take by the forms of a finding's page."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.chromium import DESK
from tests.browser.conftest import listen
from tests.browser.desks import Desks


@dataclass
class Hands:
    """Everybody who sits at a console in a test."""

    browser: Browser
    desks: Desks
    contexts: list[BrowserContext] = field(default_factory=list)
    heard: list[list[str]] = field(default_factory=list)

    def sit(self, who: str) -> Page:
        """Somebody of a role, or of a login that a test added, at a console."""
        context = self.browser.new_context(base_url=self.desks.site.url, **DESK)
        self.contexts.append(context)
        self.heard.append(listen(context))
        self.desks.sit_down(context, who)
        return context.new_page()


@contextmanager
def hands_of(browser: Browser, desks: Desks) -> Iterator[Hands]:
    """Hands for one test; what any of their pages complains of fails it."""
    hands = Hands(browser, desks)
    yield hands
    for context in hands.contexts:
        context.close()
    assert [complaint for page in hands.heard for complaint in page] == []


def take(page: Page, step: str, fields: dict[str, str], *photos: Path) -> None:
    """Open the step's form, fill it in, send it."""
    form = page.locator(f"#step-{step}")
    if form.get_attribute("open") is None:
        form.locator("summary").click()
    for name, value in fields.items():
        given = form.locator(f"[name='{name}']")
        if given.first.evaluate("one => one.tagName") == "SELECT":
            given.select_option(value)
        else:
            given.fill(value)
    if photos:
        form.locator("input[type='file']").set_input_files(list(photos))
    form.locator("form button").click()
    expect(page.get_by_role("status").filter(has_text="。")).to_be_visible()
