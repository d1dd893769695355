"""The engine against the conformance cases, and the cases against engines with a planted defect."""

import ast
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from checklists.evaluation import COMPLAINTS
from tests.checklists.cases import FOLDER, cases, check_judging, edition
from tests.checklists.generate_conformance import generated

ROOT = Path(__file__).parents[2]
ALL = list(cases())


@pytest.fixture(scope="module")
def subject():
    return edition()


@pytest.mark.parametrize(("name", "check", "case"), ALL, ids=[name for name, _, _ in ALL])
def test_the_engine_agrees_with(name, check, case, subject):
    check(subject, case)


def test_every_case_has_a_name_of_its_own():
    assert [name for name, count in Counter(name for name, _, _ in ALL).items() if count > 1] == []


def test_there_are_cases_of_every_kind():
    kinds = Counter(check.__name__ for _, check, _ in ALL)
    assert set(kinds) == {f"check_{kind}" for kind in ("judging", "applicability", "conditions", "wanting", "severity")}
    assert kinds["check_judging"] > 350
    assert kinds["check_conditions"] > 300


def test_every_complaint_is_met_by_a_case_and_no_other_is():
    judgements = [case["judgement"] for _, check, case in ALL if check is check_judging]
    assert {code for judgement in judgements for code in judgement.get("complaints", ())} == COMPLAINTS


def test_generated_cases_are_what_the_oracle_says_today():
    assert {name: (FOLDER / name).read_text(encoding="utf-8") for name in generated()} == generated()


@pytest.mark.parametrize("module", ["oracle.py", "generate_conformance.py"])
def test_the_oracle_knows_nothing_of_the_engine(module):
    tree = ast.parse((Path(__file__).parent / module).read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not {name for name in imported if name.startswith("checklists")}


# (module, what stands there, what a careless hand might write instead)
DEFECTS = [
    ("readings.py", "(operator.lt, limits.below)", "(operator.le, limits.below)"),
    ("readings.py", "(operator.gt, limits.above)", "(operator.ge, limits.above)"),
    ("readings.py", "(operator.ge, limits.min)", "(operator.gt, limits.min)"),
    ("readings.py", "(operator.le, limits.max)", "(operator.lt, limits.max)"),
    ("readings.py", "DAYS_AHEAD = 1", "DAYS_AHEAD = 0"),
    ("readings.py", "DAYS_AHEAD = 1", "DAYS_AHEAD = 2"),
    ("readings.py", "-left <= oldest", "-left < oldest"),
    ("readings.py", "left >= soonest", "left > soonest"),
    ("readings.py", "own if unit is None else unit", "unit or own"),
    ("readings.py", "number * scale.factor", "number / scale.factor"),
    ("readings.py", "number < scale.least", "number <= scale.least"),
    ("readings.py", "number > scale.most", "number >= scale.most"),
    ("readings.py", "(day - on).days", "(day - on).days + (day.month == 2)"),
    ("decimals.py", "Decimal(text) if _spells_decimal", "Decimal(str(float(text) / 3 * 3)) if _spells_decimal"),
    ("decimals.py", '[0-9]{1,9})?").fullmatch', '[0-9]{1,9})?").match'),
    ("decimals.py", "[0-9]{1,9}(?:", r"\d{1,9}(?:"),
    ("days.py", "DAY.fullmatch(text)", "len(text) == 10"),
    ("evaluation.py", '("na", "pass", "unseen", "fail")', '("na", "unseen", "pass", "fail")'),
    ("evaluation.py", '("na", "pass", "unseen", "fail")', '("pass", "na", "unseen", "fail")'),
    ("evaluation.py", '(answer.reason or "").strip()', "answer.reason"),
    ("evaluation.py", "if isinstance(asked, Number) else ()", ""),
    ("evaluation.py", "dict.fromkeys(complaints)", "complaints"),
    ("evaluation.py", "if reading.verdict == answer.outcome:", "if reading.verdict:"),
    ("evaluation.py", 'weights.append(GRAVITY["unseen"])', "pass"),
    ("completeness.py", 'item.photo != "required" or', "True or"),
    ("completeness.py", 'not in ("pass", "fail")', 'not in ("fail",)'),
    ("conditions.py", "if value is None:\n        return None", "if value is None:\n        return False"),
    ("conditions.py", "return None if value is None else not value", "return not value"),
    ("conditions.py", "return None if None in parts else True", "return None not in parts"),
    ("conditions.py", "if isinstance(value, str) and value in attribute.values", "if isinstance(value, str)"),
    ("conditions.py", "return value if isinstance(value, bool) else None", "return bool(value)"),
    ("conditions.py", "truth(part, about) is whole", "True"),
    ("applicability.py", "truth(condition, about) is False", "truth(condition, about) is not True"),
    ("applicability.py", "on <= place.closed_on", "on < place.closed_on"),
    ("applicability.py", "place.opened_on <= on", "place.opened_on < on"),
    ("applicability.py", "return found or question.otherwise", "return found"),
    ("applicability.py", 'question.in_round or cadence == "monthly"', "True"),
    ("standards.py", "on <= standard.until", "on < standard.until"),
    ("standards.py", "standard.since <= on", "standard.since < on"),
]


@pytest.mark.parametrize(("module", "right", "wrong"), DEFECTS)
def test_the_cases_notice_a_planted_defect(module, right, wrong, tmp_path):
    shutil.copytree(
        ROOT / "checklists", tmp_path / "checklists", ignore=shutil.ignore_patterns("library", "__pycache__")
    )
    shutil.copytree(
        ROOT / "tests" / "checklists", tmp_path / "tests" / "checklists", ignore=shutil.ignore_patterns("__pycache__")
    )
    source = tmp_path / "checklists" / module
    text = source.read_text(encoding="utf-8")
    assert text.count(right) == 1, f"{right!r} must stand in {module} once"
    source.write_text(text.replace(right, wrong), encoding="utf-8")
    run = subprocess.run(
        [sys.executable, "-m", "tests.checklists.cases"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert run.returncode == 1, "nothing noticed"
    assert run.stdout, run.stderr
