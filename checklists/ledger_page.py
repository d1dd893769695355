"""The page docs/ledger-coverage.md: for each section and row of the county's notice, the items that serve it.

Derived from the library alone, so that the page cannot say more than the items do. Writes no file.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from checklists.definition import Checklist
from checklists.loading import Library
from checklists.vocabulary import LedgerRow

#: Above so many items a cell names the domains and their counts instead of each item.
MOST_NAMED = 20

HEADINGS = {
    "section": "Focus sections 二(一)–(九)",
    "L1": "List one: study and publicity (8 rows, 14 items)",
    "L2": "List two: the companies' own responsibility (25 rows, 25 items)",
    "L3": "List three: coal-mine safety (25 rows, 63 items)",
}

INTRODUCTION = """\
# What of the notice the checklist serves

Generated from `checklists/library/` by `python -m checklists ledger docs/ledger-coverage.md`; do not edit.
A row that a patrol can check at a mine names the items that serve it; any other row says why no patrol can.
"""


class Standing(NamedTuple):
    """One section or row of the notice, and the keys of the items that serve it in the checklist's order."""

    id: str
    row: LedgerRow
    items: tuple[str, ...]

    @property
    def unserved(self) -> bool:
        """A patrol could check it at a mine, and no item asks it."""
        return self.row.patrol and not self.items


def standings(library: Library) -> tuple[Standing, ...]:
    """Every section and row of the ledger with the items that name it."""
    served: dict[str, list[str]] = defaultdict(list)
    for item in library.checklist.items().values():
        for row in item.notice:
            served[row].append(item.key)
    return tuple(Standing(name, row, tuple(served[name])) for name, row in library.ledger.items())


def ledger_page(library: Library) -> str:
    """The whole page as Markdown, its last line ended."""
    everything = standings(library)
    tables = [
        _table(heading, [standing for standing in everything if standing.row.list == name], library.checklist)
        for name, heading in HEADINGS.items()
    ]
    return "\n".join([INTRODUCTION, _totals(everything), *tables])


def _totals(everything: Sequence[Standing]) -> str:
    rows = [standing for standing in everything if standing.row.list != "section"]
    served = sum(bool(standing.items) for standing in rows)
    beyond = sum(not standing.row.patrol for standing in rows)
    return f"Of {len(rows)} rows {served} are served, {beyond} are beyond a patrol, {_open(rows)} are open.\n"


def _open(rows: Sequence[Standing]) -> int:
    return sum(standing.unserved for standing in rows)


def _table(heading: str, rows: Sequence[Standing], checklist: Checklist) -> str:
    sections = {item.key: section.domain for section in checklist.sections for item in section.items}
    lines = [f"## {heading}", "", "| row | what it asks | served by |", "| --- | --- | --- |"]
    lines += [f"| {each.id} | {each.row.title} | {_cell(each, sections)} |" for each in rows]
    return "\n".join([*lines, ""])


def _cell(standing: Standing, sections: Mapping[str, str]) -> str:
    if not standing.row.patrol:
        return f"– {standing.row.why_not}"
    if standing.unserved:
        return "**no item**"
    if len(standing.items) <= MOST_NAMED:
        return ", ".join(standing.items)
    counts: dict[str, int] = defaultdict(int)
    for key in standing.items:
        counts[sections[key]] += 1
    domains = ", ".join(f"{domain} {count}" for domain, count in counts.items())
    return f"{len(standing.items)} items: {domains}"
