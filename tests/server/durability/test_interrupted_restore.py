"""A restore that dies half-way leaves the old database or the new one, never half of either."""

import os
from pathlib import Path

import pytest

from server import create_app, keys
from server.db import db as the_db
from server.durability import sqlite_copies
from server.durability.backup import back_up
from server.durability.proof import prove_log
from server.durability.restore import Accepted, restore
from server.highwater import HighWater
from tests.counties import LEADER, NOON, later
from tests.patrols import enter, open_office
from tests.schema import make_schema
from tests.settings import make_config

#: What a restore does to files, in this order; the process dies before the n-th of them.
STEPS = ((Path, "rename"), (Path, "hardlink_to"), (Path, "replace"), (sqlite_copies, "sync"), (HighWater, "write"))
MOST_STEPS = 12
DEAD = 9


@pytest.fixture
def place(tmp_path):
    """An installation with a backup of three operations and a database of four; nothing runs."""
    config = make_config(tmp_path / "data")
    config.data_dir.mkdir()
    with create_app(config).app_context():
        make_schema()
        office = open_office(keys.current_key())
        phone = office.phone(LEADER)
        visit = enter(phone, LEADER)
        phone.answer(LEADER, visit, "answer/GAS-001/-", "pass")
        office.sync(phone)
        folder = back_up(config, office.key, tmp_path / "backups", NOON).folder
        phone.answer(LEADER, visit, "answer/GAS-002/-", "pass")
        office.sync(phone)
        close()
    return config, folder


def close():
    the_db.session.remove()
    the_db.engine.dispose()


def dies_before(step, config, folder):
    """Restore in a process of its own that is gone before its `step`-th change of a file; whether it got that far."""
    child = os.fork()
    if child == 0:
        try:
            count_down(step)
            with create_app(config).app_context():
                restore(config, keys.current_key(), folder, later(days=step), Accepted())
            os._exit(0)
        finally:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    ended = os.waitstatus_to_exitcode(status)
    assert ended in {0, DEAD}
    return ended == DEAD


def count_down(step):
    """Have this process be gone, nothing tidied up, before its `step`-th change of a file."""
    left = [step]

    def counted(original):
        def call(*arguments, **named):
            left[0] -= 1
            if left[0] == 0:
                os._exit(DEAD)
            return original(*arguments, **named)

        return call

    for owner, name in STEPS:
        setattr(owner, name, counted(getattr(owner, name)))


def operations(config):
    with create_app(config).app_context():
        proof = prove_log(the_db.session.connection(), keys.current_key())
        close()
    assert proof.faults == []
    return proof.operations


def test_ep_6_wherever_a_restore_dies_the_database_is_whole_and_a_second_one_succeeds(place):
    config, folder = place
    died = []
    for step in range(1, MOST_STEPS):
        if not dies_before(step, config, folder):
            break
        died.append(operations(config))
    assert len(died) >= 4, "the steps above are no longer those of a restore"
    assert set(died) == {3, 4}
    assert died == sorted(died, reverse=True)
    assert operations(config) == 3
