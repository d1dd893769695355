"""What an answer comes to: what the person said and what the value says, the graver of the two.

Any complaint makes it at least `unseen`, so nothing that cannot be judged is ever taken for a pass, and a
fail stays a fail. Phones compute the same from the same definition; conformance/ holds both to it. Raises
for nothing that a person can type.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Protocol

import msgspec

from checklists.definition import Count, Date, Item, Number, Outcome, PassFail, Unit
from checklists.readings import Reader, Reading, count_reader, date_reader, number_reader, scales_of

#: From the lightest to the gravest.
OUTCOMES: tuple[Outcome, ...] = ("na", "pass", "unseen", "fail")
GRAVITY: Mapping[str, int] = {outcome: weight for weight, outcome in enumerate(OUTCOMES)}

#: Every code that a judgement may complain with.
COMPLAINTS = frozenset(
    {
        "date_in_future",
        "date_unreadable",
        "item_unknown",
        "outcome_unknown",
        "reason_missing",
        "setting_unknown",
        "unit_not_accepted",
        "value_missing",
        "value_out_of_range",
        "value_unreadable",
    }
)

Typed = int | float | str


class Answer(Protocol):
    """What was entered for a pair. Values are text as typed; JSON numbers count by their shortest spelling."""

    @property
    def outcome(self) -> str: ...
    @property
    def value(self) -> Typed | None: ...
    @property
    def unit(self) -> str | None: ...
    @property
    def settings(self) -> Mapping[str, Typed] | None: ...
    @property
    def reason(self) -> str | None: ...


class Judgement(msgspec.Struct, frozen=True, omit_defaults=True):
    """The outcome; the value (settings by name) in the item's own unit; what there is to complain of, as codes."""

    outcome: Outcome
    value: str | None = None
    settings: dict[str, str] = {}
    complaints: tuple[str, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether a weekly round may count it: judged, or `na` or `unseen` by a person and with a reason."""
        return self.outcome != "unseen" or not self.complaints


Judge = Callable[[Answer, date], Judgement]

PLAIN: Mapping[str, Judgement] = {outcome: Judgement(outcome) for outcome in OUTCOMES}
UNKNOWN_ITEM = Reading(None, complaint="item_unknown")
MISSING = Reading(None, complaint="value_missing")
UNKNOWN_SETTING = Reading(None, complaint="setting_unknown")


def judge_of(item: Item, units: Mapping[str, Unit]) -> Judge:
    """The item's judge: (answer, the visit's day) → judgement."""
    match item.answer:
        case PassFail(fields=fields) | Number(fields=fields) if fields:
            return _judge_of_settings(item.answer, units)
        case PassFail():
            return judge_spoken
        case Number(unit=unit, accepts=accepts, limits=limits):
            return _judge_of_value(number_reader(unit, scales_of(accepts, units), limits))
        case Count(unit=unit, limits=limits):
            return _judge_of_value(count_reader(unit, limits))
        case Date():
            return _judge_of_value(date_reader(item.answer))


def judge_spoken(answer: Answer, _on: date) -> Judgement:
    """Of an item that asks for no value: what the person said counts."""
    if answer.outcome in ("pass", "fail"):
        return PLAIN[answer.outcome]
    return _conclude(answer, {})


def judge_stranger(answer: Answer, _on: date) -> Judgement:
    """Of an item that this edition does not hold: kept, but nothing is proven by it."""
    return _conclude(answer, {"": UNKNOWN_ITEM})


def _judge_of_value(read: Reader) -> Judge:
    def judge(answer: Answer, on: date) -> Judgement:
        if answer.value is not None:
            reading = read(answer.value, answer.unit, on)
            if reading.verdict == answer.outcome:
                return Judgement(reading.verdict, reading.value)
            return _conclude(answer, {"": reading})
        return _conclude(answer, {"": MISSING} if answer.outcome in ("pass", "fail") else {})

    return judge


def _judge_of_settings(asked: PassFail | Number, units: Mapping[str, Unit]) -> Judge:
    """Every setting that was typed is judged; a number demands them all, a pass_fail none."""
    scales = scales_of(asked.accepts, units)
    readers = {name: number_reader(asked.unit or "", scales, limits) for name, limits in asked.fields.items()}
    demanded = tuple(readers) if isinstance(asked, Number) else ()

    def judge(answer: Answer, on: date) -> Judgement:
        given = answer.settings or {}
        readings = {
            name: readers[name](value, answer.unit, on) if name in readers else UNKNOWN_SETTING
            for name, value in given.items()
        }
        if answer.outcome in ("pass", "fail"):
            readings |= {name: MISSING for name in demanded if name not in given}
        return _conclude(answer, readings)

    return judge


def _conclude(answer: Answer, readings: Mapping[str, Reading]) -> Judgement:
    """The gravest of what was said, what the readings say and `unseen` where there is a complaint."""
    complaints = [*_complaints_of(answer), *(r.complaint for r in readings.values() if r.complaint)]
    weights = [GRAVITY.get(answer.outcome, 0), *(GRAVITY[r.verdict] for r in readings.values() if r.verdict)]
    if complaints:
        weights.append(GRAVITY["unseen"])
    values = {name: reading.value for name, reading in readings.items() if reading.value is not None}
    return Judgement(
        outcome=OUTCOMES[max(weights)],
        value=values.pop("", None),
        settings=values,
        complaints=tuple(dict.fromkeys(complaints)),
    )


def _complaints_of(answer: Answer) -> Iterable[str]:
    if answer.outcome not in GRAVITY:
        yield "outcome_unknown"
    if answer.outcome in ("na", "unseen") and not (answer.reason or "").strip():
        yield "reason_missing"
