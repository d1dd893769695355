"""Publishes editions of the checklist to a county: immutable, numbered, in force from a day.

What a published edition changes about the running month is said by the months' upkeep, not here.
"""

from datetime import datetime

import zstandard
from sqlalchemy import select

from checklists.editions import Edition
from patrol.errors import Conflict, Invalid
from patrol.permissions import Actor, Subject, Verb, require
from server.db import db
from server.models.checklist import ChecklistEdition
from server.services import audit


def publish(actor: Actor, compiled: bytes, now: datetime) -> ChecklistEdition:
    """Publish a compiled edition. Raises BadEdition for bytes that are none, and what `require_publishable` raises."""
    require(actor, Verb.CHECKLIST_PUBLISH, Subject(actor.county))
    edition = Edition(compiled)
    require_publishable(actor.county, edition)
    row = ChecklistEdition(
        digest=edition.digest,
        county_id=actor.county,
        number=edition.checklist.number,
        in_force_from=edition.checklist.since,
        definition=zstandard.compress(compiled),
        item_count=len(edition.items),
        published_at=now,
        published_by=actor.person,
    )
    db.session.add(row)
    audit.record(actor, now, Verb.CHECKLIST_PUBLISH, row, None)
    return row


def require_publishable(county: str, edition: Edition) -> None:
    """Raise Invalid for an edition that asks for nothing, Conflict where the county has one of its number."""
    number = edition.checklist.number
    if not edition.items:
        raise Invalid("edition_asks_nothing")
    taken = (ChecklistEdition.county_id == county) & (ChecklistEdition.number == number)
    if db.session.scalar(select(ChecklistEdition.digest).where(taken)) is not None:
        raise Conflict("edition_published_already", number=number)
