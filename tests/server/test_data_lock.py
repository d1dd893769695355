"""One process at a time on a data directory."""

import multiprocessing
import subprocess
import sys

import pytest

from server.data_lock import hold

HOLD = "import sys, pathlib; from server.data_lock import hold\nwith hold(pathlib.Path(sys.argv[1])): print('held')"


def another(folder) -> str:
    """What a process of its own says that would hold the directory."""
    found = subprocess.run([sys.executable, "-c", HOLD, str(folder)], capture_output=True, text=True, check=False)
    return found.stdout + found.stderr


def test_a_second_process_is_kept_out_until_the_first_lets_go(tmp_path):
    with hold(tmp_path):
        assert "InUse" in another(tmp_path)
    assert another(tmp_path) == "held\n"


@pytest.fixture
def lingering(tmp_path):
    """A fork of a process that held the directory; it is still there."""
    forks = multiprocessing.get_context("fork")
    end = forks.Event()
    with hold(tmp_path):
        fork = forks.Process(target=end.wait)
        fork.start()
    yield fork
    end.set()
    fork.join()


def test_a_fork_that_lingers_keeps_nobody_out(tmp_path, lingering):
    assert lingering.is_alive()
    assert another(tmp_path) == "held\n"
