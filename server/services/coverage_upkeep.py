"""Keeps the month's rows true as days pass: every contracted mine has one, and says what applies today.

Places open and close on planned days, editions come into force, months begin, all without anybody writing anything.
"""

from datetime import date, datetime

from sqlalchemy import select

from patrol.periods import local_date, month_of
from server.db import db, transaction
from server.models.contract import Contract
from server.models.mine import Mine
from server.queries.reach import open_on
from server.services import coverage
from server.services.feed import lock_streams


def contracted(today: date) -> list[str]:
    """Every mine under contract today, in every county."""
    query = select(Contract.mine_id).where(open_on(Contract.from_date, Contract.until_date, today)).distinct()
    return list(db.session.scalars(query.order_by(Contract.mine_id)))


def keep_up(now: datetime) -> int:
    """Bring this month's row of every contracted mine up to today; returns how many were otherwise.

    One short transaction a mine, so that phones never wait. Idempotent: what is true already is not written.
    """
    moved = 0
    for mine in contracted(local_date(now)):
        with transaction():
            moved += keep_up_mine(mine, now)
    return moved


def keep_up_mine(mine_id: str, now: datetime) -> bool:
    """Bring one mine's row of this month up to today, inside the caller's transaction; whether it was otherwise."""
    lock_streams(db.session(), [f"mine:{mine_id}"])
    mine, today = db.session.get_one(Mine, mine_id), local_date(now)
    kept = coverage.kept_month(mine.id, mine.county_id, month_of(today))
    before = (kept.edition, coverage.dump(kept.coverage)) if kept else None
    month = kept or coverage.open_month(mine.id, mine.county_id, month_of(today), today)
    coverage.say_applicable(month, today)
    if before == (month.edition, coverage.dump(month.coverage)):
        return False
    coverage.save_month(month, now)
    coverage.recount_visits(month)
    return True
