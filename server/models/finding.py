"""A finding: projected columns for lists and deadlines, and its own registers, one a field, as a blob."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime

_OPEN = text("closed_at IS NULL")


class Finding(Base):
    __tablename__ = "finding"
    __table_args__ = (
        Index("ix_finding_mine_feed", "mine_id", "feed_seq"),
        Index("ix_finding_visit", "visit_id"),
        Index("ix_finding_county_recorded", "county_id", "recorded_at", "id"),
        Index(
            "ix_finding_open",
            "county_id",
            "mine_id",
            "due_on",
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_finding_mine_item", "mine_id", "item_key"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"))
    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"))
    #: Absent when the office raised it.
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"))
    item_key: Mapped[str | None]
    place_id: Mapped[str | None]
    severity: Mapped[str]
    status: Mapped[str]
    text: Mapped[str]
    recorded_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
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
