"""The commands, typed as a person types them: against the real database, with sentences for errors."""

import os
import re
import subprocess
import sys

import pytest

from tests.guards.tree import ROOT

COUNTY = ["--county-code", "999901", "--county-name", "演示县", "--duty-telephone", "000-0000000"]
PERSON = ["--name", "陈晓", "--login", "ChenXiao"]


@pytest.fixture
def qianshao(tmp_path):
    def run(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "server.cli", *arguments],
            cwd=ROOT, env={"QIANSHAO_DATA_DIR": str(tmp_path)} | settings,
            capture_output=True, text=True, check=False,
        )  # fmt: skip

    return run


def test_migrating_twice_is_harmless_and_ready_names_what_is_missing(qianshao):
    assert qianshao("migrate").returncode == 0
    assert qianshao("migrate").returncode == 0

    asked = qianshao("ready")

    assert asked.returncode == 1
    assert re.search(r"migrations +ok", asked.stdout)
    assert re.search(r"queue +unreachable", asked.stdout)


def test_the_first_administrator_gets_a_link_and_no_second_one_is_made(qianshao):
    qianshao("migrate")

    first = qianshao("admin", "bootstrap", *COUNTY, *PERSON)
    again = qianshao("admin", "bootstrap", *COUNTY, *PERSON)
    other = qianshao("admin", "bootstrap", *COUNTY, "--name", "李四", "--login", "lisi")

    assert first.returncode == 0, first.stderr
    link = re.match(r"http://127\.0\.0\.1:8000/set-password#(\S{40,})\n", first.stdout)
    assert link
    assert again.returncode == 0
    assert link.group(1) not in again.stdout
    assert other.returncode == 1
    assert "该县已有管理员" in other.stderr


def test_an_account_whose_secrets_are_all_lost_begins_anew(qianshao):
    qianshao("migrate")
    qianshao("admin", "bootstrap", *COUNTY, *PERSON)

    anew = qianshao("admin", "start-anew", PERSON[PERSON.index("--login") + 1].upper())
    nobody = qianshao("admin", "start-anew", "nobody-here")

    assert re.match(r"http://127\.0\.0\.1:8000/set-password#\S{40,}\n", anew.stdout), anew.stderr
    assert nobody.returncode == 1
    assert "没有找到" in nobody.stderr


def test_bad_settings_are_told_in_sentences(qianshao):
    result = qianshao("migrate", PORT="none")

    assert result.returncode == 1
    assert "PORT must be" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_script_in_the_repository_finds_the_commands():
    result = subprocess.run([ROOT / "qianshao", "--help"], cwd="/", capture_output=True, text=True, check=False)

    assert os.access(ROOT / "qianshao", os.X_OK)
    assert "bootstrap" not in result.stdout
    assert "migrate" in result.stdout
