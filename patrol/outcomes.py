"""The outcome of an answer, and which one counts while people disagree.

Knows nothing of what was asked; the checklist's own judgement is elsewhere.
"""

from collections.abc import Iterable
from enum import StrEnum

from patrol.errors import Invalid

Pair = str
"""`<item key>/<place id>`, the unit of coverage; opaque here. `-` is the mine itself as a place."""


class Outcome(StrEnum):
    """In ascending gravity."""

    NA = "na"
    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    UNSEEN = "unseen"
    FAIL = "fail"


GRAVITY = {outcome: number for number, outcome in enumerate(Outcome, start=1)}

JUDGED = frozenset({Outcome.NA, Outcome.PASS, Outcome.FAIL})

NEEDS_REASON = frozenset({Outcome.NA, Outcome.UNSEEN})


def gravest(outcomes: Iterable[Outcome]) -> Outcome:
    """Which of several answers to one pair in one visit counts until a person settles them.

    Raises ValueError for none at all.
    """
    return max(outcomes, key=GRAVITY.__getitem__)


def check_reason(outcome: Outcome, reason: str | None) -> None:
    """Raise Invalid when "not applicable" or "could not see" comes without a reason."""
    if outcome in NEEDS_REASON and not (reason or "").strip():
        raise Invalid("outcome_without_reason", outcome=outcome.value)
