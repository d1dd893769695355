"""Counts everything again, apart from the product: from the exact operations, the checklist's JSON and the register.

Shares no code with the coverage, applicability, judging and merging that it checks, and never will: it is plain loops
over plain values, slow and short.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

_WEIGHT = {"na": 0, "pass": 1, "unseen": 2, "fail": 3}
Json = Mapping[str, Any]


@dataclass(frozen=True)
class Register:
    """A mine: [(attribute, value, since)] in the order of recording, [(place, kind, opened, closed)]."""

    attributes: list[tuple[str, Any, date]]
    places: list[tuple[str, str, date, date | None]]

    def values(self, on: date) -> dict[str, Any]:
        """What holds on a day: the latest since, of equal ones the later recorded."""
        held: dict[str, tuple[date, Any]] = {}
        for name, value, since in self.attributes:
            if since <= on and (name not in held or held[name][0] <= since):
                held[name] = (since, value)
        return {name: value for name, (_, value) in held.items()}


@dataclass
class Visit:
    """A visit as its operations tell it: pair → uid → (parents, body)."""

    identity: Json
    answers: dict[str, dict[str, tuple[list[str], Json]]] = field(default_factory=lambda: defaultdict(dict))
    findings: set[str] = field(default_factory=set)
    submitted: bool = False


@dataclass(frozen=True)
class Counted:
    """What the recount came to, under the names that the product's figures are compared by."""

    figures: dict[str, int]
    left: frozenset[str]
    merged: dict[str, str]
    before: dict[str, str]


def read_visits(chains: Iterable[list[bytes]]) -> dict[str, Visit]:
    """Every visit of the log. An operation that stands on two chains (a restored phone's) counts once."""
    operations = [json.loads(data) for chain in chains for data in chain]
    once = {operation["uid"]: operation for operation in operations}
    visits = {o["visit"]: Visit(o["body"]) for o in once.values() if o["kind"] in ("visit.open", "visit.join")}
    for operation in once.values():
        visit = visits.get(operation.get("visit", ""))
        if visit is not None:
            _take(visit, operation)
    return visits


def missing(chains: Iterable[list[bytes]], saved: Iterable[str]) -> set[str]:
    """Which of the operations that phones hold as saved are not in the log."""
    return set(saved) - {json.loads(data)["uid"] for chain in chains for data in chain}


def _take(visit: Visit, operation: Json) -> None:
    match operation["kind"]:
        case "answer.set":
            pair = operation["reg"].removeprefix("answer/")
            visit.answers[pair][operation["uid"]] = (operation.get("parents", []), operation["body"])
        case "finding.set":
            visit.findings.add(operation["body"]["finding"])
        case "visit.submit":
            visit.submitted = True


def count(
    visits: Mapping[str, Visit], name: str, register: Register, editions: Mapping[str, Json], today: date
) -> Counted:
    """Everything about visit `name`, and the month of its mine by whatever visits there were."""
    visit = visits[name]
    day, edition = date.fromisoformat(visit.identity["date"]), editions[visit.identity["edition"]]
    merged = {pair: merge(entries, pair, edition, day) for pair, entries in visit.answers.items()}
    unsettled = {pair: _before_settlement(entries) for pair, entries in visit.answers.items()}
    before = {pair: merge(entries, pair, edition, day) for pair, entries in unsettled.items()}
    required = applicable(edition, register, day, only_round=True)
    month = _month(visits, visit, editions)
    ends = min(today, (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1))
    table = applicable(_in_force(editions, ends), register, ends, only_round=False)
    judged = {pair for pair in table if {"fail", "pass", "na"} & month.get(pair, set())}
    figures = {
        "answered": len(merged),
        "failed": sum(outcome == "fail" for outcome in merged.values()),
        "unseen": sum(outcome == "unseen" for outcome in merged.values()),
        "conflicts_before": sum(map(_differ, unsettled.values())),
        "failed_before": sum(outcome == "fail" for outcome in before.values()),
        "conflicts_after": sum(_differ(entries) for entries in visit.answers.values()),
        "findings": len(visit.findings),
        "round_required": len(required),
        "round_answered": sum(pair in merged for pair in required),
        "round_met": int(visit.submitted and bool(required) and all(pair in merged for pair in required)),
        "applicable": len(table),
        "judged": len(judged),
        "month_unseen": sum(month.get(pair) == {"unseen"} for pair in table),
        "left": len(table) - len(judged),
    }
    return Counted(figures, frozenset(table) - judged, merged, before)


def _month(visits: Mapping[str, Visit], of: Visit, editions: Mapping[str, Json]) -> dict[str, set[str]]:
    """Pair → what the visits of the same mine and month say of it."""
    said: dict[str, set[str]] = defaultdict(set)
    for visit in visits.values():
        identity = visit.identity
        if (identity["mine"], identity["date"][:7]) == (of.identity["mine"], of.identity["date"][:7]):
            for pair, entries in visit.answers.items():
                day = date.fromisoformat(identity["date"])
                said[pair].add(merge(entries, pair, editions[identity["edition"]], day))
    return said


def _in_force(editions: Mapping[str, Json], on: date) -> Json:
    begun = [edition for edition in editions.values() if date.fromisoformat(edition["from"]) <= on]
    return max(begun, key=lambda edition: str(edition["from"]))


def _standing(entries: Mapping[str, tuple[list[str], Json]]) -> list[Json]:
    """The values that no other names as seen."""
    replaced = {parent for uid, (parents, _) in entries.items() for parent in parents if parent != uid}
    return [body for uid, (_, body) in entries.items() if uid not in replaced]


def _before_settlement(entries: Mapping[str, tuple[list[str], Json]]) -> dict[str, tuple[list[str], Json]]:
    return {uid: entry for uid, entry in entries.items() if len(entry[0]) < 2}


def _differ(entries: Mapping[str, tuple[list[str], Json]]) -> bool:
    said = [{k: v for k, v in body.items() if k not in ("note", "reason")} for body in _standing(entries)]
    return any(other != said[0] for other in said[1:])


def merge(entries: Mapping[str, tuple[list[str], Json]], pair: str, edition: Json, day: date) -> str:
    """The gravest of what stands, each the graver of what was said and what the value says."""
    item = _items(edition).get(pair.partition("/")[0])
    found = [_graver(body, item, edition, day) for body in _standing(entries)]
    return max(found, key=_WEIGHT.__getitem__)


def _items(edition: Json) -> dict[str, Json]:
    return {item["key"]: item for section in edition["sections"] for item in section["items"]}


def _graver(body: Json, item: Json | None, edition: Json, day: date) -> str:
    outcomes: list[str] = [body["outcome"]]
    if item is None:
        return max([*outcomes, "unseen"], key=_WEIGHT.__getitem__)
    asked, fields = item["answer"], item["answer"].get("fields", {})
    needs_value = asked["type"] != "pass_fail" and body["outcome"] in ("pass", "fail")
    if fields:
        given = body.get("settings", {})
        outcomes += [_number(value, body, asked, fields.get(name), edition) for name, value in given.items()]
        outcomes += ["unseen" for name in fields if needs_value and name not in given]
    elif asked["type"] != "pass_fail" and (needs_value or "value" in body):
        outcomes.append(_value(body, asked, edition, day) if "value" in body else "unseen")
    return max(outcomes, key=_WEIGHT.__getitem__)


def _value(body: Json, asked: Json, edition: Json, day: date) -> str:
    if asked["type"] == "date":
        return _date(body["value"], asked, day)
    return _number(body["value"], body, asked, asked.get("limits", {}), edition)


def _number(value: object, body: Json, asked: Json, limits: Json | None, edition: Json) -> str:
    unit = body.get("unit", asked.get("unit"))
    whole = asked["type"] == "count"
    if re.fullmatch(r"[0-9]{1,9}" if whole else r"-?[0-9]{1,9}(\.[0-9]{1,9})?", str(value)) is None:
        return "unseen"
    number = Decimal(str(value))
    if whole and unit != asked["unit"]:
        return "unseen"
    if not whole:
        if limits is None or unit not in asked.get("accepts", {}):
            return "unseen"
        known = edition["units"][unit]
        if not Decimal(known.get("least", "-inf")) <= number <= Decimal(known.get("most", "inf")):
            return "unseen"
        number *= Decimal(asked["accepts"][unit])
    bounds = {name: Decimal(bound) for name, bound in (limits or {}).items()}
    inside = (
        number >= bounds.get("min", number)
        and number <= bounds.get("max", number)
        and ("below" not in bounds or number < bounds["below"])
        and ("above" not in bounds or number > bounds["above"])
    )
    return "pass" if inside else "fail"


def _date(value: str, asked: Json, day: date) -> str:
    try:
        left = (date.fromisoformat(value) - day).days
    except ValueError:
        return "unseen"
    if "max_age_days" in asked and left > 1:
        return "unseen"
    old = "max_age_days" in asked and -left > asked["max_age_days"]
    over = "min_days_left" in asked and left < asked["min_days_left"]
    return "fail" if old or over else "pass"


def applicable(edition: Json, register: Register, on: date, *, only_round: bool) -> list[str]:
    """The pairs that the mine is asked on a day."""
    values = register.values(on)
    in_use = [(place, kind) for place, kind, opened, closed in register.places if opened <= on <= (closed or on)]
    pairs = []
    for item in _items(edition).values():
        if (only_round and item["cadence"] != "round") or _holds(item.get("applies", ["and"]), values) is False:
            continue
        by_place = item["repeat"] == "place" and bool(item.get("at"))
        at = [place for place, kind in in_use if by_place and kind in item["at"]]
        if not at and not (by_place and item.get("unplaced") == "none"):
            at = ["-"]
        pairs += [f"{item['key']}/{place}" for place in at]
    return pairs


def _holds(condition: list[Any], values: Mapping[str, Any]) -> bool | None:
    """True, False, or None where an attribute that decides is not known."""
    head, *rest = condition
    if head in ("and", "or"):
        parts = [_holds(part, values) for part in rest]
        decides: bool = head == "or"
        if decides in parts:
            return decides
        return None if None in parts else not decides
    if head == "not":
        inner = _holds(rest[0], values)
        return None if inner is None else not inner
    return _compare(head, values.get(rest[0]), rest[1] if len(rest) > 1 else None)


def _compare(head: str, value: Any, against: Any) -> bool | None:
    if value is None:
        return None
    if head == "true":
        return bool(value is True)
    if head == "in":
        return any(value == one for one in against)
    difference = Decimal(str(value)) - Decimal(against)
    return bool({"<": difference < 0, "<=": difference <= 0, ">": difference > 0, ">=": difference >= 0}[head])
