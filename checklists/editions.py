"""An edition of a checklist: canonical bytes, addressed by their SHA-256, never changed once published.

The digest is always taken of the bytes as they are stored; they are never encoded again to compare.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

import msgspec

from checklists.applicability import Applicability, Asked, Cadence, Place
from checklists.definition import FORMAT, Checklist, Outcome
from checklists.evaluation import Answer, Judgement, Typed, judge_of, judge_stranger
from checklists.integrity import flaws


class BadEdition(ValueError):
    """The bytes are no edition that this program understands: a stable code and what was met."""

    def __init__(self, code: str, found: str) -> None:
        super().__init__(f"{code}: {found}")
        self.code = code
        self.found = found


def compile_edition(checklist: Checklist) -> bytes:
    """Canonical JSON: sorted keys, no blanks, UTF-8, decimals as text, nothing that is not said."""
    return msgspec.json.encode(checklist, order="sorted")


def digest_of(edition: bytes) -> str:
    """SHA-256, lower-case hex."""
    return hashlib.sha256(edition).hexdigest()


class _Form(msgspec.Struct):
    format: int


# Made when the module is imported: threads that describe one type to msgspec at the same time end the process.
_form = msgspec.json.Decoder(_Form)
_checklist = msgspec.json.Decoder(Checklist)


def read_edition(edition: bytes) -> Checklist:
    """The checklist of a compiled edition, whole: all that its items name is in it. Raises BadEdition."""
    try:
        form = _form.decode(edition).format
        if form != FORMAT:
            raise BadEdition("unknown_format", str(form))
        checklist = _checklist.decode(edition)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadEdition("no_edition", str(error)) from error
    for flaw in flaws(checklist):
        raise BadEdition("not_whole", flaw)
    return checklist


#: Readings repeat: what a gas meter shows on a day is one of some hundred values.
_REMEMBERED = 16_384


class _Said(msgspec.Struct, frozen=True):
    """An answer without settings."""

    outcome: str
    value: Typed | None
    unit: str | None
    reason: str | None
    settings: None = None


class Edition:
    """A compiled edition made ready to judge many answers; costs milliseconds to open, so keep it by digest."""

    def __init__(self, compiled: bytes) -> None:
        self.compiled = compiled
        self.digest = digest_of(compiled)
        self.checklist = read_edition(compiled)
        self.items = self.checklist.items()
        self._applicability = Applicability(self.checklist)
        self._judges = {key: judge_of(item, self.checklist.units) for key, item in self.items.items()}
        # Typed: 1 and 1.0 are equal, and only one of them is a count.
        self._outcome_of = lru_cache(_REMEMBERED, typed=True)(self._judged)

    def judge(self, item: str, answer: Answer, on: date) -> Judgement:
        """What the answer comes to; `on` is the visit's day. Never raises; a complaint is a code."""
        return self._judges.get(item, judge_stranger)(answer, on)

    def outcome(self, item: str, answer: Answer, on: date) -> Outcome:
        """`judge`'s outcome alone, remembered from answer to answer as long as they have no settings."""
        if answer.settings:
            return self.judge(item, answer, on).outcome
        return self._outcome_of(item, on, answer.outcome, answer.value, answer.unit, answer.reason)

    def _judged(self, item: str, on: date, *said: Any) -> Outcome:  # noqa: ANN401 - the fields of `_Said`
        return self.judge(item, _Said(*said), on).outcome

    def pairs(
        self, attributes: Mapping[str, object], places: Iterable[Place], on: date, cadence: Cadence
    ) -> tuple[str, ...]:
        """The applicable pairs `<item>/<place>` of the weekly round or of the monthly table."""
        return self._applicability.pairs(attributes, places, on, cadence)

    def explain(
        self, attributes: Mapping[str, object], places: Iterable[Place], on: date, cadence: Cadence
    ) -> tuple[Asked, ...]:
        """Every item with the reason why it is asked of this mine, or why not."""
        return self._applicability.explain(attributes, places, on, cadence)
