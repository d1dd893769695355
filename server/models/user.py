"""People who sign in or hold a phone, the office roles they have, their sessions and one-time links."""

from datetime import date, datetime

from sqlalchemy import JSON, BigInteger, CheckConstraint, ForeignKey, Index
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
    #: What is still to be done before anything else: `code` or `enrolment` of the second factor; None: nothing.
    awaits: Mapped[str | None]
    #: When the second factor was last given.
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Where it was opened, so that its owner knows it again.
    address: Mapped[str | None]
    browser: Mapped[str | None]
    #: The forms that it sent last, newest at the end: (digest of what was sent, where it led).
    forms_sent: Mapped[list[list[str]] | None] = mapped_column(JSON(none_as_null=True))


class SecondFactor(Base):
    """Somebody's authenticator: its TOTP seed, sealed with a key that is not in the database."""

    __tablename__ = "second_factor"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    sealed_seed: Mapped[bytes]
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Absent while nobody has shown that their authenticator has it.
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: The last 30 seconds whose code was used: no code works twice.
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)


class RecoveryCode(Base):
    """One of ten codes that stand in for a lost authenticator, each once."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class OneTimeLink(Base):
    """A link that works once: `first` and `reset` set a password, `second_factor` begins an authenticator anew."""

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
