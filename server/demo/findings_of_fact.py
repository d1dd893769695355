"""What the product says after the round, asked over its API as anybody would ask."""

from dataclasses import dataclass
from typing import Any

from server.demo.callers import Console


@dataclass(frozen=True)
class Said:
    """The product's words. `figures` under the names by which the recount is compared with them."""

    visit: dict[str, Any]
    record: dict[str, Any]
    findings: list[dict[str, Any]]
    duty: dict[str, Any]
    month_duty: dict[str, Any]
    coverage: dict[str, Any]
    left: list[dict[str, Any]]
    figures: dict[str, int]
    merged: dict[str, str]
    before: dict[str, str]


@dataclass(frozen=True)
class Before:
    """The visit before anybody settled anything: how many conflicts, and what counts meanwhile."""

    conflicts: int
    merged: dict[str, str]


def ask_before(console: Console, visit: str) -> Before:
    """What the product says while the conflicts stand."""
    return Before(console.get(f"/visits/{visit}")["conflicts"], _merged(console.get(f"/visits/{visit}/record")))


def _merged(record: dict[str, Any]) -> dict[str, str]:
    return {f"{answer['item']}/{answer['place']}": str(answer["outcome"]) for answer in record["answers"]}


def ask(console: Console, visit: str, before: Before) -> Said:
    """Everything about the visit, its duty and the month of its mine."""
    header = console.get(f"/visits/{visit}")
    record = console.get(f"/visits/{visit}/record")
    mine = header["mine_id"]
    coverage = console.get(f"/mines/{mine}/coverage/{header['month']}")
    left = console.get(f"/mines/{mine}/coverage/{header['month']}/left")["items"]
    duty = console.get(f"/duties?period={header['week']}&mine={mine}")["items"][0]
    merged = _merged(record)
    figures = {
        "answered": header["answered"],
        "failed": header["failed"],
        "unseen": header["unseen"],
        "conflicts_before": before.conflicts,
        "failed_before": sum(outcome == "fail" for outcome in before.merged.values()),
        "conflicts_after": header["conflicts"],
        "findings": header["findings"],
        "round_required": header["round_required"],
        "round_answered": header["round_answered"],
        "round_met": int(duty["state"] == "met"),
        "applicable": coverage["applicable"],
        "judged": coverage["judged"],
        "month_unseen": coverage["unseen"],
        "left": len(left),
    }
    return Said(
        visit=header,
        record=record,
        findings=console.get(f"/findings?visit={visit}")["items"],
        duty=duty,
        month_duty=console.get(f"/duties?period={header['month']}&mine={mine}")["items"][0],
        coverage=coverage,
        left=left,
        figures=figures,
        merged=merged,
        before=before.merged,
    )
