"""What the pages tell a newcomer to type exists."""

import re

import pytest

from tests.guards.tree import ROOT, make_targets

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "deploy").rglob("*.md")])


def first_block(page: str) -> list[str]:
    block = re.search(r"^```\w*\n(.*?)^```", (ROOT / page).read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert block is not None
    lines = (re.sub(r"\s+#.*", "", line).strip() for line in block.group(1).splitlines())
    return [line for line in lines if line]


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_the_first_block_holds_how_to_run_and_how_to_test(page):
    assert first_block(page) == ["make run", "make test"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_make_command_on_a_page_is_in_the_makefile(page):
    named = set(re.findall(r"(?:^|`|\$ )make ([a-z][a-z-]*)", page.read_text(encoding="utf-8"), re.MULTILINE))

    assert named - make_targets() == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_inside_the_repository_leads_somewhere(page):
    links = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", page.read_text(encoding="utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_ci_runs_the_command_of_the_readme():
    last = (ROOT / ".ci" / "run").read_text(encoding="utf-8").strip().splitlines()[-1]

    assert last == f"exec {first_block('README.md')[1]}"


def test_every_setting_is_in_the_runbook_and_no_other():
    read = set(
        re.findall(
            r'"((?:QIANSHAO_[A-Z0-9_]+)|HOST|PORT)"', (ROOT / "server" / "config.py").read_text(encoding="utf-8")
        )
    )
    table = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8").split("## Settings")[1].split("## ")[0]
    told = {name if not name.startswith("_") else f"QIANSHAO{name}" for name in re.findall(r"`([A-Z0-9_]+)`", table)}

    # The one that makes a database unsafe is for tests; nobody is told how to run without fsync.
    assert told == read - {"QIANSHAO_UNSAFE_DATABASE"}
