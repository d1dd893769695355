"""Kept months follow what is changed of a mine, and only they are read, on both databases."""

from datetime import date

import pytest
from sqlalchemy import event, select

from patrol.periods import parse
from server.db import db as the_db
from server.db import transaction
from server.models.coverage import CoverageMonth
from server.models.mine import Mine, Place
from server.services import coverage
from tests.counties import COUNTY, NOON
from tests.field import PAIRS, open_field
from tests.patrols import MINE

KEPT = ("2026-09", "2026-10", "2026-11", "2026-12")


@pytest.fixture
def mine(app, db, monkeypatch):
    """A mine with four kept months, the last of them still to come."""
    monkeypatch.setitem(app.extensions, "qianshao_clock", None)
    open_field(app)
    with transaction():
        for month in KEPT:
            opened = coverage.open_month(MINE, COUNTY, parse(month), NOON.date())
            coverage.save_month(opened, NOON)
    return MINE


def add_face(name, opened_on, since):
    """A face is registered; returns what was asked of the database to bring the months up to it."""
    seen = []

    def note(_connection, _cursor, statement, _parameters, _context, _many):
        seen.append(statement)

    with transaction():
        the_db.session.add(
            Place(id=name, mine_id=MINE, kind="face", name=name, code=name, opened_on=opened_on, status="confirmed")
        )
        the_db.session.flush()
        found = the_db.session.get_one(Mine, MINE)
        event.listen(the_db.engine, "before_cursor_execute", note)
        try:
            coverage.refresh_mine(found, since, NOON)
        finally:
            event.remove(the_db.engine, "before_cursor_execute", note)
    return seen


def applicable():
    the_db.session.rollback()
    rows = the_db.session.execute(select(CoverageMonth.month, CoverageMonth.applicable).order_by(CoverageMonth.month))
    return {month: count - len(PAIRS) for month, count in rows}


def test_every_kept_month_from_the_change_on_is_brought_up_to_it_and_none_before(mine):
    add_face("face-3", date(2026, 10, 20), date(2026, 10, 20))

    assert applicable() == {"2026-09": 0, "2026-10": 2, "2026-11": 2, "2026-12": 2}


def test_a_change_a_generation_ago_asks_no_more_than_a_change_in_the_first_kept_month(mine):
    near = add_face("face-3", date(2026, 9, 1), date(2026, 9, 1))
    far = add_face("face-4", date(1990, 1, 1), date(1990, 1, 1))

    assert set(applicable().values()) == {4}
    assert len(far) == len(near)
    assert sum("coverage_sheet" in statement and statement.startswith("SELECT") for statement in far) == 1


def test_a_change_after_the_last_kept_month_brings_up_nothing(mine):
    add_face("face-3", date(2027, 1, 1), date(2027, 1, 1))

    assert set(applicable().values()) == {0}
