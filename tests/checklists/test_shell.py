"""The commands, on files of a temporary folder."""

from datetime import date

import pytest

from checklists.editions import Edition
from checklists.shell import main
from tests.checklists.factories import make_edition, make_files

TODAY = date(2026, 11, 23)
MINE = """\
attributes: {status: 生产, gas_grade: 高瓦斯, blasting: true, capacity: 90}
places:
  - {id: 3101, kind: heading, opened_on: 2026-03-01}
  - {id: 3102, kind: heading, opened_on: 2026-03-01, closed_on: 2026-10-31}
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Run a command in the temporary folder → (status, what it said, what it complained of)."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_text(MINE, encoding="utf-8")

    def run(*arguments):
        said, complained = [], []
        status = main(arguments, TODAY, said.append, complained.append)
        return status, "".join(said), "".join(complained)

    return run


def write(folder, *changes):
    for name, text in make_files(*changes).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return str(folder)


def test_validate_counts_the_items(run, tmp_path):
    folder = write(tmp_path / "list")
    assert run("validate", folder) == (0, "小检查表, edition 1: 2 items, 1 of them in the weekly round\n", "")


def test_validate_complains_of_every_mistake_and_fails(run, tmp_path):
    folder = write(
        tmp_path / "list",
        ("items/gas.yaml", "photo: optional", "photo: x"),
        ("units.yaml", "unit: s,", "unit: s, x: 1,"),
    )
    status, said, complained = run("validate", folder)
    assert (status, said) == (1, "")
    assert complained.splitlines() == [
        "items/gas.yaml:11: items[0].photo: not one of the allowed words: x [unknown_word]",
        "units.yaml:5: units[3].x: unknown key x [unknown_key]",
        "mistakes: 2",
    ]


def test_applies_shows_what_is_asked_where_and_why(run, tmp_path):
    status, said, _ = run("applies", "mine.yaml", write(tmp_path / "list"))
    assert status == 0
    assert said.splitlines() == [
        "GAS-001 掘进面甲烷  [3101]  because status in (生产, 建设): yes",
        "items: 1, pairs: 1",
    ]


def test_applies_shows_on_request_what_is_not_asked_and_why_not(run, tmp_path):
    _, said, _ = run("applies", "mine.yaml", write(tmp_path / "list"), "--all", "--on", "2026-02-01")
    assert said.splitlines() == [
        "GAS-001 掘进面甲烷  [the mine]  because status in (生产, 建设): yes; no open place of kind heading",
        "WAT-001 探放水  [not asked]  not here: blasting: yes",
        "items: 1, pairs: 1",
    ]


def test_applies_says_which_attribute_is_wanting(run, tmp_path):
    (tmp_path / "mine.yaml").write_text("attributes: {status: 生产}\nplaces: []\n", encoding="utf-8")
    _, said, _ = run("applies", "mine.yaml", write(tmp_path / "list"), "--all", "--cadence", "round")
    assert said.splitlines()[1] == "WAT-001 探放水  [not asked]  monthly table only"
    _, said, _ = run("applies", "mine.yaml", write(tmp_path / "list"))
    assert said.splitlines()[1] == "WAT-001 探放水  [the mine]  asked until it is known: blasting: unknown"


def test_applies_says_what_of_the_mine_the_edition_does_not_understand(run, tmp_path):
    mine = "attributes: {status: 整改, blasting: maybe, moon: true}\nplaces: [{id: m, kind: moon_base}]\n"
    (tmp_path / "mine.yaml").write_text(mine, encoding="utf-8")
    _, said, _ = run("applies", "mine.yaml", write(tmp_path / "list"))
    assert said.splitlines()[:4] == [
        "taken as unknown: no value of status: 整改",
        "taken as unknown: no value of blasting: maybe",
        "taken as unknown: no such attribute: moon",
        "taken as unknown: no such kind of place: moon_base (m)",
    ]


def test_compile_writes_the_edition_and_says_its_digest(run, tmp_path):
    status, said, _ = run("compile", "edition.json", write(tmp_path / "list"))
    written = Edition((tmp_path / "edition.json").read_bytes())
    assert status == 0
    assert written.digest == make_edition().digest
    assert said == f"edition 1, {len(written.compiled)} bytes, digest {written.digest}\n"


def test_diff_compares_a_compiled_edition_with_a_folder(run, tmp_path):
    run("compile", "edition.json", write(tmp_path / "list"))
    changed = write(tmp_path / "later", ("items/gas.yaml", "below: 1.0", "below: 0.9"))
    assert run("diff", "edition.json", changed) == (0, "changed: GAS-001 answer.limits.below: 1 → 0.9\n", "")


def test_diff_for_a_mine_says_what_it_is_asked_now(run, tmp_path):
    changed = write(tmp_path / "later", ("items/water.yaml", "not blasting", "blasting"))
    status, said, _ = run("diff", write(tmp_path / "list"), changed, "--mine", "mine.yaml")
    assert (status, said) == (0, "asked from now on: WAT-001/-\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("validate", "nowhere"), "nowhere is no folder"),
        (("applies", "nowhere.yaml"), "No such file"),
        (("diff", "mine.yaml"), "no_edition"),
    ],
)
def test_a_file_that_is_not_there_or_not_fitting_is_said(run, arguments, complaint):
    status, said, complained = run(*arguments)
    assert (status, said) == (1, "")
    assert complaint in complained


def test_mistakes_in_the_mine_file_are_reported(run, tmp_path):
    (tmp_path / "mine.yaml").write_text("attributes: []\nplaces: [{id: a}]\ncolour: red\n", encoding="utf-8")
    status, _, complained = run("applies", "mine.yaml", write(tmp_path / "list"))
    assert status == 1
    assert [line.rpartition("[")[2] for line in complained.splitlines()[:-1]] == [
        "mapping_expected]",
        "missing_key]",
        "unknown_key]",
    ]
