"""Every screen of the phone app can be read and hit: by axe in three themes, by the size of letters and of targets."""

from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.browser import axe
from tests.browser.chromium import PHONE
from tests.browser.conftest import listen
from tests.browser.office import office_of
from tests.browser.screens import ENLARGE, LARGEST, THEMES, WEAR
from tests.browser.shift import Shift
from tests.browser.site import Site

TARGET_PX = 56
#: The least height of what lies between bar and foot.
MAIN_PX = 96
#: Letters of 16 px; rounding by the browser is no fault.
LETTER_PX = 15.9
#: A screen is still: what the people who invented the measure call good is 0.1.
SHIFT_MOST = 0.02
_SMALL_TARGETS = """least => [...document.querySelectorAll('button, a[href], input, select, textarea, summary')]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest('.only-read-aloud'))
  .map((one) => [one, one.getBoundingClientRect(), getComputedStyle(one, '::after')])
  .filter(([one, box, after]) => after.content === 'none' && box.width > 0 && box.height < least - 0.5)
  .map(([one, box]) => `${Math.round(box.height)} px high: ${one.outerHTML.slice(0, 120)}`)"""
_SMALL_LETTERS = """least => [...document.querySelectorAll('body *')]
  .filter((one) => [...one.childNodes].some((part) => part.nodeType === 3 && part.data.trim() !== ''))
  .filter((one) => one.checkVisibility() && parseFloat(getComputedStyle(one).fontSize) < least)
  .map((one) => `${getComputedStyle(one).fontSize}: ${one.outerHTML.slice(0, 120)}`)"""
#: A word that does not fit its button is not read; what stands in one row scrolls, and is reached.
_CUT = """() => [...document.querySelectorAll('button, a.button, .chip')]
  .filter((one) => one.checkVisibility() && !one.closest('.only-read-aloud'))
  .filter((one) => one.scrollHeight > one.clientHeight + 2 || one.scrollWidth > one.clientWidth + 2)
  .filter((one) => getComputedStyle(one).display !== 'inline')
  .map((one) => `its words do not fit: ${one.outerHTML.slice(0, 160)}`)"""
#: What lies at the foot leaves room for what the screen is about, and for the bar that says whether work is safe.
_SQUEEZED = """least => [...document.querySelectorAll('.screen > main')]
  .filter((one) => one.clientHeight < least).map((one) => `only ${one.clientHeight} px for what it is about`)"""
#: A touch at the middle of what lies at the foot meets it and nothing that came in front of it.
_COVERED = """() => [...document.querySelectorAll('footer button, .pad button')]
  .filter(() => !document.querySelector('dialog[open]'))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([one, box]) => box.bottom <= innerHeight)
  .map(([one, box]) => [one, document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2)])
  .filter(([one, hit]) => hit !== null && hit.closest('.toasts'))
  .map(([one]) => `covered by what was just said: ${one.outerHTML.slice(0, 120)}`)"""
_WIDER = "() => document.documentElement.scrollWidth > innerWidth"
_MEASURE = """new PerformanceObserver((list) => {
  const unasked = list.getEntries().filter((one) => !one.hadRecentInput)
  globalThis.shifted = unasked.reduce((sum, one) => sum + one.value, globalThis.shifted ?? 0)
}).observe({ type: 'layout-shift', buffered: true })"""


@dataclass
class Inspector:
    """Looks at a screen instead of taking its picture. `faults`: what is wrong, with where."""

    page: Page
    faults: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)

    def take(self, name: str) -> None:
        """Look at the screen called `name`."""
        self.seen.append(name)
        found = [f"shifts by {by}" for by in [self.page.evaluate("() => globalThis.shifted ?? 0")] if by > SHIFT_MOST]
        for percent in ("", LARGEST):
            self.page.evaluate(ENLARGE, percent)
            found += [f"letters {percent or 'as they come'}: {fault}" for fault in measured(self.page)]
        self.page.evaluate(ENLARGE, "")
        axe.draw_all(self.page)
        for theme in THEMES:
            self.page.evaluate(WEAR, theme)
            axe.drawn(self.page)
            # A theme has colours of its own and nothing else.
            complaints = axe.complaints if theme == THEMES[0] else axe.faint
            found += [f"{theme}: {complaint}" for complaint in complaints(self.page)]
        # The next screen is drawn in the theme in which it is looked at first.
        self.page.evaluate("() => { document.adoptedStyleSheets = [] }")
        self.page.evaluate(WEAR, THEMES[0])
        axe.drawn(self.page)
        self.page.evaluate("() => { globalThis.shifted = 0 }")
        self.faults += [f"{name}: {fault}" for fault in found]


def measured(page: Page) -> list[str]:
    """What is too small to read or to hit, does not fit, or is covered, with the letters that are set."""
    found: list[str] = page.evaluate(_SMALL_TARGETS, TARGET_PX) + page.evaluate(_SMALL_LETTERS, LETTER_PX)
    found += page.evaluate(_CUT) + page.evaluate(_SQUEEZED, MAIN_PX) + page.evaluate(_COVERED)
    return found + (["wider than the phone"] if page.evaluate(_WIDER) else [])


def test_every_screen_can_be_read_and_hit(browser: Browser, site: Site):
    with browser.new_context(base_url=site.url, reduced_motion="reduce", **PHONE) as context:
        complaints = listen(context)
        context.add_init_script(_MEASURE)
        page = context.new_page()
        inspector = Inspector(page)
        office = office_of(site)
        Shift(page, inspector.take, office, office.teams()[-1]).play()

    assert "\n".join(inspector.faults) == ""
    assert complaints == []
    assert len(inspector.seen) > 60


def test_a_small_letter_and_a_small_target_are_noticed(browser: Browser, tmp_path: Path):
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        page.set_content("<main lang=zh><button style='height:40px;font-size:12px'>按</button></main>")

        assert len(page.evaluate(_SMALL_TARGETS, TARGET_PX)) == 1
        assert len(page.evaluate(_SMALL_LETTERS, LETTER_PX)) == 1


def test_words_that_do_not_fit_and_a_covered_key_are_noticed(browser: Browser):
    with browser.new_context(**PHONE) as context:
        page = context.new_page()
        page.set_content(
            "<div class=screen><main style='height:50px'></main><footer>"
            "<button style='width:60px;height:56px;overflow:hidden;white-space:nowrap'>太长了放不下的字</button>"
            "</footer></div>"
            "<div class=toasts style='position:fixed;inset:0'></div>"
        )

        assert len(page.evaluate(_CUT)) == 1
        assert len(page.evaluate(_COVERED)) == 1
        assert len(page.evaluate(_SQUEEZED, MAIN_PX)) == 1
