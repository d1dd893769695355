"""Coverage as it is kept: one narrow row a mine and month, so that its cost does not grow with the years."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from patrol.errors import NotFound
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.coverage import CoverageMonth, CoverageSheet
from server.models.mine import Mine
from server.queries.paging import Order, Page, page
from server.queries.reach import within


def list_coverage(actor: Actor, month: str, wanted: Mapping[str, Any]) -> Page[CoverageMonth]:
    """A page, by mine, of the month's kept counts; a mine that nobody has visited has no row yet."""
    seen = reach(actor, Verb.COVERAGE_READ)
    query = select(CoverageMonth).where(
        CoverageMonth.month == month,
        within(seen, CoverageMonth.county_id, mine=CoverageMonth.mine_id),
    )
    return page(query, Order((CoverageMonth.mine_id,)), wanted)


def get_covered_mine(actor: Actor, mine: str) -> Mine:
    """The mine whose coverage is asked. Raises NotFound."""
    in_reach = within(reach(actor, Verb.COVERAGE_READ), Mine.county_id, mine=Mine.id)
    found = db.session.scalar(select(Mine).where(Mine.id == mine, in_reach))
    if found is None:
        raise NotFound("not_found", noun="mine")
    return found


def find_counts(mine: str, month: str) -> CoverageMonth | None:
    """A mine's kept counts; for callers that have the mine in reach."""
    return db.session.get(CoverageMonth, (mine, month))


def find_sheet(mine: str, month: str) -> bytes | None:
    """A mine's pairs of the month as kept; for callers that have the mine in reach."""
    query = select(CoverageSheet.data)
    return db.session.scalar(query.where(CoverageSheet.mine_id == mine, CoverageSheet.month == month))
