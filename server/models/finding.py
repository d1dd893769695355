"""A finding: projected columns for lists and deadlines, and its own registers, one a field, as a blob.

No foreign keys: ten findings a visit would ask and lock the same four rows forty times. A finding is written with the
lock of its mine's stream, in the transaction that has its visit in hand, and nothing that it names is ever deleted.
"""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime

_OPEN = text("closed_at IS NULL")
_CLOSED = text("closed_at IS NOT NULL")


class Finding(Base):
    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_mine_feed", "mine_id", "feed_seq"),
        Index("ix_finding_visit", "visit_id"),
        Index("ix_finding_county_recorded", "county_id", "recorded_at"),
        Index(
            "ix_finding_open",
            "county_id",
            "mine_id",
            "due_on",
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        # What a new finding may repeat.
        Index("ix_finding_closed", "mine_id", "item_key", "closed_at", postgresql_where=_CLOSED, sqlite_where=_CLOSED),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str]
    mine_id: Mapped[str]
    #: Absent when the office raised it.
    visit_id: Mapped[str | None]
    item_key: Mapped[str | None]
    place_id: Mapped[str | None]
    severity: Mapped[str]
    status: Mapped[str]
    text: Mapped[str]
    recorded_by: Mapped[str]
    #: The phone's clock, and the server's.
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_on: Mapped[date | None]
    #: Closed or voided: no longer on anybody's list of open findings.
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The finding of which this one is a repeat (反复出现).
    repeat_of: Mapped[str | None]
    conflicts: Mapped[int] = mapped_column(default=0)
    feed_seq: Mapped[int]
    registers: Mapped[bytes] = mapped_column(LargeBinary)
