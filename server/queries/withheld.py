"""Operations that are stored and wait for a person: in no scope, late, revoked, quarantined, or parked."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.audit import AuditEntry
from server.models.device import Device
from server.models.segment import Chain, WithheldOperation
from server.models.user import User
from server.queries.paging import Order, Page, page
from server.queries.reach import within

#: Under this verb the trail keeps why something stays set aside.
KEEP = "operation.keep"
#: The author's, and where nobody knows the author, that of the phone that wrote it.
_COUNTY = func.coalesce(User.county_id, Device.county_id)


@dataclass(frozen=True)
class Found:
    """A withheld operation, who signed it, and whose county it is."""

    row: WithheldOperation
    person: str
    county: str


def find(uid: str) -> Found | None:
    """One by its uid; None where there is none, or nobody's county is known."""
    wanted = _joined(select(WithheldOperation, Chain.user_id, _COUNTY)).where(WithheldOperation.uid == uid)
    found = db.session.execute(wanted).one_or_none()
    return None if found is None or found[2] is None else Found(found[0], found[1], found[2])


def of_visit(visit: str) -> dict[str, tuple[str, int]]:
    """Operation → its place on its chain, of those that wait beside a visit: the order in which to release them."""
    told = (WithheldOperation.uid, WithheldOperation.chain_id, WithheldOperation.seq)
    rows = db.session.execute(select(*told).where(WithheldOperation.visit_id == visit))
    return {row.uid: (row.chain_id, row.seq) for row in rows}


def list_withheld(actor: Actor, wanted: Mapping[str, Any]) -> Page[WithheldOperation]:
    """A page of them, newest first; filters `verdict`, `visit`."""
    query = _joined(select(WithheldOperation)).where(within(reach(actor, Verb.OPERATION_READ), _COUNTY))
    if "verdict" in wanted:
        query = query.where(WithheldOperation.verdict == wanted["verdict"])
    if "visit" in wanted:
        query = query.where(WithheldOperation.visit_id == wanted["visit"])
    return page(query, Order((WithheldOperation.received_at, WithheldOperation.uid), newest_first=True), wanted)


def authors_of(chains: Collection[str]) -> Mapping[str, Any]:
    """Chain → (id, user_id, name, label): who wrote it on which phone; name and label None where nobody knows them."""
    query = (
        select(Chain.id, Chain.user_id, User.name, Device.label)
        .outerjoin(User, User.id == Chain.user_id)
        .outerjoin(Device, Device.id == Chain.device_id)
    )
    return {row.id: row for row in db.session.execute(query.where(Chain.id.in_(sorted(chains))))}


def kept_because(actor: Actor, uids: Collection[str]) -> Mapping[str, str]:
    """Operation → the reason for which it was left set aside last."""
    query = select(AuditEntry).where(
        AuditEntry.county_id == actor.county,
        AuditEntry.subject_kind == WithheldOperation.__tablename__,
        AuditEntry.subject_id.in_(uids),
        AuditEntry.verb == KEEP,
    )
    entries = db.session.scalars(query.order_by(AuditEntry.id))
    return {entry.subject_id: str((entry.after or {}).get("reason", "")) for entry in entries}


def _joined(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    return (
        query.join(Chain, Chain.id == WithheldOperation.chain_id)
        .outerjoin(User, User.id == Chain.user_id)
        .outerjoin(Device, Device.id == Chain.device_id)
    )
