"""Contracts (包保) that tie a team to a mine, and excuses from a duty."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class Contract(Base):
    __tablename__ = "contract"
    __table_args__ = (
        Index("ix_contract_mine_from", "mine_id", "from_date"),
        Index("ix_contract_team_from", "team_id", "from_date"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"))
    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"))
    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"))
    from_date: Mapped[date]
    #: Last day, inclusive; open-ended when absent.
    until_date: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    feed_seq: Mapped[int] = mapped_column(default=0)


class Excuse(Base):
    """A reason why a duty of a mine is not owed between two days; withdrawn, never deleted."""

    __tablename__ = "excuse"
    __table_args__ = (
        CheckConstraint("duty_kind IN ('weekly_round', 'monthly_full', 'both')", name="duty_kind_known"),
        Index("ix_excuse_county_from", "county_id", "from_date"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"))
    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"), index=True)
    duty_kind: Mapped[str]
    from_date: Mapped[date]
    until_date: Mapped[date]
    reason: Mapped[str]
    excused_by: Mapped[str] = mapped_column(ForeignKey("user_account.id"))
    excused_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
