from datetime import timedelta

import pytest
from sqlalchemy import select

from server.db import transaction
from server.models.device import EnrolmentCode
from server.models.segment import RefusedPush
from server.models.user import ConsoleSession, OneTimeLink
from server.services import retention
from tests.counties import LEADER, NOON, TEAM, add_county


@pytest.fixture
def county(db):
    add_county()


def add(db, *rows):
    with transaction():
        db.session.add_all(rows)


def refused(age):
    return RefusedPush(chain_id="c", device_id=None, reason="fork", data=b"x", received_at=NOON - age)


def test_refused_bytes_are_kept_for_ninety_days_and_no_longer(db, county):
    add(db, refused(timedelta(days=89, hours=23)), refused(timedelta(days=90, seconds=1)), refused(timedelta(0)))
    with transaction():
        assert retention.forget_refused(NOON) == 1
    with transaction():
        assert retention.forget_refused(NOON) == 0
    assert len(db.session.scalars(select(RefusedPush)).all()) == 2


def test_secrets_that_open_nothing_any_more_are_removed_and_the_others_stay(db, county):
    for name, ends in (("past", NOON), ("future", NOON + timedelta(seconds=1))):
        add(
            db,
            ConsoleSession(token_hash=name, user_id=LEADER, created_at=NOON, last_seen_at=NOON, expires_at=ends),
            OneTimeLink(token_hash=name, user_id=LEADER, purpose="reset", created_at=NOON, expires_at=ends),
            EnrolmentCode(code_hash=name, team_id=TEAM, created_at=NOON, expires_at=ends - timedelta(days=30)),
        )
    with transaction():
        assert retention.forget_secrets(NOON) == 3
    for table, key in ((ConsoleSession, "token_hash"), (OneTimeLink, "token_hash"), (EnrolmentCode, "code_hash")):
        assert db.session.scalars(select(getattr(table, key))).all() == ["future"]
