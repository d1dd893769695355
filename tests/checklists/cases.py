"""The conformance cases, each as a name and a check of the engine. `python -m tests.checklists.cases` runs them all.

Reads checklists/conformance/; the phone's tests read the same files.
"""

import json
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from checklists.completeness import wanting
from checklists.conditions import decisive, known, truth
from checklists.editions import Edition
from checklists.evaluation import Judgement
from checklists.standards import severity_on

FOLDER = Path(__file__).parents[2] / "checklists" / "conformance"

Check = Callable[[Edition, dict[str, Any]], None]


class Entered(msgspec.Struct, frozen=True):
    """An answer as a phone enters it."""

    outcome: str
    value: int | float | str | None = None
    unit: str | None = None
    settings: dict[str, int | float | str] | None = None
    reason: str | None = None


class Place(msgspec.Struct, frozen=True):
    id: str
    kind: str
    opened_on: date
    closed_on: date | None = None


def edition() -> Edition:
    return Edition((FOLDER / "edition.json").read_bytes())


def check_judging(edition: Edition, case: dict[str, Any]) -> None:
    answer = msgspec.convert(case["answer"], Entered)
    expected = msgspec.convert(case["judgement"], Judgement)
    assert edition.judge(case["item"], answer, date.fromisoformat(case["on"])) == expected


def check_applicability(edition: Edition, case: dict[str, Any]) -> None:
    places = msgspec.convert(case["places"], list[Place])
    about = case["attributes"], places, date.fromisoformat(case["on"]), case["cadence"]
    assert list(edition.pairs(*about)) == case["pairs"]
    explained = {asked.item: asked for asked in edition.explain(*about)}
    assert [pair for asked in explained.values() for pair in asked.pairs] == case["pairs"]
    assert {key: explained[key].because for key in case["because"]} == case["because"]
    assert {key: explained[key].placing for key in case["placing"]} == case["placing"]


def check_conditions(edition: Edition, case: dict[str, Any]) -> None:
    about = known(case["attributes"], edition.checklist.attributes)
    assert truth(case["condition"], about) is case["truth"]
    if "decisive" in case:
        assert [list(tested) for tested in decisive(case["condition"], about)] == case["decisive"]


def check_wanting(edition: Edition, case: dict[str, Any]) -> None:
    answers = msgspec.convert(case["answers"], dict[str, Entered])
    found = wanting(edition, case["pairs"], answers, case["photographed"], date.fromisoformat(case["on"]))
    assert [list(each) for each in found] == case["wanting"]


def check_severity(edition: Edition, case: dict[str, Any]) -> None:
    severity, links = severity_on(
        edition.items[case["item"]], edition.checklist.standards, date.fromisoformat(case["on"])
    )
    assert severity == case["severity"]
    assert [[link.standard, link.article] for link in links] == case["links"]


CHECKS: dict[str, Check] = {
    "judging": check_judging,
    "applicability": check_applicability,
    "conditions": check_conditions,
    "wanting": check_wanting,
    "severity": check_severity,
}


def cases() -> Iterator[tuple[str, Check, dict[str, Any]]]:
    """Every case: a name that is unique among all, its check, its data."""
    for path in sorted(FOLDER.rglob("*.json")):
        if path.name == "edition.json":
            continue
        for case in json.loads(path.read_text(encoding="utf-8"))["cases"]:
            yield f"{path.relative_to(FOLDER).with_suffix('').as_posix()}: {case['name']}", CHECKS[path.stem], case


def failures() -> list[str]:
    subject, failed = edition(), []
    for name, check, case in cases():
        try:
            check(subject, case)
        except Exception:  # noqa: BLE001 - whatever an engine with a planted defect does
            failed.append(name)
    return failed


if __name__ == "__main__":
    found = failures()
    sys.stdout.write("".join(f"{name}\n" for name in found))
    sys.exit(bool(found))
