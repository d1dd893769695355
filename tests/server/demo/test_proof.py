"""`make demo` end to end: a real server, real HTTP; and it must not agree with a product that counts wrongly."""

import subprocess
import sys

import pytest

from tests.guards.tree import ROOT

#: A product with a mistake: where, and what stands there instead.
DEFECTS = {
    "what nobody could see counts as judged": (
        "import patrol.coverage as c\nc._state = lambda marks: c.PairState.JUDGED if any(marks) else c.PairState.OPEN\n"
    ),
    "of two opinions the milder counts": (
        "import sync.registers as r\n"
        "r.counted = lambda heads: min((r.outcome(h.value) for h in heads), key=r.GRAVITY.__getitem__)\n"
    ),
    "a place too few is asked": (
        "import checklists.applicability as a\n"
        "located = a._located\n"
        "a._located = lambda question, registered: located(question, registered)[:2]\n"
    ),
}


def play(*arguments, path="", **environment):
    settings = {"PYTHONPATH": f"{path}:{ROOT}", "QIANSHAO_UNSAFE_DATABASE": "1", "QIANSHAO_PROCESSES": "2"}
    return subprocess.run(
        [sys.executable, "-m", "server.demo", *arguments], cwd=ROOT, env=settings | environment,
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip


def test_it_agrees_on_a_file():
    played = play("--seed", "11")

    assert played.returncode == 0, played.stdout + played.stderr
    assert "系统与独立复算完全一致" in played.stdout
    assert "疑似重大" in played.stdout
    assert "≠" not in played.stdout


def test_it_agrees_on_postgresql_and_goes_into_an_empty_database_only(fresh_postgresql):
    played = play("--seed", "12", "--database", fresh_postgresql)

    assert played.returncode == 0, played.stdout + played.stderr

    again = play("--database", fresh_postgresql)

    assert again.returncode == 1
    assert "holds a county already" in again.stderr


@pytest.mark.parametrize("defect", DEFECTS)
def test_it_notices_a_product_that_counts_wrongly(defect, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(DEFECTS[defect], encoding="utf-8")

    played = play("--seed", "11", path=str(tmp_path))

    assert played.returncode == 1, played.stdout + played.stderr
    assert "系统与独立复算不一致" in played.stdout
    assert "≠" in played.stdout
