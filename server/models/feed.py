"""The heads of the feed's streams, and the server's epochs."""

from datetime import datetime

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class StreamHead(Base):
    """The last sequence number given out in a stream; locked before any of its registers is read."""

    __tablename__ = "stream_head"

    stream: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    #: Rows at or below were compacted away: an older cursor is reset.
    floor: Mapped[int] = mapped_column(BigInteger, default=0)


class ServerEpoch(Base):
    """A new row whenever the server came back from a backup; the newest is in force."""

    __tablename__ = "server_epoch"

    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    reason: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
