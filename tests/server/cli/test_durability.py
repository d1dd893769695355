"""The commands as an operator types them, each a process of its own."""

import json
import os
import subprocess
import sys

import pytest
from sqlalchemy import update

from server import create_app
from server.db import db as the_db
from server.db import transaction
from server.keys import current_key
from server.models.segment import Segment
from tests.counties import LEADER, MEMBER
from tests.patrols import enter, open_office
from tests.schema import make_schema
from tests.settings import make_config


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request, tmp_path):
    """The environment of an installation of the test's own."""
    chosen = {"QIANSHAO_DATA_DIR": str(tmp_path / "data"), "QIANSHAO_UNSAFE_DATABASE": "1"}
    if request.param == "postgresql":
        chosen["QIANSHAO_DATABASE_URL"] = request.getfixturevalue("fresh_postgresql")
    return chosen


@pytest.fixture
def qianshao(settings):
    """Run a command; gives its exit status and what it said."""

    def run(*arguments, status=0):
        done = subprocess.run(
            [sys.executable, "-m", "server.cli", *map(str, arguments)],
            env=os.environ | settings,  # noqa: TID251 - handed on to the process
            capture_output=True,
            text=True,
            timeout=240,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


@pytest.fixture
def filled(settings, tmp_path):
    """A county with a visit of two phones; nothing runs afterwards."""
    config = make_config(tmp_path / "data", **settings)
    config.data_dir.mkdir()
    with create_app(config).app_context():
        make_schema()
        office = open_office(current_key())
        first, second = office.phone(LEADER), office.phone(MEMBER)
        visit = enter(first, LEADER)
        enter(second, MEMBER, opening=False)
        for phone, person in ((first, LEADER), (second, MEMBER)):
            phone.answer(person, visit, "answer/GAS-001/-", "pass")
            office.sync(phone)
        the_db.session.remove()
        the_db.engine.dispose()
    return config


def test_backup_verify_rebuild_epoch_and_restore_as_an_operator_types_them(filled, qianshao, tmp_path):
    assert "6 operations" in qianshao("verify")
    assert "1 visits" in qianshao("rebuild", "--check")
    assert "2 chains have risen" in qianshao("backup", "--to", tmp_path / "backups")
    (folder,) = (tmp_path / "backups").iterdir()
    assert json.loads((folder / "manifest.json").read_text())["operations"] == 6
    assert "has begun" in qianshao("epoch", "new", "--reason", "restored by the hoster")
    assert "A new epoch has begun" in qianshao("restore", folder)
    assert "Every photo is" in qianshao("verify", "--photos")
    assert "as the log gives it" in qianshao("rebuild", "--check")


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_a_damaged_log_is_said_with_status_1(filled, qianshao, tmp_path):
    with create_app(filled).app_context():
        with transaction():
            the_db.session.execute(update(Segment).values(data=b"damaged"))
        the_db.session.remove()
        the_db.engine.dispose()
    assert "segment_damaged" in qianshao("verify", status=1)
    assert "No backup was made" in qianshao("backup", "--to", tmp_path / "backups", status=1)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_what_is_no_backup_changes_nothing(filled, qianshao, tmp_path):
    (tmp_path / "empty").mkdir()
    assert "Nothing was changed" in qianshao("restore", tmp_path / "empty", status=1)
    assert "Every link" in qianshao("verify")
