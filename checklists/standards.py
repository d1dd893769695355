"""Legal texts have dates: which of them, and so which links, are in force on a day. Reads no clock."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Literal

from checklists.definition import Item, Link, Standard


def in_force(standard: Standard, on: date) -> bool:
    """Both the first and the last day count."""
    return standard.since <= on and (standard.until is None or on <= standard.until)


def links_in_force(links: Iterable[Link], standards: Mapping[str, Standard], on: date) -> tuple[Link, ...]:
    return tuple(link for link in links if in_force(standards[link.standard], on))


def severity_on(
    item: Item, standards: Mapping[str, Standard], on: date
) -> tuple[Literal["general", "may_be_major", "serious_violation"], tuple[Link, ...]]:
    """What a failure of the item may amount to on that day, and the links that say so.

    A suspicion only: whether it is a major hazard is decided by a supervisor, never by a checklist.
    """
    if item.severity.serious_violation:
        return "serious_violation", ()
    links = links_in_force(item.severity.may_be_major, standards, on)
    return ("may_be_major" if links else "general"), links
