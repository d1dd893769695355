"""Photos as declared by signed operations; their bytes, once however many name them; what did not fit about them."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime

_WAITING = text("arrived_at IS NULL AND refusal IS NULL")
_UNPROCESSED = text("processed_at IS NULL AND refusal IS NULL")
_WITH_ORIGINAL = text("original_digest IS NOT NULL")


class Photo(Base):
    """One declaration. Its times and its refusal follow from its file, so that counting reads this table alone."""

    __tablename__ = "photo"
    __table_args__ = (
        Index("ix_photo_digest", "digest"),
        Index("ix_photo_visit", "visit_id"),
        Index("ix_photo_waiting", "device_id", postgresql_where=_WAITING, sqlite_where=_WAITING),
        Index("ix_photo_original", "original_digest", postgresql_where=_WITH_ORIGINAL, sqlite_where=_WITH_ORIGINAL),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    #: SHA-256 of the bytes, lower-case hex, as signed on the phone.
    digest: Mapped[str]
    #: Of the untouched original that the evidence was made from, where the phone keeps one.
    original_digest: Mapped[str | None]
    #: Absent where a finding's photo was added outside any visit: by the mine as its proof, or at a desk.
    visit_id: Mapped[str | None] = mapped_column(ForeignKey("visit.id"))
    finding_id: Mapped[str | None]
    #: Absent where it was added at a desk.
    device_id: Mapped[str | None] = mapped_column(ForeignKey("device.id"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    original_size: Mapped[int | None] = mapped_column(BigInteger)
    #: False once it is retracted: it is kept, and counted no more.
    stands: Mapped[bool] = mapped_column(default=True)
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: A code of `media.refusals`; its bytes are not kept, or could not be decoded.
    refusal: Mapped[str | None]


class PhotoFile(Base):
    """Bytes that arrived whole, or that were refused: one row a digest."""

    __tablename__ = "photo_file"
    __table_args__ = (
        Index("ix_photo_file_unprocessed", "arrived_at", postgresql_where=_UNPROCESSED, sqlite_where=_UNPROCESSED),
    )

    digest: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    #: By content. Absent when the header was refused, and then nothing was stored.
    media_type: Mapped[str | None]
    width: Mapped[int | None]
    height: Mapped[int | None]
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime)
    processed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    refusal: Mapped[str | None]
    refusal_detail: Mapped[str | None]
    #: How often a decoding child was killed by something that was not the photo's doing.
    attempts: Mapped[int] = mapped_column(default=0)
    #: What the camera wrote, as `media.exif.CameraFacts`; absent until processed.
    camera: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    has_exif: Mapped[bool | None]
    #: The 64-bit difference hash as a signed number; absent where there is too little to compare.
    likeness: Mapped[int | None] = mapped_column(BigInteger)


class PhotoLikeness(Base):
    """What a search for alike photos reads: the hash in four bands (`media.bands`), by mine and by author."""

    __tablename__ = "photo_likeness"
    __table_args__ = (
        Index("ix_photo_likeness_mine", "mine_id"),
        Index("ix_photo_likeness_person", "person_id"),
    )

    photo_id: Mapped[str] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    mine_id: Mapped[str]
    person_id: Mapped[str]
    likeness: Mapped[int] = mapped_column(BigInteger)
    band_0: Mapped[int]
    band_1: Mapped[int]
    band_2: Mapped[int]
    band_3: Mapped[int]


class PhotoFlag(Base):
    """One thing that does not fit, with what shows it; for a person to look at, never a verdict."""

    __tablename__ = "photo_flag"

    photo_id: Mapped[str] = mapped_column(ForeignKey("photo.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    #: The other photo that the flag is about; empty for the rest.
    other: Mapped[str] = mapped_column(primary_key=True, default="")
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON)
    found_at: Mapped[datetime] = mapped_column(UtcDateTime)
