"""A mine, its dated attributes (history kept) and its place register."""

import secrets
from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class Mine(Base):
    __tablename__ = "mine"

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"), index=True)
    code: Mapped[str]
    name: Mapped[str]
    township: Mapped[str]
    #: Degrees as surveyed; `datum` names the system, nothing is converted.
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    datum: Mapped[str | None]
    #: Metres around the point that count as "at the mine" on the surface.
    radius_m: Mapped[int] = mapped_column(default=2000)
    closed_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    #: Another number with every change of an attribute or a place: what was computed from an older picture is stale.
    #: It begins anywhere, so that no two mines of one id (another database, another test) share a number.
    picture: Mapped[int] = mapped_column(default=lambda: secrets.randbelow(2**30))
    feed_seq: Mapped[int] = mapped_column(default=0)

    __table_args__ = (UniqueConstraint("county_id", "code"),)


class MineAttribute(Base):
    """One attribute's value from a date on, until the next of its name.

    Of two since the same day the one recorded later is the correction and counts.
    """

    __tablename__ = "mine_attribute"
    __table_args__ = (
        Index("ix_mine_attribute_mine_name_from", "mine_id", "name", "from_date"),
        Index("ix_mine_attribute_mine_feed", "mine_id", "feed_seq"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"))
    #: Of this place of the mine; of the mine itself when absent.
    place_id: Mapped[str | None] = mapped_column(ForeignKey("place.id"))
    name: Mapped[str]
    value: Mapped[Any] = mapped_column(JSON)
    from_date: Mapped[date]
    #: The report or decision that the value comes from.
    source: Mapped[str]
    recorded_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
    feed_seq: Mapped[int] = mapped_column(default=0)


class Place(Base):
    """A named working place, chamber, roadway or fixed device of a mine. Closed, never deleted."""

    __tablename__ = "place"
    __table_args__ = (
        # Unique among places in use only, which patrol.mines checks; two phones may propose one code apart.
        Index("ix_place_mine_code", "mine_id", "code"),
        CheckConstraint("status IN ('proposed', 'confirmed', 'declined')", name="status_known"),
        Index("ix_place_mine_feed", "mine_id", "feed_seq"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    mine_id: Mapped[str] = mapped_column(ForeignKey("mine.id"))
    kind: Mapped[str]
    name: Mapped[str]
    #: What the plate at the place says: scanned as a code or typed as a check word.
    code: Mapped[str]
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    #: `proposed` by a phone underground; counts for coverage once confirmed.
    status: Mapped[str] = mapped_column(default="confirmed")
    version: Mapped[int] = mapped_column(default=1)
    feed_seq: Mapped[int] = mapped_column(default=0)
