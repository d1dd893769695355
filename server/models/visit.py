"""A visit: its header with the counts that coverage and the board read, its sheet of registers, its sealed record."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime

_OPEN = text("status NOT IN ('sealed', 'void')")


class Visit(Base):
    __tablename__ = "visit"
    __table_args__ = (
        Index("ix_visit_county_week", "county_id", "week"),
        Index("ix_visit_county_date", "county_id", "local_date", "id"),
        Index("ix_visit_mine_date", "mine_id", "local_date"),
        Index("ix_visit_team_date", "team_id", "local_date"),
        Index("ix_visit_team_feed", "team_id", "feed_seq"),
        Index("ix_visit_team_photos", "team_id", "photos_seq"),
        Index("ix_visit_team_open", "team_id", postgresql_where=_OPEN, sqlite_where=_OPEN),
    )

    #: Derived from team, mine, kind, local date and ordinal: see sync/SPEC.md.
    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"))
    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"))
    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"))
    #: `round` or `full`.
    kind: Mapped[str]
    #: Asia/Shanghai day of the opening; a visit past midnight keeps it.
    local_date: Mapped[date]
    ordinal: Mapped[int]
    #: `2026-W47` and `2026-11`, derived from `local_date`.
    week: Mapped[str]
    month: Mapped[str]
    edition_digest: Mapped[str]
    status: Mapped[str]
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: When the first operation reached the server, and the newest one.
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    submitted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When the submission reached the server.
    submission_received_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Pairs of the round that apply to the mine under the pinned edition, and those answered in any way.
    round_required: Mapped[int] = mapped_column(default=0)
    round_answered: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    unseen: Mapped[int] = mapped_column(default=0)
    conflicts: Mapped[int] = mapped_column(default=0)
    findings: Mapped[int] = mapped_column(default=0)
    photos_declared: Mapped[int] = mapped_column(default=0)
    photos_arrived: Mapped[int] = mapped_column(default=0)
    photos_processed: Mapped[int] = mapped_column(default=0)
    photos_refused: Mapped[int] = mapped_column(default=0)
    chains_joined: Mapped[int] = mapped_column(default=0)
    chains_done: Mapped[int] = mapped_column(default=0)
    #: Operations that came after the seal and wait as an addendum.
    addenda: Mapped[int] = mapped_column(default=0)
    #: Place in the feed of the stream `team:<team_id>`.
    feed_seq: Mapped[int] = mapped_column(default=0)
    #: Place in the same feed of what became of the visit's photos.
    photos_seq: Mapped[int] = mapped_column(default=0)


class VisitSheet(Base):
    """Every register of a visit in one compressed map; read and written under the visit's stream lock.

    No foreign key: it is written where its visit is, every time, and a visit is never deleted.
    """

    __tablename__ = "visit_sheet"

    visit_id: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)


class SealedVisit(Base):
    """The record as it was sealed; never changed. A visit that was opened again may be sealed again, beside it."""

    __tablename__ = "sealed_visit"

    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sealed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    sealed_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    reason: Mapped[str | None]
    #: SHA-256 of `document`, lower-case hex.
    digest: Mapped[str]
    #: Canonical JSON of the merged record with its findings, zstd-compressed.
    document: Mapped[bytes] = mapped_column(LargeBinary)
