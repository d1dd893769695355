"""Twelve months of a county in three lines: coverage, findings recorded, findings closed. Reads only."""

from typing import Any

from patrol.periods import Period
from patrol.permissions import Actor
from server.queries import trend

MONTHS = 12


def view_trend(actor: Actor, last: Period) -> list[dict[str, Any]]:
    """One entry a month, oldest first, ending with `last`; `ratio` None where nothing was kept of a month."""
    months = _until(last)
    covered = trend.covered(actor, months)
    recorded, closed = trend.recorded(actor, months), trend.closed(actor, months)
    return [
        _told(month, covered.get(month.id, trend.Covered()), opened, ended)
        for month, opened, ended in zip(months, recorded, closed, strict=True)
    ]


def _until(last: Period) -> list[Period]:
    found = [last]
    while len(found) < MONTHS:
        found.append(found[-1].previous)
    return found[::-1]


def _told(month: Period, covered: trend.Covered, recorded: int, closed: int) -> dict[str, Any]:
    ratio = covered.judged / covered.applicable if covered.applicable else None
    return {
        "month": month.id,
        "ratio": ratio,
        "mines": covered.mines,
        "met": covered.met,
        "recorded": recorded,
        "closed": closed,
    }
