"""What a list of visits needs beside the visits: names, and how many there are. Reads only."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.mine import Mine
from server.models.visit import Visit
from server.queries.reach import within
from server.queries.visits import filters, in_reach


def mine_names(actor: Actor) -> dict[str, str]:
    """Mine → name, by code, of all mines in reach, closed ones too."""
    seen = within(reach(actor, Verb.MINE_READ), Mine.county_id, mine=Mine.id)
    return {row.id: row.name for row in db.session.execute(select(Mine.id, Mine.name).where(seen).order_by(Mine.code))}


def count_visits(actor: Actor, wanted: Mapping[str, Any]) -> int:
    """How many visits the filters leave."""
    query = select(func.count()).select_from(Visit).where(in_reach(actor, Verb.VISIT_READ), *filters(wanted))
    return db.session.scalar(query) or 0
