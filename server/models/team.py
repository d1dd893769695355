"""A patrol group (五人小组), its members with their specialties, and their certificates."""

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class Team(Base):
    __tablename__ = "team"

    id: Mapped[str] = mapped_column(primary_key=True)
    county_id: Mapped[str] = mapped_column(ForeignKey("county.id"), index=True)
    name: Mapped[str]
    dissolved_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)


class Membership(Base):
    """A person in a team from a date to a date (inclusive); being its leader is a role of the membership."""

    __tablename__ = "membership"
    __table_args__ = (CheckConstraint("role IN ('member', 'leader')", name="role_known"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    team_id: Mapped[str] = mapped_column(ForeignKey("team.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[str]
    #: mining, ventilation, electromechanical, geology or safety.
    specialty: Mapped[str]
    from_date: Mapped[date]
    until_date: Mapped[date | None]
    #: Place in the feed of the stream `team:<team_id>`.
    feed_seq: Mapped[int] = mapped_column(default=0)


class Certificate(Base):
    __tablename__ = "certificate"

    id: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str]
    number: Mapped[str]
    issued_on: Mapped[date]
    expires_on: Mapped[date | None]
