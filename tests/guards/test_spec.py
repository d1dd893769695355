"""Every rule of the sync specification is cited by a test, and whatever cites a rule cites one that is there."""

import re

from tests.guards.tree import ROOT, modules

SPEC = ROOT / "sync" / "SPEC.md"
#: A rule begins its line (bullets and emphasis apart) with its id: two letters, a dash, a number.
RULE = re.compile(r"^[^\w\n]*([A-Z]{2}-\d+)\b", re.MULTILINE)
CITED = re.compile(r"\b([A-Z]{2}-\d+)\b")
NAMED = re.compile(r"def test_([a-z]{2})_(\d+)_")


def rules() -> list[str]:
    return RULE.findall(SPEC.read_text(encoding="utf-8"))


def parts() -> set[str]:
    return {rule.split("-")[0] for rule in rules()}


def cited_by_tests() -> set[str]:
    cited: set[str] = set()
    for path in (ROOT / "tests").rglob("*.py"):
        if "guards" not in path.parts:
            text = path.read_text(encoding="utf-8")
            cited |= {f"{part.upper()}-{number}" for part, number in NAMED.findall(text)}
    return cited


def test_every_rule_is_named_by_a_test():
    assert set(rules()) - cited_by_tests() == set()


def test_no_rule_has_two_meanings():
    assert len(rules()) == len(set(rules()))


def test_no_test_names_a_rule_that_is_not_there():
    assert {rule for rule in cited_by_tests() if rule.split("-")[0] in parts()} - set(rules()) == set()


def test_no_code_cites_a_rule_that_is_not_there():
    cited = {rule for path in modules("sync", "server") for rule in CITED.findall(path.read_text(encoding="utf-8"))}

    assert {rule for rule in cited if rule.split("-")[0] in parts()} - set(rules()) == set()
