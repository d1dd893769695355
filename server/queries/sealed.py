"""Sealed records of visits that an actor may read."""

from collections.abc import Sequence

from sqlalchemy import select

from patrol.errors import NotFound
from patrol.permissions import Actor
from server.db import db
from server.models.visit import SealedVisit
from server.queries.visits import get_visit


def list_sealed(actor: Actor, visit: str) -> Sequence[SealedVisit]:
    """All records of one visit, oldest first. Raises NotFound."""
    get_visit(actor, visit)
    return db.session.scalars(
        select(SealedVisit).where(SealedVisit.visit_id == visit).order_by(SealedVisit.number)
    ).all()


def get_sealed(actor: Actor, visit: str, number: int) -> SealedVisit:
    """One record. Raises NotFound."""
    get_visit(actor, visit)
    found = db.session.get(SealedVisit, (visit, number))
    if found is None:
        raise NotFound("not_found", noun="sealed_visit")
    return found
