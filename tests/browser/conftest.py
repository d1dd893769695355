"""A browser and a server for the tests of pages. What a page complains of in its console fails its test."""

import contextlib
import shutil
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, ConsoleMessage, Error, Page, expect

from tests.browser.chromium import DESK, PHONE, chromium_type, launch
from tests.browser.handset import PATIENCE_MS
from tests.browser.pocket import PhoneOff
from tests.browser.site import Site, filled, running_site

# Whoever finds what they look for never waits: only a slow machine does.
expect.set_options(timeout=PATIENCE_MS)

#: A page that does not answer is passed over.
TOLD_WITHIN_MS = 5_000
#: The browser's own words about an answer that is an error; meant where the API gave it or there was no network.
_NOT_LOADED = "Failed to load resource"
#: No network; and a form that comes back, with what is wrong with it.
_MEANT = ("ERR_INTERNET_DISCONNECTED", "status of 422", "status of 409")


@pytest.fixture(scope="session")
def chromium() -> Iterator[BrowserType]:
    """Playwright's Chromium."""
    with chromium_type() as kind:
        yield kind


@pytest.fixture(scope="session")
def browser(chromium: BrowserType) -> Iterator[Browser]:
    """One browser for the run; every test has a context of its own."""
    with launch(chromium) as running:
        yield running


@pytest.fixture(scope="session")
def demo_county(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """The folder of a demo county that nobody has touched yet, made once a run, whatever the number of its workers."""
    own = tmp_path_factory.getbasetemp()
    return filled(own.parent if hasattr(request.config, "workerinput") else own)


@pytest.fixture(scope="module")
def site(demo_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The demo county on a server of this file's own: no other file sees what its tests change."""
    folder = shutil.copytree(demo_county, tmp_path_factory.mktemp("site"), dirs_exist_ok=True)
    with running_site(folder) as running:
        yield running


@pytest.fixture
def desk(browser: Browser, site: Site) -> Iterator[Page]:
    """A page of the console's size."""
    yield from _page(browser, site, DESK)


@pytest.fixture
def phone(browser: Browser, site: Site) -> Iterator[Page]:
    """A page as small as the smallest phone, with touch, camera and a position."""
    yield from _page(browser, site, PHONE)


def _page(browser: Browser, site: Site, manner: dict[str, Any]) -> Iterator[Page]:
    with browser.new_context(base_url=site.url, **manner) as context:
        context.set_default_timeout(PATIENCE_MS)
        complaints = listen(context)
        yield context.new_page()
        assert complaints == []


def listen(context: BrowserContext) -> list[str]:
    """Grows by every error that a page of the context throws or logs, refusals by its policy among them."""
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not _is_meant(message):
            complaints.append(f"{message.text} ({message.location['url']})")

    context.on("console", hear)
    context.on("weberror", lambda thrown: complaints.append(str(thrown.error)))
    return complaints


def _is_meant(message: ConsoleMessage) -> bool:
    is_api = "/api/" in message.location["url"]
    was_meant = is_api or any(word in message.text for word in _MEANT)
    return _NOT_LOADED in message.text and was_meant


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that failed tells what its pages showed at that moment: nobody can go back and look."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        report.sections += [(f"page {name}", told) for name, told in _pages(item.funcargs)]
    return report


def _pages(fixtures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, fixture in fixtures.items():
        with contextlib.suppress(AttributeError, Error, PhoneOff):
            page = fixture if isinstance(fixture, Page) else fixture.page
            yield name, f"{page.url}\n{page.locator('body').aria_snapshot(timeout=TOLD_WITHIN_MS)}"
