"""The system's Chromium, driven by Playwright, and the two ways in which it is looked at: on a desk and in a hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserType, Page, sync_playwright

EXECUTABLE = Path("/usr/bin/chromium")
#: No sandbox as root in a container; nothing that calls home; a camera that shows a moving picture.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-dev-shm-usage",
    "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
)  # fmt: skip
HERE: dict[str, Any] = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai"}
DESK: dict[str, Any] = HERE | {"viewport": {"width": 1280, "height": 800}}
#: The smallest screen that is promised, touched and not clicked.
PHONE: dict[str, Any] = HERE | {
    "viewport": {"width": 360, "height": 640}, "device_scale_factor": 2, "is_mobile": True, "has_touch": True,
    "permissions": ["camera", "geolocation"], "geolocation": {"latitude": 39.9, "longitude": 116.4, "accuracy": 8},
}  # fmt: skip


class ChromiumMissing(Exception):
    """There is no Chromium: pages cannot be tested, and a test that does not run does not pass."""


@contextmanager
def chromium_type() -> Iterator[BrowserType]:
    """Playwright's Chromium, for tests that start browsers themselves (profiles that outlive a kill)."""
    if not EXECUTABLE.exists():
        raise ChromiumMissing(f"{EXECUTABLE} is missing: on Debian, apt-get install chromium fonts-noto-cjk")
    with sync_playwright() as playwright:
        yield playwright.chromium


def launch(kind: BrowserType) -> Browser:
    """A browser without a window."""
    return kind.launch(executable_path=EXECUTABLE, args=list(FLAGS))


def look(page: Page, path: Path, *, whole: bool = False) -> Path:
    """A picture of what the page shows, or of all of it, once its fonts are there and nothing moves."""
    path.parent.mkdir(parents=True, exist_ok=True)
    page.evaluate("() => document.fonts.ready")
    page.screenshot(path=path, full_page=whole, animations="disabled")
    return path


def settle(page: Page) -> None:
    """After a page was loaded: all that came with it has run, and so has what that put off."""
    page.evaluate("() => new Promise(done => requestIdleCallback(() => setTimeout(done), { timeout: 5000 }))")


def resize(page: Page, width: int, height: int) -> None:
    """Give the page another size; it has been drawn with it."""
    page.set_viewport_size({"width": width, "height": height})
    page.evaluate(
        "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))"
    )


def complained(page: Page, script: str) -> list[Any]:
    """What `script` finds wrong, and finds again when what the last resize put off has run."""
    found: list[Any] = page.evaluate(script)
    if found:
        settle(page)
        found = page.evaluate(script)
    return found
