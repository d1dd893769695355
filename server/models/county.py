"""A county: the widest scope of everything else, and the number to phone for a suspected major hazard."""

from sqlalchemy.orm import Mapped, mapped_column

from server.db import Base


class County(Base):
    __tablename__ = "county"

    id: Mapped[str] = mapped_column(primary_key=True)
    #: Division code, e.g. 140525.
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    #: Rung first of all for a suspected major hazard.
    duty_telephone: Mapped[str]
    #: Invented data; every page and print says so.
    is_demo: Mapped[bool] = mapped_column(default=False)
