"""Maintained coverage: one narrow row a mine and month for lists, its pairs in a sheet beside it, and sent reports."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class CoverageMonth(Base):
    __tablename__ = "coverage_month"
    __table_args__ = (Index("ix_coverage_month_county_month", "county_id", "month"),)

    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"), primary_key=True)
    #: `2026-11`
    month: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"))
    edition_digest: Mapped[str]
    #: Pairs that apply; of them judged, and could-not-see and not otherwise judged.
    applicable: Mapped[int]
    judged: Mapped[int] = mapped_column(default=0)
    unseen: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    #: Operations of the month that reached the server after it had ended.
    late_operations: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)


class CoverageSheet(Base):
    """Pair → contributions of the month's visits, in the codec of `patrol.coverage`."""

    __tablename__ = "coverage_sheet"

    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"), primary_key=True)
    month: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class WeekRound(Base):
    """What the visits of a mine in a week come to for the weekly round; no row where there was none."""

    __tablename__ = "week_round"

    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"), primary_key=True)
    #: `2026-W47`
    week: Mapped[str] = mapped_column(primary_key=True)
    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"), primary_key=True)
    begun: Mapped[bool]
    met: Mapped[bool]
    #: Met only by what was submitted to the server after the week had ended.
    late: Mapped[bool]


class SentReport(Base):
    """The figures of a period as they were sent; frozen, so that what arrives later shows as a difference."""

    __tablename__ = "sent_report"

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"), index=True)
    period: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sent_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    figures: Mapped[dict[str, Any]] = mapped_column(JSON)
