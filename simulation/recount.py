"""Reads the log once more, by other code than the product's, and says what every answer must count as.

Knows JSON, hashes and the rule of the graver; imports nothing of registers, sheets or the reducer.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

GRAVITY = {"fail": 3, "unseen": 2, "pass": 1, "na": 0}
_EFFECT = ("applied", "same", "concurrent", "after_submit")


@dataclass
class Answers:
    """uid -> (parents, outcome) of one pair of one visit."""

    entries: dict[str, tuple[frozenset[str], str]] = field(default_factory=dict)

    def counted(self) -> tuple[str, frozenset[str]]:
        """(outcome that counts, uids that stand)."""
        named = {p for uid, (parents, _) in self.entries.items() for p in parents if p != uid}
        standing = {uid for uid in self.entries if uid not in named} or set(self.entries)
        return max((self.entries[uid][1] for uid in standing), key=GRAVITY.__getitem__), frozenset(standing)


@dataclass(frozen=True)
class Stored:
    """One stored run as texts: chain, author, verdicts by seq, and what it let out of waiting."""

    chain: str
    office: bool
    texts: list[bytes]
    verdicts: dict[int, str]
    settled: dict[str, str]


def recount(log: Iterable[Stored], graver: Callable[[dict[str, object], str], str]) -> dict[tuple[str, str], Answers]:
    """(visit, register) -> its answers, from the operations that have effect.

    `graver(body, edition)` says what an answer counts as under an edition, the server's own outcome included.
    """
    found: dict[tuple[str, str], Answers] = {}
    withheld: dict[str, bytes] = {}
    for run in log:
        for text in run.texts:
            operation = json.loads(text)
            if run.verdicts.get(operation["seq"], "applied") in _EFFECT:
                _count(operation, found, graver)
            else:
                withheld[operation["uid"]] = text
        for uid, verdict in run.settled.items():
            if verdict in _EFFECT:
                _count(json.loads(withheld[uid]), found, graver)
    return found


def _count(
    operation: dict[str, object],
    found: dict[tuple[str, str], Answers],
    graver: Callable[[dict[str, object], str], str],
) -> None:
    if operation["kind"] != "answer.set":
        return
    key, body = (str(operation["visit"]), str(operation["reg"])), operation["body"]
    parents = operation.get("parents", [])
    if isinstance(body, dict) and isinstance(parents, list):
        entry = frozenset(map(str, parents)), graver(body, "")
        found.setdefault(key, Answers()).entries.setdefault(str(operation["uid"]), entry)
