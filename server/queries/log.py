"""What the log holds of chains: heads, overlapping segments, withheld operations. Reads only, scope is the caller's."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from server.among import among
from server.db import db
from server.direct import Question, ask
from server.models.device import Device
from server.models.segment import Chain, Segment, WithheldOperation
from server.models.user import User
from sync import known
from sync.wire import Mark

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: The device of an office chain: the console has none.
OFFICE_DEVICE = "office"

_KEYS = select(Chain.id, Chain.algorithm, Chain.public_key, Chain.user_id).where(among(Chain.id, "ids"))
_LOCK_CHAINS = (
    select(
        Chain.id,
        Chain.user_id,
        Chain.device_id,
        Chain.algorithm,
        Chain.public_key,
        Chain.head_seq,
        Chain.head_hash,
        Chain.safe_seq,
        Chain.vouched,
        Chain.closed_at,
        Device.revoked_at,
        User.disabled_at,
    )
    .outerjoin(User, User.id == Chain.user_id)
    .outerjoin(Device, Device.id == Chain.device_id)
    .where(among(Chain.id, "ids"))
    .order_by(Chain.id)
    .with_for_update(of=Chain)
)
_WITHHELD_ROWS = select(
    WithheldOperation.uid,
    WithheldOperation.chain_id,
    WithheldOperation.seq,
    WithheldOperation.verdict,
    WithheldOperation.data,
    WithheldOperation.visit_id,
    WithheldOperation.finding_id,
    Chain.user_id,
    Chain.device_id,
).join(Chain, Chain.id == WithheldOperation.chain_id)
_WITHHELD = _WITHHELD_ROWS.where(
    among(WithheldOperation.uid, "uids")
    | among(WithheldOperation.visit_id, "visits")
    | among(WithheldOperation.finding_id, "findings")
)
_CARRIED = _WITHHELD_ROWS.where(among(WithheldOperation.chain_id, "ids"))


def chain_keys(chains: Collection[str]) -> dict[str, tuple[str, str, str]]:
    """Chain → (algorithm, public key, person) of the chains on record."""
    if not chains:
        return {}
    found = ask(_KEYS, {"ids": list(chains)})
    return {row.id: (row.algorithm, row.public_key, row.user_id) for row in found}


def lock_chains(chains: Collection[str]) -> dict[str, known.ChainKnown]:
    """The chains on record, locked until the commit in sorted order, without their segments."""
    if not chains:
        return {}
    return {row.id: chain_known(row) for row in ask(*chains_locked(chains))}


def chains_locked(chains: Collection[str]) -> Question:
    """What `lock_chains` asks."""
    return _LOCK_CHAINS, {"ids": list(chains)}


def chain_known(row: Any) -> known.ChainKnown:
    """A chain's row as the plan knows it."""
    return known.ChainKnown(
        chain=row.id,
        author=author(row.user_id, row.device_id),
        alg=row.algorithm,
        key=row.public_key,
        head=Mark(row.head_seq, row.head_hash),
        safe=row.safe_seq,
        vouched=row.vouched,
        revoked=row.revoked_at is not None or row.disabled_at is not None,
        closed=row.closed_at is not None,
    )


def author(user_id: str, device_id: str | None) -> known.Author:
    """Who stands behind a chain."""
    return known.Author(user_id, device_id or OFFICE_DEVICE, office=device_id is None)


def segments_from(chain: str, first: int) -> list[known.Segment]:
    """The chain's segments that hold operation `first` or later ones, in order.

    The one before them is read too, for the hash that they continue.
    """
    query = (
        select(Segment)
        .where(Segment.chain_id == chain, Segment.last_seq >= max(first - 1, 1))
        .order_by(Segment.first_seq)
    )
    before, found = "", []
    for row in db.session.scalars(query):
        if row.last_seq >= first:
            found.append(segment_known(row, before))
        before = row.last_hash
    return found


def with_segments(chain: known.ChainKnown, first: int) -> known.ChainKnown:
    """The chain with its segments from operation `first` on."""
    return replace(chain, segments=tuple(segments_from(chain.chain, first)))


def segment_known(row: Segment, before: str) -> known.Segment:
    """A stored segment as the plan knows it; `before` is the hash that it continues."""
    return known.Segment(
        chain=row.chain_id,
        first=row.first_seq,
        last=row.last_seq,
        before=before,
        hash=row.last_hash,
        signature=row.signature,
        data=row.data,
        received=milliseconds(row.received_at),
        receipt=row.receipt_id,
        verdicts=tuple((int(seq), verdict) for seq, verdict in (row.verdicts or {}).items()),
        settled=tuple((row.settled or {}).items()),
    )


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds since the epoch, as the protocol and the ids of receipts count."""
    return (instant - _EPOCH) // timedelta(milliseconds=1)


def withheld(uids: Sequence[str], visits: Sequence[str], findings: Sequence[str]) -> dict[str, known.Withheld]:
    """Withheld operations by uid: those named, and those parked for a visit or a finding."""
    if not (uids or visits or findings):
        return {}
    return {row.uid: withheld_known(row) for row in ask(*withheld_asked(uids, visits, findings))}


def withheld_asked(uids: Sequence[str], visits: Sequence[str], findings: Sequence[str]) -> Question:
    """What `withheld` asks."""
    return _WITHHELD, {"uids": list(uids), "visits": list(visits), "findings": list(findings)}


def carried(chains: Sequence[str]) -> dict[str, known.Withheld]:
    """Withheld operations of chains that nobody vouched for yet, by uid (CH-12)."""
    if not chains:
        return {}
    return {row.uid: withheld_known(row) for row in ask(_CARRIED, {"ids": list(chains)})}


def withheld_known(row: Any) -> known.Withheld:
    """A withheld operation's row, with its chain's author, as the plan knows it."""
    return known.Withheld(
        uid=row.uid,
        chain=row.chain_id,
        seq=row.seq,
        verdict=row.verdict,
        data=row.data,
        author=author(row.user_id, row.device_id),
        visit=row.visit_id,
        finding=row.finding_id,
    )
