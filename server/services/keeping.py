"""Leaves a withheld operation set aside because a person has looked at it, with the reason, in the audit trail."""

from datetime import datetime

from patrol.errors import NotFound
from patrol.permissions import Actor, Subject, Verb, require
from server.db import db
from server.models.audit import AuditEntry
from server.models.segment import WithheldOperation
from server.queries import withheld


def keep(actor: Actor, uid: str, reason: str, now: datetime) -> None:
    """It stays stored and without effect; it can still be released. Raises NotFound, NotAllowed."""
    found = withheld.find(uid)
    if found is None:
        raise NotFound("not_found", noun="operation")
    require(actor, Verb.OPERATION_RELEASE, Subject(found.county))
    entry = AuditEntry(at=now, county_id=actor.county, actor_id=actor.person, verb=withheld.KEEP)
    entry.subject_kind, entry.subject_id = WithheldOperation.__tablename__, uid
    entry.before, entry.after = None, {"reason": reason, "verdict": found.row.verdict}
    db.session.add(entry)
