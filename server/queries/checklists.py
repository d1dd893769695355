"""Published editions of the checklist, by county and digest, and the vocabulary of the one in force."""

from collections.abc import Sequence
from datetime import date

import zstandard
from sqlalchemy import select

from patrol.errors import NotFound
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.checklist import ChecklistEdition
from server.queries.reach import within


def list_editions(actor: Actor) -> Sequence[ChecklistEdition]:
    """Every edition of the actor's county, newest first."""
    in_reach = within(reach(actor, Verb.CHECKLIST_READ), ChecklistEdition.county_id)
    query = select(ChecklistEdition).where(in_reach)
    return db.session.scalars(query.order_by(ChecklistEdition.number.desc())).all()


def get_edition(actor: Actor, digest: str) -> ChecklistEdition:
    """One edition of the actor's county. Raises NotFound."""
    in_reach = within(reach(actor, Verb.CHECKLIST_READ), ChecklistEdition.county_id)
    found = db.session.scalar(select(ChecklistEdition).where(ChecklistEdition.digest == digest, in_reach))
    if found is None:
        raise NotFound("not_found", noun="checklist")
    return found


def find_edition_in_force(county: str, day: date) -> ChecklistEdition | None:
    """The edition that holds on `day`; None before the county's first."""
    query = select(ChecklistEdition).where(ChecklistEdition.county_id == county, ChecklistEdition.in_force_from <= day)
    newest = (ChecklistEdition.in_force_from.desc(), ChecklistEdition.number.desc())
    return db.session.scalar(query.order_by(*newest).limit(1))


def definition_bytes(edition: ChecklistEdition) -> bytes:
    """The canonical compiled bytes whose SHA-256 is the edition's digest."""
    return zstandard.ZstdDecompressor().decompress(edition.definition)
