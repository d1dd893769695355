"""Tests that follow each other in one world are run by one worker, whatever the versions of what runs them."""

import subprocess
import sys
from pathlib import Path

from tests.guards.tree import ROOT

#: A worker that is alone with a file that is to be shared waits for the other: none finishes all by being quick.
_WHO = """
import os
import time
from pathlib import Path

import pytest


@pytest.mark.parametrize("number", range(12))
def test_who(number):
    Path("{folder}", f"{name}.{{os.getpid()}}").touch()
    patience = time.monotonic() + 60
    while len(list(Path("{folder}").glob("{name}.*"))) < {workers} and time.monotonic() < patience:
        time.sleep(0.01)
"""


def test_a_dear_file_stays_with_one_worker_and_others_are_shared(tmp_path: Path) -> None:
    for name, workers in (("browser", 1), ("cheap", 2)):
        (tmp_path / f"tests/{name}").mkdir(parents=True)
        who = _WHO.format(folder=tmp_path, name=name, workers=workers)
        (tmp_path / f"tests/{name}/test_{name}.py").write_text(who, "utf-8")
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_xdist_make_scheduler\n", "utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "tests"],
        cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    assert len(list(tmp_path.glob("browser.*"))) == 1
    assert len(list(tmp_path.glob("cheap.*"))) == 2
