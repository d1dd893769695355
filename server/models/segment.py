"""The log: chains, and the segments of exact signed bytes that were stored on them; what was refused and what waits."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
)
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime

_ROW_ID = BigInteger().with_variant(Integer(), "sqlite")


class Chain(Base):
    """The append-only log of one person on one device, or of one console session (`device_id` absent)."""

    __tablename__ = "chain"

    id: Mapped[str] = mapped_column(primary_key=True)
    #: As the opening says. Neither needs to be on record: what nobody vouches for is stored all the same.
    device_id: Mapped[str | None] = mapped_column(index=True)
    user_id: Mapped[str] = mapped_column(index=True)
    algorithm: Mapped[str]
    public_key: Mapped[str]
    #: The newest stored operation; 0 and "" before the first.
    head_seq: Mapped[int] = mapped_column(default=0)
    head_hash: Mapped[str] = mapped_column(default="")
    #: A device token or an older key of the same person stands for it; otherwise it is held.
    vouched: Mapped[bool] = mapped_column(default=True)
    #: Also in a verified backup or replica up to here.
    safe_seq: Mapped[int] = mapped_column(default=0)
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Segment(Base):
    """One exchange's share of a chain: never a row an operation, never changed."""

    __tablename__ = "segment"
    __table_args__ = (
        Index("uq_segment_chain_first", "chain_id", "first_seq", unique=True),
        CheckConstraint("last_seq >= first_seq", name="not_empty"),
    )

    id: Mapped[int] = mapped_column(_ROW_ID, Identity(), primary_key=True)
    chain_id: Mapped[str] = mapped_column(ForeignKey("chain.id"))
    first_seq: Mapped[int]
    last_seq: Mapped[int]
    #: The operations' exact bytes in the codec of `sync.segments`.
    data: Mapped[bytes] = mapped_column(LargeBinary)
    last_hash: Mapped[str]
    signature: Mapped[str]
    #: Verdicts other than `applied`, seq → verdict; absent when there are none.
    verdicts: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    #: Operations of earlier segments that this one gave another verdict, uid → verdict (a release, a replay).
    settled: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    receipt_id: Mapped[str]


class RefusedPush(Base):
    """Bytes that contradict what a chain holds (a fork); kept 90 days for whoever has to understand it."""

    __tablename__ = "refused_push"

    id: Mapped[int] = mapped_column(_ROW_ID, Identity(), primary_key=True)
    chain_id: Mapped[str] = mapped_column(index=True)
    device_id: Mapped[str | None]
    reason: Mapped[str]
    data: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class WithheldOperation(Base):
    """A stored operation without effect: parked, no_scope, revoked, quarantined, late. Gone once released."""

    __tablename__ = "withheld_operation"
    __table_args__ = (
        Index("ix_withheld_operation_visit", "visit_id"),
        Index("ix_withheld_operation_finding", "finding_id"),
    )

    uid: Mapped[str] = mapped_column(primary_key=True)
    chain_id: Mapped[str] = mapped_column(ForeignKey("chain.id"))
    seq: Mapped[int]
    #: Named by the operation; neither needs to exist.
    visit_id: Mapped[str | None]
    finding_id: Mapped[str | None]
    verdict: Mapped[str]
    #: The exact bytes, so that a release needs no segment.
    data: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
