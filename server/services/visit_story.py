"""What happened to a visit, as the county heard of it: every exchange with its receipt, every word of the office, and
what waits without effect. Reads only.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from server.db import db
from server.models.audit import AuditEntry
from server.models.segment import Chain, WithheldOperation
from server.models.user import User
from server.models.visit import Visit
from server.services.witness import Said, Witness
from sync import operations as ops
from sync.registers import Entry
from sync.sheets import Sheet

_COUNTED = ("answer", "finding", "photo", "note", "mark", "place", "claim")
#: More were never met; whoever looks at a page reads no further.
_RELEASES = 500


@dataclass(frozen=True)
class Event:
    """`kind`: arrived (with `counts`), joined, done, signed, refused, submitted, approved, open (sent back), sealed,
    void, released. `facts` are what was said with it.
    """

    kind: str
    at: datetime
    said: Said
    counts: dict[str, int] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


def story_of(row: Visit, sheet: Sheet, witness: Witness) -> list[Event]:
    """Every event, the first first, by the county's clock."""
    events = [*_arrivals(sheet, witness), *_moments(sheet, witness), *_releases(row, sheet)]
    return sorted(events, key=lambda event: event.at)


def sent_back_of(sheet: Sheet, witness: Witness) -> Event | None:
    """The reason for which the visit was last sent back, while it stands."""
    register = sheet.registers.get("visit/status")
    heads = register.heads() if register else []
    opened = [head for head in heads if msgspec.json.decode(head.value)["status"] == "open"]
    return _status(opened[0], witness) if len(opened) == len(heads) == 1 else None


def _arrivals(sheet: Sheet, witness: Witness) -> Iterator[Event]:
    """What each exchange brought of this visit, counted by kind."""
    by_receipt: dict[tuple[str, str], tuple[Said, dict[str, int]]] = {}
    for key, register in sheet.registers.items():
        sort = key.partition("/")[0]
        if sort not in _COUNTED:
            continue
        for entry in register.entries.values():
            said = witness.of(entry)
            _, counts = by_receipt.setdefault((entry.stamp.chain, said.receipt or ""), (said, {}))
            counts[sort] = counts.get(sort, 0) + 1
    for said, counts in by_receipt.values():
        yield Event("arrived", said.received or said.at, said, counts)


def _moments(sheet: Sheet, witness: Witness) -> Iterator[Event]:
    for key, register in sheet.registers.items():
        sort = key.partition("/")[0]
        for entry in register.entries.values():
            if key == "visit/status":
                yield _status(entry, witness)
            elif sort in ("join", "done", "sign"):
                yield _moment(sort, entry, witness)


def _status(entry: Entry, witness: Witness) -> Event:
    facts = msgspec.json.decode(entry.value)
    said = witness.of(entry)
    return Event(facts["status"], said.received or said.at, said, facts=facts)


def _moment(sort: str, entry: Entry, witness: Witness) -> Event:
    facts, said = msgspec.json.decode(entry.value), witness.of(entry)
    signed = "refused" if facts.get("refused") else "signed"
    kind = {"join": "joined", "done": "done", "sign": signed}[sort]
    return Event(kind, said.received or said.at, said, facts=facts)


def _releases(row: Visit, sheet: Sheet) -> Iterator[Event]:
    """Operations that a person gave their effect, from the trail."""
    uids = list(sheet.stamps)
    query = (
        select(AuditEntry, User.name)
        .join(User, User.id == AuditEntry.actor_id)
        .where(AuditEntry.county_id == row.county_id, AuditEntry.verb == "operation.release")
        .where(AuditEntry.subject_id.in_(uids))
    )
    for entry, name in db.session.execute(query.limit(_RELEASES)):
        said = Said(entry.actor_id or "", name, None, entry.at, None, None, entry.at, None)
        facts = {"reason": ((entry.after or {}).get("body") or {}).get("reason", "")}
        yield Event("released", entry.at, said, facts=facts)


@dataclass(frozen=True)
class Waiting:
    """An operation that is stored without effect: an addendum to a sealed visit, or one that somebody must look at."""

    uid: str
    verdict: str
    kind: str
    name: str
    received: datetime
    about: str
    said: str


def waiting_of(visit: str) -> Sequence[Waiting]:
    """What waits beside the visit, in the order of its coming."""
    query = (
        select(WithheldOperation, User.name)
        .join(Chain, Chain.id == WithheldOperation.chain_id)
        .outerjoin(User, User.id == Chain.user_id)
        .where(WithheldOperation.visit_id == visit)
        .order_by(WithheldOperation.received_at, WithheldOperation.seq)
    )
    return [_waiting(row, name or "") for row, name in db.session.execute(query.limit(300))]


def _waiting(row: WithheldOperation, name: str) -> Waiting:
    operation = ops.decode(row.data)
    body = msgspec.to_builtins(operation.body) if not isinstance(operation, ops.Opaque) else {}
    about = getattr(operation, "reg", None) or str(body.get("of") or body.get("finding") or "")
    said = str(body.get("outcome") or body.get("text") or body.get("reason") or (body.get("set") or {}).get("text", ""))
    return Waiting(row.uid, row.verdict, operation.kind, name, row.received_at, about, said)
