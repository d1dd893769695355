"""Walking a round with one thumb: what a member does at each item, touch by touch, and how many touches it takes."""

import re
from dataclasses import dataclass, field

from playwright.sync_api import Locator, Page, expect

PATIENCE_MS = 20_000
#: The app does not take a touch for the next item so soon after the last one: a glove bounces.
BOUNCE_MS = 260
#: A day that nothing has run out by.
FAR_OFF = "20991231"

_BOUND = re.compile(r"([<>≥≤])\s*([0-9.]+)")


@dataclass
class Thumb:
    """Touches a page and counts. `at` says of each touch what it was for."""

    page: Page
    at: dict[str, int] = field(default_factory=dict)

    @property
    def taps(self) -> int:
        return sum(self.at.values())

    def tap(self, target: Locator, why: str) -> None:
        """Touch it once."""
        target.tap(timeout=PATIENCE_MS)
        self.at[why] = self.at.get(why, 0) + 1

    def button(self, name: str, *, exact: bool = False) -> Locator:
        return self.page.get_by_role("button", name=name, exact=exact)


@dataclass
class Round:
    """A round at the item at hand. `stops`: places that were walked, `answered`: items."""

    thumb: Thumb
    answered: int = 0
    stops: int = 1

    @property
    def dock(self) -> Locator:
        return self.thumb.page.locator(".dock")

    def item(self) -> str:
        """What is at hand; goes on to the next place where this one is done."""
        page = self.thumb.page
        expect(page.locator(".dock, .done-here")).to_be_visible(timeout=PATIENCE_MS)
        if page.locator(".done-here").count():
            self.thumb.tap(page.locator(".done-here .primary"), "next place")
            self.stops += 1
        expect(self.dock).to_be_visible(timeout=PATIENCE_MS)
        page.wait_for_timeout(BOUNCE_MS)
        return self.dock.locator("h2").inner_text()

    def passes(self) -> None:
        """The item is as it should be: one tap, the reading of last time, or a reading that passes. What the app judges
        to fail all the same is put into words, as a person would have to.
        """
        page = self.thumb.page
        if self.dock.locator(".verdicts").count():
            self._leave(self.thumb.button("符合", exact=True), "pass")
        elif self.dock.locator(".same.primary").count():
            self._leave(self.dock.locator(".same"), "same as last time")
        else:
            self._read()
        if "/findings/new" in page.url:
            self._describe()
        self.answered += 1

    def fails(self) -> None:
        """The item is not as it should be: the finding is put into words with a phrase and saved."""
        self.thumb.tap(self.dock.get_by_role("button", name="不符合", exact=True), "fail")
        expect(self.thumb.page).to_have_url(re.compile(r"/findings/new"), timeout=PATIENCE_MS)
        self._describe()
        self.answered += 1

    def _describe(self) -> None:
        page = self.thumb.page
        rung, phrase = self.thumb.button("已报告，继续填写"), self.thumb.button("损坏", exact=True).first
        expect(rung.or_(phrase)).to_be_visible(timeout=PATIENCE_MS)
        if rung.count():
            self.thumb.tap(rung, "told the county")
        self.thumb.tap(phrase, "phrase")
        self.thumb.tap(page.locator("footer .primary"), "save the finding")
        expect(page).to_have_url(re.compile(r"/stops/"), timeout=PATIENCE_MS)

    def _read(self) -> None:
        limit = self.dock.locator(".facts-line").inner_text()
        self.thumb.tap(self.dock.locator(".outcomes .button").first, "open the pad")
        sheet = self.thumb.page.get_by_role("dialog")
        today = sheet.get_by_role("button", name="今天")
        typed = passing(limit)
        if "天以上" in limit:
            self.thumb.tap(sheet.get_by_role("button", name="清空"), "date")
            typed = FAR_OFF
        elif today.count():
            self.thumb.tap(today, "date")
            typed = ""
        for key in typed:
            self.thumb.tap(sheet.get_by_role("button", name="小数点" if key == "." else key, exact=True), "digit")
        self._leave(sheet.get_by_role("button", name="记下"), "save the reading")

    def _leave(self, button: Locator, why: str) -> None:
        """Touch it and wait until another item is at hand, or none."""
        before = self.dock.get_attribute("data-pair")
        self.thumb.tap(button, why)
        self.thumb.page.wait_for_function(
            "before => document.querySelector('.dock')?.dataset.pair !== before", arg=before, timeout=PATIENCE_MS
        )


def passing(limit: str) -> str:
    """The shortest number to type that the limit lets pass; any will do without a limit."""
    bounds = _BOUND.findall(limit)
    lowest = next((bound for sign, bound in bounds if sign in "≥>"), None)
    if lowest is None:
        highest = next((bound for sign, bound in bounds if sign == "≤"), None)
        return highest if highest is not None else "0"
    return lowest if f"≥ {lowest}" in limit else f"{lowest}.1"
