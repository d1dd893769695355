from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from checklists.ledger_page import ledger_page, standings
from checklists.loading import load
from checklists.shell import LIBRARY, main, read_folder

PAGE = Path(__file__).parents[2] / "docs" / "ledger-coverage.md"
LOADED = load(read_folder(LIBRARY))
STANDINGS = {standing.id: standing for standing in standings(LOADED)}


def rows(name: str) -> list[str]:
    return [each.id for each in STANDINGS.values() if each.row.list == name]


def test_the_ledger_holds_the_nine_sections_and_the_102_items_of_the_three_lists():
    assert rows("section") == [f"II.{number}" for number in range(1, 10)]
    assert [len(rows(name)) for name in ("L1", "L2", "L3")] == [14, 25, 63]
    assert [len({row.split(".")[0] for row in rows(name)}) for name in ("L1", "L2", "L3")] == [8, 25, 25]


def test_every_row_has_its_words_and_its_responsible_departments():
    lists = [each for each in STANDINGS.values() if each.row.list != "section"]
    assert [each.id for each in lists if not each.row.text or not each.row.departments] == []


def test_every_row_of_lists_two_and_three_has_a_due_date():
    assert [row for row in rows("L2") + rows("L3") if not STANDINGS[row].row.due] == []
    assert "2022-03-31" in STANDINGS["L3-1.1"].row.due
    assert "2022-05-31" in STANDINGS["L3-6.3"].row.due


@pytest.mark.parametrize("section", rows("section"))
def test_every_focus_section_is_served(section):
    assert len(STANDINGS[section].items) >= 5


@pytest.mark.parametrize("row", [row for row in STANDINGS if row.startswith("L")])
def test_a_row_is_served_exactly_when_a_patrol_can_check_it(row):
    standing = STANDINGS[row]
    assert bool(standing.items) == standing.row.patrol
    assert bool(standing.row.why_not) != standing.row.patrol


def test_a_row_without_an_item_shows_as_open():
    bare = LOADED._replace(ledger=LOADED.ledger | {"L3-26.1": LOADED.ledger["L3-25.2"]})
    assert standings(bare)[-1].unserved
    assert "| L3-26.1 | 五人小组每周巡查、每月全覆盖 | **no item** |" in ledger_page(bare)
    assert "1 are open." in ledger_page(bare)


def test_a_row_with_many_items_names_domains_that_add_up():
    line = next(line for line in ledger_page(LOADED).splitlines() if line.startswith("| II.5 "))
    total, domains = line.rstrip(" |").split("| ")[-1].split(" items: ")
    assert sum(int(domain.split()[-1]) for domain in domains.split(", ")) == int(total)
    assert int(total) == Counter(row for item in LOADED.checklist.items().values() for row in item.notice)["II.5"]


def test_the_page_in_docs_is_what_the_library_says_now():
    assert PAGE.read_text(encoding="utf-8") == ledger_page(LOADED), (
        "stale: run `python -m checklists ledger docs/ledger-coverage.md`"
    )


def test_the_command_writes_the_page_and_says_what_is_open(tmp_path):
    said: list[str] = []
    assert main(["ledger", str(tmp_path / "page.md")], date(2026, 11, 23), said.append, said.append) == 0
    assert (tmp_path / "page.md").read_text(encoding="utf-8") == ledger_page(LOADED)
    assert said == ["111 sections and rows, 0 of them unserved\n"]
