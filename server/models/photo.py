"""Photos as declared by signed operations, and whether their bytes are here."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class Photo(Base):
    __tablename__ = "photo"
    __table_args__ = (Index("ix_photo_digest", "digest"), Index("ix_photo_visit", "visit_id"))

    id: Mapped[str] = mapped_column(primary_key=True)
    #: SHA-256 of the bytes, lower-case hex, as signed on the phone.
    digest: Mapped[str]
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    finding_id: Mapped[str | None]
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"), index=True)
    size: Mapped[int] = mapped_column(BigInteger)
    declared_at: Mapped[datetime] = mapped_column(UtcDateTime)
    arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
