"""Writes a plan: segments, chains, sheets, findings, places and what is withheld or refused, in bulk.

Decides nothing; flushes nothing late; never commits. Everything of a plan is written in the caller's transaction.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import bindparam, delete, update

from patrol.periods import local_date
from server.db import db
from server.direct import write
from server.models.feed import StreamHead
from server.models.finding import Finding
from server.models.mine import Place
from server.models.photo import Photo
from server.models.segment import Chain, RefusedPush, Segment, WithheldOperation
from server.models.visit import VisitSheet
from server.queries.log import OFFICE_DEVICE
from server.services import projections, visit_photos
from server.services.upsert import Rows, add, put
from sync import known
from sync.findings import proofs

_MOVE_CHAIN = (
    update(Chain)
    .where(Chain.id == bindparam("chain"))
    .values({name: bindparam(name) for name in ("head_seq", "head_hash", "closed_at", "vouched")})
)


def store_plan(plan: known.Plan, findings: Rows, device: str | None, now: datetime) -> None:
    """Write `plan` but for its visits' headers, which must be there already (`visit_counts.store_visits`).

    `findings`: the rows of its findings. `device`: the one that carried the request.
    """
    _store_chains(plan.chains, now)
    _store_segments(plan.segments)
    _store_refused(plan.refused, device, now)
    _store_withheld(plan.withheld, now)
    _release(plan.released)
    _store_sheets(plan.visits)
    _store_photos(plan.visits, now)
    if findings:
        put(Finding, ("id",), projections.FINDING_CHANGES, findings)
    _store_proofs(plan, now)
    _store_places(plan.places, now)
    _move_heads(plan.heads)
    visit_photos.follow(plan.visits, now)
    visit_photos.follow_alone(plan.findings)


def _store_chains(chains: Iterable[known.ChainWrite], now: datetime) -> None:
    for chain in chains:
        closed = now if chain.closed else None
        if chain.opening is not None:
            add(Chain, [_new_chain(chain, closed, now)])
        else:
            moved = {"chain": chain.chain, "head_seq": chain.head.seq, "head_hash": chain.head.hash}
            write(_MOVE_CHAIN, moved | {"closed_at": closed, "vouched": chain.vouched})


def _new_chain(chain: known.ChainWrite, closed: datetime | None, now: datetime) -> dict[str, Any]:
    return {
        "id": chain.chain,
        "device_id": None if chain.author.office else chain.author.device,
        "user_id": chain.author.person,
        "algorithm": chain.alg,
        "public_key": chain.key,
        "head_seq": chain.head.seq,
        "head_hash": chain.head.hash,
        "vouched": chain.vouched,
        "safe_seq": 0,
        "opened_at": now,
        "closed_at": closed,
    }


def _store_segments(segments: Iterable[known.Segment]) -> None:
    rows = [
        {
            "chain_id": segment.chain,
            "first_seq": segment.first,
            "last_seq": segment.last,
            "data": segment.data,
            "last_hash": segment.hash,
            "signature": segment.signature,
            "verdicts": {str(seq): verdict for seq, verdict in segment.verdicts} or None,
            "settled": dict(segment.settled) or None,
            "received_at": datetime.fromtimestamp(segment.received / 1000, UTC),
            "receipt_id": segment.receipt,
        }
        for segment in segments
    ]
    add(Segment, rows)


def _store_refused(refused: Iterable[known.Refused], device: str | None, now: datetime) -> None:
    rows = [
        {
            "chain_id": push.chain,
            "device_id": device,
            "reason": push.error,
            "data": b"\n".join(push.operations),
            "received_at": now,
        }
        for push in refused
    ]
    add(RefusedPush, rows)


def _store_withheld(operations: Iterable[known.Withheld], now: datetime) -> None:
    rows = [
        {
            "uid": operation.uid,
            "chain_id": operation.chain,
            "seq": operation.seq,
            "visit_id": operation.visit,
            "finding_id": operation.finding,
            "verdict": operation.verdict,
            "data": operation.data,
            "received_at": now,
        }
        for operation in operations
    ]
    if rows:
        put(WithheldOperation, ("uid",), ("chain_id", "seq", "visit_id", "finding_id", "verdict", "data"), rows)


def _release(uids: Sequence[str]) -> None:
    if uids:
        db.session.execute(delete(WithheldOperation).where(WithheldOperation.uid.in_(uids)))


def _store_sheets(visits: Sequence[known.VisitWrite]) -> None:
    sheets = [{"visit_id": visit.visit, "data": visit.sheet} for visit in visits]
    if sheets:
        put(VisitSheet, ("visit_id",), ("data",), sheets)


def _store_photos(visits: Sequence[known.VisitWrite], now: datetime) -> None:
    rows = [
        projections.new_photo(photo, visit.visit, _taken_on(photo.photo, visit), now)
        for visit in visits
        for photo in visit.photos
    ]
    if rows:
        put(Photo, ("id",), (), rows)


def _taken_on(photo: str, visit: known.VisitWrite) -> str:
    """The phone that has the bytes: its author's, whoever carried or released the operation."""
    first, *_ = visit.content.registers[f"photo/{photo}"].entries.values()
    return first.stamp.device


def _store_proofs(plan: known.Plan, now: datetime) -> None:
    """Photos that stand on a finding alone: the mine's proof, or what was added at a desk."""
    of_visits = {photo.photo for visit in plan.visits for photo in visit.photos}
    rows = [
        projections.new_photo(photo, None, None if entry.stamp.device == OFFICE_DEVICE else entry.stamp.device, now)
        for finding in plan.findings
        for photo, entry in proofs(finding.content)
        if photo.photo not in of_visits
    ]
    if rows:
        put(Photo, ("id",), (), rows)


def _store_places(places: Sequence[known.PlaceWrite], now: datetime) -> None:
    if places:
        rows = [projections.proposed_place(place, local_date(now)) for place in places]
        put(Place, ("id",), (), rows)


def _move_heads(heads: Mapping[str, int]) -> None:
    if heads:
        put(StreamHead, ("stream",), ("seq",), [{"stream": stream, "seq": seq} for stream, seq in heads.items()])
