"""The audit trail as its reader sees it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from patrol.periods import start_of
from patrol.permissions import Actor, Verb, reach
from server.models.audit import AuditEntry
from server.models.user import User
from server.queries.paging import Order, Page, page
from server.queries.reach import named, within


def list_entries(actor: Actor, wanted: Mapping[str, Any]) -> Page[AuditEntry]:
    """A page of the trail, newest first.

    Filters `subject_kind`, `subject_id`, `actor_id`, `verb`, `who` (a part of a name), `since` and `until` (days).
    """
    query = select(AuditEntry).where(within(reach(actor, Verb.AUDIT_READ), AuditEntry.county_id))
    for name in ("subject_kind", "subject_id", "actor_id", "verb"):
        if name in wanted:
            query = query.where(getattr(AuditEntry, name) == wanted[name])
    if "who" in wanted:
        query = query.where(AuditEntry.actor_id.in_(select(User.id).where(named(User.name, wanted["who"]))))
    if "since" in wanted:
        query = query.where(AuditEntry.at >= start_of(wanted["since"]))
    if "until" in wanted:
        query = query.where(AuditEntry.at < start_of(wanted["until"] + timedelta(days=1)))
    return page(query, Order((AuditEntry.id,), newest_first=True), wanted)
