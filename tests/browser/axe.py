"""axe looks at a page: what of WCAG 2.2 A and AA it breaks, as far as a machine can tell."""

from functools import cache

from playwright.sync_api import Page

from tests.guards.tree import ROOT

_SOURCE = ROOT / "field" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_RUN = """async tags => {
    const found = await axe.run(document, { runOnly: { type: "tag", values: tags } })
    return found.violations.flatMap(rule => rule.nodes.map(node =>
        `${rule.id} (${rule.impact}): ${rule.help} — ${node.target.join(" ")} — ${node.failureSummary ?? ""}`))
}"""


@cache
def _source() -> str:
    return _SOURCE.read_text(encoding="utf-8")


def complaints(page: Page) -> list[str]:
    """What axe complains of, a sentence a place; empty when all is well."""
    # In the page's own world and not as a script of the page: its policy stays as it is.
    page.evaluate(_source())
    found: list[str] = page.evaluate(_RUN, list(TAGS))
    return found
