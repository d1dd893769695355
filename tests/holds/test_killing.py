"""Acknowledged operations lost to kill -9 of master and workers under load: none. `make kill CUTS=200` for more."""

import pytest

from tests.holds.killing import kill_often

CUTS = 30


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_inv_1_nothing_acknowledged_is_lost_when_the_server_is_killed(database, tmp_path):
    report = kill_often(database, CUTS, tmp_path)
    assert report.holds, report.line()
    assert report.interrupted >= CUTS
    assert report.acknowledged == report.attempted > 10 * CUTS
