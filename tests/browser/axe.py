"""axe looks at a page: what of WCAG 2.2 A and AA it breaks, as far as a machine can tell."""

from functools import cache

from playwright.sync_api import Page

from tests.guards.tree import ROOT

_SOURCE = ROOT / "field" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_THERE = "() => 'axe' in globalThis"
_RUN = """async runOnly => {
    const found = await axe.run(document, { runOnly })
    return found.violations.flatMap(rule => rule.nodes.map(node =>
        `${rule.id} (${rule.impact}): ${rule.help} — ${node.target.join(" ")} — ${node.failureSummary ?? ""}`))
}"""
#: What is not in sight keeps the colours of the theme before until it is; a scroll would draw it, so axe sees it drawn.
_DRAW_ALL = """() => {
    const sheet = new CSSStyleSheet()
    sheet.replaceSync('* { content-visibility: visible !important; transition: none !important }')
    document.adoptedStyleSheets.push(sheet)
}"""
_DRAWN = "() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def complaints(page: Page) -> list[str]:
    """What axe complains of, a sentence a place; empty when all is well."""
    return _run(page, {"type": "tag", "values": TAGS})


def faint(page: Page) -> list[str]:
    """What cannot be read on its ground: all that another theme of a page that was looked at can make worse."""
    return _run(page, {"type": "rule", "values": ["color-contrast"]})


def draw_all(page: Page) -> None:
    """Before another theme is put on: what changes changes at once and everywhere, in sight or not."""
    page.evaluate(_DRAW_ALL)


def drawn(page: Page) -> None:
    """After another theme was put on: it is on the screen."""
    page.evaluate(_DRAWN)


def _run(page: Page, wanted: dict[str, object]) -> list[str]:
    # In the page's own world and not as a script of the page: its policy stays as it is.
    if not page.evaluate(_THERE):
        page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN, wanted)
    return found
