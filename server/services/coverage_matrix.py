"""A mine's month as a matrix of places and domains, the items of one of its cells, and what is left. Reads only.

A mine that nobody has visited this month has no sheet: then what applies is worked out on the spot.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from checklists.definition import MINE_ITSELF
from checklists.editions import Edition
from patrol.coverage import MonthCoverage, PairState
from patrol.pace import pace
from patrol.periods import Period
from patrol.permissions import Actor
from server.models.mine import Mine
from server.queries import coverage as queries
from server.queries import mine_file
from server.services import coverage, editions
from server.services.coverage_views import month_named

Group = tuple[str, str]


@dataclass(frozen=True, slots=True)
class KeptMonth:
    """A mine's month with the edition that it is judged under; None before the first is published."""

    mine: Mine
    period: Period
    coverage: MonthCoverage
    edition: Edition | None
    late_operations: int = 0
    #: Item → its domain; domain → its title.
    domains: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)

    def group(self, pair: str) -> Group:
        """(place, domain) of a pair."""
        item, _, place = pair.partition("/")
        return place, self.domains.get(item, "")


def view_matrix(actor: Actor, mine_id: str, month_id: str, today: date) -> dict[str, Any]:
    """The matrix and its sums. Raises NotFound."""
    kept = _kept(actor, mine_id, month_id, today)
    cells = kept.coverage.figures_by(kept.group)
    names = mine_file.places_by_id(kept.mine.id)
    return _head(kept, today) | {
        "domains": [{"domain": d, "title": t} for d, t in kept.titles.items() if d in {domain for _, domain in cells}],
        "places": _places(names, {place for place, _ in cells}),
        "cells": cells,
        "by_place": kept.coverage.figures_by(lambda pair: kept.group(pair)[0]),
        "by_domain": kept.coverage.figures_by(lambda pair: kept.group(pair)[1]),
        "left_unchecked": [_told(kept, pair, names) for pair in kept.coverage.left_unchecked()],
    }


def view_left(actor: Actor, mine_id: str, month_id: str, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What is left this month by place, in the checklist's order; `wanted` may hold place, domain, specialty."""
    kept = _kept(actor, mine_id, month_id, today)
    names = mine_file.places_by_id(kept.mine.id)
    left = [_told(kept, pair, names) for pair in kept.coverage.left()]
    shown = [one for one in left if all(one[name] == value for name, value in wanted.items())]
    return _head(kept, today) | {
        "left": len(left),
        "places": _by(shown, "place", "place_name"),
        "choices": {
            "place": _counted(left, "place", "place_name"),
            "domain": _counted(left, "domain", "domain_title"),
            "specialty": _counted(left, "specialty", "specialty"),
        },
    }


def view_cell(actor: Actor, mine_id: str, month_id: str, cell: Group, today: date) -> dict[str, Any]:
    """The items of one place and domain: what was said of each, by whom and when. Raises NotFound."""
    kept = _kept(actor, mine_id, month_id, today)
    names = mine_file.places_by_id(kept.mine.id)
    pairs = [pair for pair in kept.coverage.applicable if kept.group(pair) == cell]
    said = _said(actor, kept.coverage, pairs)
    items = [_told(kept, pair, names) | {"said": said.get(pair, [])} for pair in pairs]
    return {"place": cell[0], "place_name": _name(names, cell[0]), "domain": cell[1], "items": items}


def _kept(actor: Actor, mine_id: str, month_id: str, today: date) -> KeptMonth:
    mine, period = queries.get_covered_mine(actor, mine_id), month_named(month_id)
    row, sheet = queries.find_counts(mine.id, period.id), queries.find_sheet(mine.id, period.id)
    if row is not None and sheet is not None:
        return _with_edition(mine, period, coverage.load(sheet), row.edition_digest, row.late_operations)
    untouched = coverage.OpenMonth(mine.id, mine.county_id, period, "", MonthCoverage())
    coverage.say_applicable(untouched, today)
    return _with_edition(mine, period, untouched.coverage, untouched.edition, 0)


def _with_edition(mine: Mine, period: Period, kept: MonthCoverage, digest: str, late: int) -> KeptMonth:
    edition = editions.find_edition(digest) if digest else None
    sections = edition.checklist.sections if edition else ()
    domains = {item.key: section.domain for section in sections for item in section.items}
    titles = {section.domain: section.title for section in sections}
    return KeptMonth(mine, period, kept, edition, late, domains, titles)


def _head(kept: KeptMonth, today: date) -> dict[str, Any]:
    figures = kept.coverage.figures
    return {
        "mine": kept.mine,
        "month": kept.period,
        "is_over": today > kept.period.last,
        "is_running": today in kept.period,
        "figures": figures,
        "expected": pace(figures, kept.period, today).expected,
        "edition": kept.edition,
        "visits": len(kept.coverage.visits),
        "late_visits": len(kept.coverage.late),
        "late_operations": kept.late_operations,
    }


def _places(names: Mapping[str, Any], used: set[str]) -> list[dict[str, Any]]:
    """The mine itself first, then its places as the register orders them."""
    registered = [{"id": place, "name": row.name, "code": row.code} for place, row in names.items() if place in used]
    itself = [{"id": MINE_ITSELF, "name": "", "code": ""}] if MINE_ITSELF in used else []
    return itself + registered


def _name(names: Mapping[str, Any], place: str) -> str:
    return names[place].name if place in names else ""


def _told(kept: KeptMonth, pair: str, names: Mapping[str, Any]) -> dict[str, Any]:
    key, _, place = pair.partition("/")
    item = kept.edition.items.get(key) if kept.edition else None
    domain = kept.domains.get(key, "")
    outcome = kept.coverage.outcome(pair)
    return {
        "item": key,
        "title": item.title if item else key,
        "specialty": item.specialty if item else "",
        "domain": domain,
        "domain_title": kept.titles.get(domain, domain),
        "place": place,
        "place_name": _name(names, place),
        "unseen": kept.coverage.state(pair) is PairState.UNSEEN,
        "outcome": outcome.value if outcome else None,
    }


def _said(actor: Actor, kept: MonthCoverage, pairs: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Pair → what stands of it, in the order of the visits; only of visits whose record the actor may read."""
    visits = {visit for pair in pairs for visit in kept.said(pair)}
    answers = mine_file.answers_in(actor, visits, pairs)
    return {pair: sorted(told, key=lambda one: one["at"]) for pair, told in answers.items()}


def _by(rows: Iterable[Mapping[str, Any]], key: str, name: str) -> list[dict[str, Any]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[key], []).append(row)
    return [{key: one, "name": items[0][name], "items": items} for one, items in found.items()]


def _counted(rows: Iterable[Mapping[str, Any]], key: str, name: str) -> list[tuple[str, str, int]]:
    return [(one[key], one["name"], len(one["items"])) for one in _by(rows, key, name)]
