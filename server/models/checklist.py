"""Published editions of the checklist: immutable bytes addressed by their digest."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class ChecklistEdition(Base):
    __tablename__ = "checklist_edition"
    __table_args__ = (UniqueConstraint("county_id", "number"),)

    #: SHA-256 of `definition`, lower-case hex.
    digest: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"), primary_key=True)
    number: Mapped[int]
    in_force_from: Mapped[date]
    #: The canonical compiled bytes, zstd-compressed.
    definition: Mapped[bytes] = mapped_column(LargeBinary)
    item_count: Mapped[int]
    published_at: Mapped[datetime] = mapped_column(UtcDateTime)
    published_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
