"""People who sign in or hold a phone, the office roles they have, their sessions and one-time links."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base, UtcDateTime


class User(Base):
    __tablename__ = "user_account"

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"), index=True)
    name: Mapped[str]
    #: Sign-in name of the console; absent for people who only use a phone.
    login: Mapped[str | None] = mapped_column(unique=True)
    #: argon2id; absent until the one-time link is used.
    password_hash: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class RoleGrant(Base):
    """An office role and where it holds. Team roles are memberships (see `team`)."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("role IN ('supervisor', 'mine_user', 'admin', 'auditor')", name="role_known"),
        CheckConstraint("(role = 'mine_user') = (mine_id IS NOT NULL)", name="mine_user_has_mine"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str]
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"))
    mine_id: Mapped[str | None] = mapped_column(ForeignKey("mine.id"))
    from_date: Mapped[date]
    until_date: Mapped[date | None]


class ConsoleSession(Base):
    """A signed-in console: the cookie's SHA-256, never the cookie."""

    __tablename__ = "console_session"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)


class OneTimeLink(Base):
    """A link that sets a password once: the first administrator's, or a reset's."""

    __tablename__ = "one_time_link"

    token_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    purpose: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignInAttempt(Base):
    """Failed and successful sign-ins, for rate limits that survive a restart."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (
        Index("ix_sign_in_attempt_login_at", "login", "at"),
        Index("ix_sign_in_attempt_address_at", "address", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    login: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    succeeded: Mapped[bool]
