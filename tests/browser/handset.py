"""A phone in a hand: what people do with the app, in their own words, on a page of a real browser."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.office import Office

PIN = "152634"
#: Opening a PIN's lock takes its time on purpose, and so does a small machine with much to do.
PATIENCE_MS = 60_000


@dataclass(frozen=True)
class Handset:
    """The app on a page that is at the site's origin."""

    page: Page

    def start(self) -> None:
        """Open the app and wait until it is kept on the phone and the phone knows who it is."""
        self.page.goto("/app/")
        self.page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
        expect(self.page.get_by_role("heading", level=1)).to_be_visible()

    def enrol(self, office: Office, team: str, before: Callable[[], object] = lambda: None) -> str:
        """Belong to the team: its leader's code, the six digits, then `before`, the leader's word. The phone's id."""
        self.page.goto(f"/app/enrol#{urlsplit(office.code(team)).fragment}")
        digits = self.page.locator("output")
        expect(digits).to_be_visible(timeout=PATIENCE_MS)
        before()
        device = office.confirm(team, (digits.text_content() or "").strip())
        if device is None:
            raise AssertionError("no phone of the team waits with these digits")
        expect(self.page.get_by_role("button", name="添加人员")).to_be_visible(timeout=PATIENCE_MS)
        return device

    def add_person(self, number: int = 0, pin: str = PIN) -> str:
        """Somebody of the team, the `number`-th who is not here yet, with a PIN; answers their name."""
        self.page.get_by_role("button", name="添加人员").click()
        row = self.page.locator("main .list button").nth(number)
        name = (row.locator(".title").text_content() or "").strip()
        row.click()
        self.choose_pin(pin)
        expect(self.page.get_by_role("button", name="下井准备", exact=True)).to_be_visible(timeout=PATIENCE_MS)
        return name

    def unlock(self, name: str, pin: str = PIN) -> None:
        """From the people to somebody's work."""
        self.page.get_by_role("button", name=name).click()
        self.type_pin(pin)
        self.page.get_by_role("button", name="打开").click()

    def prepare(self) -> None:
        """Fetch all that a shift needs, from today's screen."""
        self.page.get_by_role("button", name="下井准备", exact=True).click()
        expect(self.page.get_by_text("全部齐了")).to_be_visible(timeout=PATIENCE_MS)
        self.page.get_by_role("dialog").get_by_role("button", name="关闭").last.click()

    def type_pin(self, pin: str) -> None:
        """Touch the keys."""
        for key in pin:
            self.page.get_by_role("button", name=key, exact=True).click()

    def choose_pin(self, pin: str = PIN) -> None:
        """Set a PIN: twice the same."""
        for said in ("设一个密码", "再输入一次"):
            expect(self.page.get_by_role("heading", name=said)).to_be_visible()
            self.type_pin(pin)
            self.page.get_by_role("button", name="确定").click()
