"""A mine's month: which pairs apply, what each visit said of them, what is judged and what is left.

A change costs what it changes, never a scan of the month; the counts are kept beside the pairs. The
state is the same whatever order the visits arrive in. Holds only text, numbers and bytes, so that
one call of a codec (msgspec's MessagePack takes a dataclass as it is) stores and restores it.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from patrol.duties import DutyFacts
from patrol.errors import Invalid
from patrol.outcomes import GRAVITY, Outcome, Pair

Group = TypeVar("Group", bound=Hashable)

Marks = bytes
"""What each visit said of one pair: byte n is the gravity of visit n's outcome, 0 for nothing."""

_NA, _PASS, _UNSEEN, _FAIL = (GRAVITY[outcome] for outcome in Outcome)
_CODES: dict[str, int] = {outcome.value: code for outcome, code in GRAVITY.items()}
_OUTCOMES = {code: outcome for outcome, code in GRAVITY.items()}


class PairState(StrEnum):
    """What the month knows of a pair. Unseen pairs are still open, and shown."""

    JUDGED = "judged"
    UNSEEN = "unseen"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of pairs. `unseen`: could not be seen and not judged; `failed`: failed in some
    visit."""

    applicable: int = 0
    judged: int = 0
    unseen: int = 0
    failed: int = 0

    @property
    def ratio(self) -> float | None:
        """Judged ÷ applicable; None where nothing applies."""
        return self.judged / self.applicable if self.applicable else None

    @property
    def met(self) -> bool:
        """Whether coverage is full. An empty table proves nothing."""
        return 0 < self.applicable == self.judged

    def __add__(self, other: "Figures") -> "Figures":
        """The figures of two mines together."""
        return Figures(
            self.applicable + other.applicable,
            self.judged + other.judged,
            self.unseen + other.unseen,
            self.failed + other.failed,
        )


@dataclass(slots=True)
class MonthCoverage:
    """The pairs of one mine in one month, each in exactly one of three maps.

    `applicable`: applies as of the judging day. `lapsed`: applied earlier in the month only.
    `stray`: answered, though it never applied. `visits` and `days` run side by side, a visit's
    place in them is its byte's place in the marks. `late`: visits of which something arrived after
    the month's end.
    """

    visits: list[str] = field(default_factory=list)
    days: list[str] = field(default_factory=list)
    applicable: dict[Pair, Marks] = field(default_factory=dict)
    lapsed: dict[Pair, Marks] = field(default_factory=dict)
    stray: dict[Pair, Marks] = field(default_factory=dict)
    judged: int = 0
    unseen: int = 0
    failed: int = 0
    late: list[str] = field(default_factory=list)

    @property
    def figures(self) -> Figures:
        """The counts as they stand."""
        return Figures(len(self.applicable), self.judged, self.unseen, self.failed)

    def set_applicable(self, applicable: Iterable[Pair], lapsed: Iterable[Pair] = ()) -> None:
        """Say anew what applies as of the judging day, and what applied earlier in the month.

        To be called when attributes, places or the edition change. Nothing answered is lost.
        """
        marks = {**self.applicable, **self.lapsed, **self.stray}
        self.applicable = {pair: marks.pop(pair, b"") for pair in applicable}
        earlier = (pair for pair in lapsed if pair not in self.applicable)
        self.lapsed = {pair: marks.pop(pair, b"") for pair in earlier}
        self.stray = {pair: mark for pair, mark in marks.items() if mark}
        self._recount()

    def apply(
        self,
        visit: str,
        day: date,
        changes: Iterable[tuple[Pair, str | None]],
        *,
        late: bool = False,
    ) -> None:
        """Take in what a visit of local date `day` now says of some pairs; None: nothing any more.

        Costs in proportion to the changes. Saying the same again changes nothing.
        """
        slot = self._slot(visit, day)
        for pair, outcome in changes:
            self._mark(pair, slot, _code(outcome))
        if late and visit not in self.late:
            self.late.append(visit)

    def drop_visit(self, visit: str) -> None:
        """Take a visit out of the month, as when it is voided. A visit unknown here is no error."""
        if visit not in self.visits:
            return
        slot = self.visits.index(visit)
        del self.visits[slot], self.days[slot]
        self.late = [name for name in self.late if name != visit]
        for home in (self.applicable, self.lapsed, self.stray):
            for pair, marks in home.items():
                home[pair] = (marks[:slot] + marks[slot + 1 :]).rstrip(b"\0")
        self.stray = {pair: marks for pair, marks in self.stray.items() if marks}
        self._recount()

    def said(self, pair: Pair) -> dict[str, Outcome]:
        """Visit → what it said of the pair."""
        marks = self._home(pair).get(pair, b"")
        return {v: _OUTCOMES[m] for v, m in zip(self.visits, marks, strict=False) if m}

    def said_by(self, visit: str, pairs: Sequence[Pair]) -> list[Outcome | None]:
        """What one visit said of each of the pairs, None for nothing; costs nothing where the visit is new."""
        if visit not in self.visits:
            return [None] * len(pairs)
        slot = self.visits.index(visit)
        marks = (self._home(pair).get(pair, b"") for pair in pairs)
        return [_OUTCOMES.get(mark[slot]) if slot < len(mark) else None for mark in marks]

    def outcome(self, pair: Pair) -> Outcome | None:
        """What counts over the visits: the gravest judgement, or that it could not be seen."""
        said = self._home(pair).get(pair, b"")
        judged = said.replace(bytes([_UNSEEN]), b"")
        return _OUTCOMES.get(max(judged, default=0) or max(said, default=0))

    def state(self, pair: Pair) -> PairState:
        """What the month knows of the pair."""
        return _state(self._home(pair).get(pair, b""))

    def left(self) -> list[Pair]:
        """What is left this month: applicable pairs that nobody has judged, in checklist order."""
        return [p for p, marks in self.applicable.items() if _state(marks) is not PairState.JUDGED]

    def left_by(self, group: Callable[[Pair], Group]) -> dict[Group, list[Pair]]:
        """What is left, by place, specialty or whatever else `group` makes of a pair."""
        found: dict[Group, list[Pair]] = {}
        for pair in self.left():
            found.setdefault(group(pair), []).append(pair)
        return found

    def figures_by(self, group: Callable[[Pair], Group]) -> dict[Group, Figures]:
        """The counts by place and domain or whatever else `group` makes of a pair; they add up to `figures`."""
        found: dict[Group, Figures] = {}
        for pair, marks in self.applicable.items():
            key = group(pair)
            found[key] = found.get(key, Figures()) + _counted(marks)
        return found

    def left_unchecked(self) -> list[Pair]:
        """Pairs that applied earlier in the month, no longer do, and were never judged."""
        return [p for p, marks in self.lapsed.items() if _state(marks) is not PairState.JUDGED]

    def duty_facts(self) -> DutyFacts:
        """What the monthly duty is judged from."""
        figures = self.figures
        return DutyFacts(begun=bool(self.visits), met=figures.met, late=bool(self.late))

    def _slot(self, visit: str, day: date) -> int:
        if visit not in self.visits:
            self.visits.append(visit)
            self.days.append(day.isoformat())
        return self.visits.index(visit)

    def _home(self, pair: Pair) -> dict[Pair, Marks]:
        if pair in self.applicable:
            return self.applicable
        return self.lapsed if pair in self.lapsed else self.stray

    def _mark(self, pair: Pair, slot: int, code: int) -> None:
        home = self._home(pair)
        before = home.get(pair, b"")
        after = _with(before, slot, code)
        if after == before:
            return
        if after or home is not self.stray:
            home[pair] = after
        else:
            home.pop(pair, None)
        if home is self.applicable:
            self._move(before, after)

    def _move(self, before: Marks, after: Marks) -> None:
        """Count a pair by its new marks and no longer by its old ones."""
        (judged, unseen, failed), (was_judged, was_unseen, had_failed) = _counts(after), _counts(before)
        self.judged += judged - was_judged
        self.unseen += unseen - was_unseen
        self.failed += failed - had_failed

    def _recount(self) -> None:
        self.judged = self.unseen = self.failed = 0
        for marks in self.applicable.values():
            self._move(b"", marks)


def _code(outcome: str | None) -> int:
    if outcome is None:
        return 0
    try:
        return _CODES[outcome]
    except KeyError:
        raise Invalid("unknown_outcome", outcome=outcome) from None


def _counted(marks: Marks) -> Figures:
    """One pair's part of the counts."""
    state = _state(marks)
    return Figures(1, state is PairState.JUDGED, state is PairState.UNSEEN, _FAIL in marks)


@lru_cache(maxsize=4096)
def _counts(marks: Marks) -> tuple[int, int, int]:
    """Judged, unseen, failed, each 0 or 1: a handful of visits leaves a handful of different marks."""
    state = _state(marks)
    return int(state is PairState.JUDGED), int(state is PairState.UNSEEN), int(_FAIL in marks)


@lru_cache(maxsize=4096)
def _with(marks: Marks, slot: int, code: int) -> Marks:
    """The marks with one byte replaced; trailing zeros are not kept."""
    return (marks[:slot].ljust(slot, b"\0") + bytes([code]) + marks[slot + 1 :]).rstrip(b"\0")


def _state(marks: Marks) -> PairState:
    if _PASS in marks or _FAIL in marks or _NA in marks:
        return PairState.JUDGED
    return PairState.UNSEEN if _UNSEEN in marks else PairState.OPEN
