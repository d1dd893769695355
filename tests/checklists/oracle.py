"""A second judge, slow and written apart from the engine: fractions, ordinals, min and max. Imports nothing of it."""

from datetime import date
from fractions import Fraction
from typing import Any

ORDER = ["na", "pass", "unseen", "fail"]


def judge(edition: dict[str, Any], item: dict[str, Any], on: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Of one number, count or date that is well written and in an accepted unit."""
    kind = item["answer"]["type"]
    passed, spelled = _date(item["answer"], on, answer) if kind == "date" else _number(edition, item["answer"], answer)
    verdict = "pass" if passed else "fail"
    return {"outcome": max(verdict, answer["outcome"], key=ORDER.index), "value": spelled}


def _number(edition: dict[str, Any], asked: dict[str, Any], answer: dict[str, Any]) -> tuple[bool, str]:
    unit = answer.get("unit", asked["unit"])
    own = Fraction(answer["value"]) * _size(edition, unit) / _size(edition, asked["unit"])
    limits = {name: Fraction(bound) for name, bound in asked.get("limits", {}).items()}
    wrong = [
        "min" in limits and own < limits["min"],
        "max" in limits and own > limits["max"],
        "below" in limits and not own < limits["below"],
        "above" in limits and not own > limits["above"],
    ]
    return not any(wrong), spell(own)


def _size(edition: dict[str, Any], unit: str) -> Fraction:
    return Fraction(edition["units"][unit].get("factor", "1"))


def _date(asked: dict[str, Any], on: str, answer: dict[str, Any]) -> tuple[bool, str]:
    ahead = date.fromisoformat(answer["value"]).toordinal() - date.fromisoformat(on).toordinal()
    limit = asked.get("max_age_days")
    passed = ahead >= -limit if limit is not None else ahead >= asked["min_days_left"]
    return passed, answer["value"]


def spell(number: Fraction) -> str:
    """Long division by hand: no exponent, no trailing zeros."""
    sign, number = ("-", -number) if number < 0 else ("", number)
    whole, rest = divmod(number.numerator, number.denominator)
    digits = ""
    while rest:
        digit, rest = divmod(rest * 10, number.denominator)
        digits += str(digit)
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"


def truth(condition: list[Any], attributes: dict[str, Any]) -> bool | None:
    """Three values as the numbers 0, 1/2 and 1: and = min, or = max, not = 1 - x."""
    return {0.0: False, 0.5: None, 1.0: True}[_degree(condition, attributes)]


def _degree(condition: list[Any], attributes: dict[str, Any]) -> float:
    word, *rest = condition
    if word == "and":
        return min((_degree(part, attributes) for part in rest), default=1.0)
    if word == "or":
        return max((_degree(part, attributes) for part in rest), default=0.0)
    if word == "not":
        return 1.0 - _degree(rest[0], attributes)
    if rest[0] not in attributes:
        return 0.5
    value = attributes[rest[0]]
    if word == "true":
        return float(value)
    if word == "in":
        return float(value in rest[1])
    difference = Fraction(str(value)) - Fraction(rest[1])
    return float({"<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0}[word])
