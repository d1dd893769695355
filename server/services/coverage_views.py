"""Coverage by mine and month, and what is left, from the kept rows. Reads only.

A mine that nobody has visited this month has no row: then all that applies is left, worked out on the spot.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from checklists.editions import Edition
from patrol.coverage import Figures, MonthCoverage, PairState
from patrol.errors import NotFound
from patrol.pace import pace
from patrol.periods import Period, PeriodKind, parse
from patrol.permissions import Actor
from server.models.coverage import CoverageMonth
from server.models.mine import Mine
from server.queries import coverage as queries
from server.queries.paging import Page
from server.services import coverage, editions


def list_coverage(actor: Actor, wanted: Mapping[str, Any], today: date) -> Page[dict[str, Any]]:
    """A page of a month's figures by mine. Raises Invalid for a month that there is not."""
    month = parse(wanted["month"])
    rows = queries.list_coverage(actor, month.id, wanted)
    return Page([_counts(row, month, today) for row in rows.items], rows.next)


def get_coverage(actor: Actor, mine_id: str, month_id: str, today: date) -> dict[str, Any]:
    """One mine's month in figures. Raises NotFound."""
    month, mine = month_named(month_id), queries.get_covered_mine(actor, mine_id)
    row = queries.find_counts(mine.id, month.id)
    if row is not None:
        return _counts(row, month, today)
    untouched = _untouched(mine, month, today)
    return _figures(mine.id, month, untouched.coverage.figures, today) | {
        "edition_digest": untouched.edition,
        "late_operations": 0,
        "changed_at": None,
    }


def list_left(actor: Actor, mine_id: str, month_id: str, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The pairs that nobody has judged, in the checklist's order. Raises NotFound."""
    month, mine = month_named(month_id), queries.get_covered_mine(actor, mine_id)
    kept, edition = _pairs(mine, month, today)
    tell = _teller(edition, kept)
    left = [tell(pair) for pair in kept.left()]
    return {
        "mine_id": mine.id,
        "month": month.id,
        "items": [pair for pair in left if wanted.items() <= pair.items()],
        "left_unchecked": kept.left_unchecked(),
    }


def _pairs(mine: Mine, month: Period, today: date) -> tuple[MonthCoverage, Edition]:
    row, sheet = queries.find_counts(mine.id, month.id), queries.find_sheet(mine.id, month.id)
    if row is None or sheet is None:
        untouched = _untouched(mine, month, today)
        return untouched.coverage, _edition(untouched.edition)
    return coverage.load(sheet), _edition(row.edition_digest)


def _untouched(mine: Mine, month: Period, today: date) -> coverage.OpenMonth:
    found = coverage.OpenMonth(mine.id, mine.county_id, month, "", MonthCoverage())
    coverage.say_applicable(found, today)
    return found


def _teller(edition: Edition, kept: MonthCoverage) -> Callable[[str], dict[str, Any]]:
    domains = {item.key: section.domain for section in edition.checklist.sections for item in section.items}

    def tell(pair: str) -> dict[str, Any]:
        key, _, place = pair.partition("/")
        item = edition.items[key]
        return {
            "item": key,
            "title": item.title,
            "domain": domains[key],
            "specialty": item.specialty,
            "place": place,
            "unseen": kept.state(pair) is PairState.UNSEEN,
        }

    return tell


def _edition(digest: str) -> Edition:
    found = editions.find_edition(digest)
    if found is None:
        raise NotFound("not_found", noun="checklist")
    return found


def month_named(month_id: str) -> Period:
    """The month with this id. Raises NotFound for a week, Invalid for neither."""
    month = parse(month_id)
    if month.kind is not PeriodKind.MONTH:
        raise NotFound("not_found", noun="month")
    return month


def _counts(row: CoverageMonth, month: Period, today: date) -> dict[str, Any]:
    figures = Figures(row.applicable, row.judged, row.unseen, row.failed)
    return _figures(row.mine_id, month, figures, today) | {
        "edition_digest": row.edition_digest,
        "late_operations": row.late_operations,
        "changed_at": row.changed_at,
    }


def _figures(mine: str, month: Period, figures: Figures, today: date) -> dict[str, Any]:
    return {
        "mine_id": mine,
        "month": month.id,
        "applicable": figures.applicable,
        "judged": figures.judged,
        "unseen": figures.unseen,
        "failed": figures.failed,
        "ratio": figures.ratio,
        "expected": pace(figures, month, today).expected,
    }
