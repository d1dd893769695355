"""Phones: enrolment codes, devices, their tokens and their inbox."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class EnrolmentCode(Base):
    """A code shown once as a QR code by a leader or administrator; good for one phone."""

    __tablename__ = "enrolment_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"), index=True)
    created_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    device_id: Mapped[str | None]


class Device(Base):
    __tablename__ = "device"

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"))
    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"), index=True)
    label: Mapped[str]
    algorithm: Mapped[str]
    #: The device's own key (SPKI, base64url): proves the phone in enrolment and when tokens are renewed.
    public_key: Mapped[str]
    #: Newer than the key; the two give `check_code`.
    nonce: Mapped[str]
    enrolled_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Six digits both sides show; the leader types what the phone shows.
    check_code: Mapped[str]
    check_tries: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    revoked_by: Mapped[str | None] = mapped_column(ForeignKey("user_account.id"))
    #: As last told by the phone itself.
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    app_version: Mapped[str | None]
    unsent_operations: Mapped[int] = mapped_column(default=0)
    unsent_photos: Mapped[int] = mapped_column(default=0)
    #: Phone's wall clock minus the server's at the last exchange, ms.
    clock_error_ms: Mapped[int | None] = mapped_column(BigInteger)


class DeviceToken(Base):
    """Opaque bearer tokens by their SHA-256: access, refresh, challenge. See `server.services.tokens`."""

    __tablename__ = "device_token"
    __table_args__ = (Index("ix_device_token_device", "device_id"),)

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str]
    #: Generation of the pair within the device; rises at every renewal.
    generation: Mapped[int]
    issued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Notice(Base):
    """One row of a device's inbox: verdicts of parked operations, revocations, reviews sent back."""

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_device_feed", "device_id", "feed_seq"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    device_id: Mapped[str] = mapped_column(ForeignKey("device.id"))
    kind: Mapped[str]
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    feed_seq: Mapped[int]
