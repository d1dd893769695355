"""The app keeps itself on the phone, opens without a network, and is never replaced under a visit."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect
from werkzeug.serving import make_server

from server import built
from tests.browser.chromium import PHONE
from tests.browser.conftest import listen
from tests.browser.versions import release, version_of

_HOLD = """async (on) => {
  const version = await new Promise((answer) => {
    const { port1, port2 } = new MessageChannel()
    port1.onmessage = (event) => answer(event.data)
    navigator.serviceWorker.controller.postMessage('version', [port2])
  })
  const hold = { version, until: Date.now() + 3600_000 }
  if (on) await (await caches.open('qianshao-hold')).put('/app/hold', new Response(JSON.stringify(hold)))
  else await caches.delete('qianshao-hold')
}"""
_UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration('/app/')
  await registration.update().catch(() => undefined)
  const coming = registration.installing
  const settled = (done) => coming.addEventListener('statechange', () => coming.state !== 'installing' && done())
  if (coming) await new Promise(settled)
  return { waits: registration.waiting !== null }
}"""


@dataclass
class Deployed:
    """The app alone on a server of its own, whose version a test changes."""

    url: str
    folder: Path
    mark: str = ""

    def release(self, mark: str) -> str:
        """Another version, from the next request on."""
        return release(built.BUILD / "app", self.folder / "app", mark)


@pytest.fixture
def deployed(tmp_path: Path) -> Iterator[Deployed]:
    """The build, with a mark of its own, behind the routes that the product serves it by."""
    app = Flask("deployed", static_folder=None)
    built.install(app, tmp_path)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    found = Deployed(f"http://127.0.0.1:{server.server_port}", tmp_path)
    found.release("first")
    yield found
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def held(browser: Browser, deployed: Deployed) -> Iterator[BrowserContext]:
    """A phone on which the app was opened once, with a network."""
    with browser.new_context(base_url=deployed.url, **PHONE) as context:
        complaints = listen(context)
        page = context.new_page()
        page.goto("/app/")
        page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        page.close()
        yield context
        assert [complaint for complaint in complaints if "/api/" not in complaint] == []


def opened(context: BrowserContext) -> Page:
    page = context.new_page()
    page.goto("/app/")
    page.wait_for_selector("h1")
    return page


def mark(page: Page) -> str | None:
    return page.locator("html").get_attribute("data-mark")


def restarted(context: BrowserContext) -> Page:
    """The app closed and opened again, twice: a browser activates what waits when no page is left."""
    for page in context.pages:
        page.close()
    opened(context).close()
    return opened(context)


def test_the_whole_app_opens_without_a_network(held):
    held.set_offline(True)
    page = opened(held)
    for path in ("/app/readiness", "/app/settings", "/app/enrol"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()

    assert page.evaluate("() => navigator.onLine") is False


def test_a_newer_version_takes_over_at_a_start_between_visits(held, deployed):
    page = opened(held)
    deployed.release("second")

    assert page.evaluate(_UPDATE) == {"waits": True}
    assert mark(page) == "first"
    assert mark(restarted(held)) == "second"


def test_no_version_arrives_during_a_visit(held, deployed):
    page = opened(held)
    page.evaluate(_HOLD, True)
    deployed.release("second")

    assert page.evaluate(_UPDATE) == {"waits": False}
    assert mark(restarted(held)) == "first"

    held.pages[-1].evaluate(_HOLD, False)
    assert held.pages[-1].evaluate(_UPDATE) == {"waits": True}
    assert mark(restarted(held)) == "second"


def test_a_version_that_waited_already_changes_nothing_in_the_visit(held, deployed):
    page = opened(held)
    deployed.release("second")
    assert page.evaluate(_UPDATE) == {"waits": True}
    page.evaluate(_HOLD, True)

    page = restarted(held)
    held.set_offline(True)

    assert mark(page) == "first"
    assert mark(restarted(held)) == "first"


def test_what_the_county_is_asked_never_comes_from_the_worker(held):
    held.set_offline(True)
    page = opened(held)

    assert page.evaluate("() => fetch('/api/v1/docs').then(() => 'answered', () => 'not')") == "not"


def test_a_build_knows_its_version():
    assert len(version_of(built.BUILD / "app")) == 12
