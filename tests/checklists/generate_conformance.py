"""Writes checklists/conformance/generated/: `python -m tests.checklists.generate_conformance`.

The expected values are the oracle's. The engine takes no part, so that the files hold it to something
that it did not make itself.
"""

import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

from tests.checklists import oracle

FOLDER = Path(__file__).parents[2] / "checklists" / "conformance"
VISIT_DAYS = ("2026-11-23", "2028-02-29", "2028-03-01", "2027-01-01")


def generated() -> dict[str, str]:
    """File name → text."""
    edition = json.loads((FOLDER / "edition.json").read_text(encoding="utf-8"))
    return {
        "generated/judging.json": _text("around every limit, in every accepted unit", _judging(edition)),
        "generated/conditions.json": _text("random conditions over random knowledge", _conditions(edition)),
    }


def _text(about: str, cases: Iterator[dict[str, Any]]) -> str:
    lines = ",\n".join(json.dumps(case, ensure_ascii=False) for case in cases)
    return f'{{\n"about": {json.dumps(about)},\n"cases": [\n{lines}\n]\n}}\n'


def _judging(edition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for item in (item for section in edition["sections"] for item in section["items"]):
        if item["answer"]["type"] == "pass_fail" or "fields" in item["answer"]:
            continue
        for on, answer in _answers(edition, item["answer"]):
            for outcome in ("pass", "fail"):
                said = {"outcome": outcome, **answer}
                yield {
                    "name": f"{item['key']} on {on}: {outcome} {answer['value']} {answer.get('unit', '')}".strip(),
                    "item": item["key"],
                    "on": on,
                    "answer": said,
                    "judgement": oracle.judge(edition, item, on, said),
                }


def _answers(edition: dict[str, Any], asked: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if asked["type"] == "date":
        limit = -asked["max_age_days"] if "max_age_days" in asked else asked["min_days_left"]
        for on in VISIT_DAYS:
            for step in (-366, -2, -1, 0, 1):
                day = date.fromisoformat(on) + timedelta(days=limit + step)
                yield on, {"value": day.isoformat()}
        return
    for unit, factor in asked.get("accepts", {asked["unit"]: "1"}).items():
        for bound in asked.get("limits", {"none": "0"}).values():
            for step in _steps(asked["type"]):
                number = Fraction(bound) / Fraction(factor) + Fraction(step)
                if number >= 0:
                    yield VISIT_DAYS[0], {"value": oracle.spell(number), "unit": unit}


def _steps(kind: str) -> tuple[str, ...]:
    return ("-1", "0", "1", "5") if kind == "count" else ("-0.1", "-0.00001", "0", "0.00001", "0.1", "7")


def _conditions(edition: dict[str, Any]) -> Iterator[dict[str, Any]]:
    dice = random.Random(20260201)  # noqa: S311 - dice, not secrets
    for number in range(300):
        condition = _condition(dice, edition["attributes"], depth=3)
        attributes = _knowledge(dice, edition["attributes"])
        yield {
            "name": f"random {number}",
            "condition": condition,
            "attributes": attributes,
            "truth": oracle.truth(condition, attributes),
        }


def _condition(dice: random.Random, vocabulary: dict[str, Any], depth: int) -> list[Any]:
    word = dice.choice(["and", "or", "not", "test", "test"]) if depth else "test"
    if word == "not":
        return ["not", _condition(dice, vocabulary, depth - 1)]
    if word != "test":
        return [word, *(_condition(dice, vocabulary, depth - 1) for _ in range(dice.choice([2, 3])))]
    name = dice.choice(list(vocabulary))
    if vocabulary[name]["type"] == "bool":
        return ["true", name]
    if vocabulary[name]["type"] == "enum":
        values = vocabulary[name]["values"]
        return ["in", name, dice.sample(values, dice.choice([1, 2]))]
    return [dice.choice(["<", "<=", ">", ">="]), name, dice.choice(["0", "45", "90", "90.5"])]


def _knowledge(dice: random.Random, vocabulary: dict[str, Any]) -> dict[str, Any]:
    values = {
        name: [True, False]
        if kind["type"] == "bool"
        else kind.get("values", ["0", "45", "45.0", "90", 90, "90.5", "120"])
        for name, kind in vocabulary.items()
    }
    return {name: dice.choice(choices) for name, choices in values.items() if dice.random() < 0.6}


if __name__ == "__main__":
    for name, text in generated().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
