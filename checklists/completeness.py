"""What is still wanting before a visit answers everything it is asked. Decides nothing about coverage."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from checklists.editions import Edition
from checklists.evaluation import Answer


class Wanting(NamedTuple):
    """A pair and a stable code: not_answered, photo_missing, or a complaint of its judgement."""

    pair: str
    code: str


def wanting(
    edition: Edition, pairs: Iterable[str], answers: Mapping[str, Answer], photographed: Collection[str], on: date
) -> tuple[Wanting, ...]:
    """In the order of the pairs. `photographed` are the pairs with at least one photo, `on` the visit's day."""
    return tuple(
        Wanting(pair, code) for pair in pairs for code in _codes(edition, pair, answers.get(pair), photographed, on)
    )


def _codes(
    edition: Edition, pair: str, answer: Answer | None, photographed: Collection[str], on: date
) -> tuple[str, ...]:
    if answer is None:
        return ("not_answered",)
    key = pair.partition("/")[0]
    judgement = edition.judge(key, answer, on)
    item = edition.items.get(key)
    evident = item is None or item.photo != "required" or judgement.outcome not in ("pass", "fail")
    missing = () if evident or pair in photographed else ("photo_missing",)
    return (*judgement.complaints, *missing)
