"""The audit trail as its reader sees it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from patrol.permissions import Actor, Verb, reach
from server.models.audit import AuditEntry
from server.queries.paging import Order, Page, page
from server.queries.reach import within


def list_entries(actor: Actor, wanted: Mapping[str, Any]) -> Page[AuditEntry]:
    """A page of the trail, newest first; filters `subject_kind`, `subject_id`, `actor_id`."""
    query = select(AuditEntry).where(within(reach(actor, Verb.AUDIT_READ), AuditEntry.county_id))
    for name in ("subject_kind", "subject_id", "actor_id"):
        if name in wanted:
            query = query.where(getattr(AuditEntry, name) == wanted[name])
    return page(query, Order((AuditEntry.id,), newest_first=True), wanted)
