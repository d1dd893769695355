"""A visit: opened, submitted, reviewed, sealed, with addenda; and what a submitted one still lacks.

It belongs wholly to the local date of its opening, and so to that date's week and month, however
long after midnight it lasts and whenever it arrives. A seal never changes: what comes later waits
as an addendum. Nothing here stops a phone from saving, signing or submitting; gaps are named.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from patrol.errors import Invalid
from patrol.periods import Period, local_date, month_of, week_of
from patrol.permissions import Subject, Verb
from patrol.steps import Attempt, Done, Field, FieldKind, Offer, Rule, admit, offers

SIGNING_MEMBERS = 2
"""At least so many members sign (行政处罚法, article 42)."""


class VisitKind(StrEnum):
    """What a visit was opened for; any kind counts for whatever it answered."""

    ROUND = "round"
    FULL = "full"
    RECHECK = "recheck"
    SPECIAL = "special"


class VisitStatus(StrEnum):
    """Where a visit stands."""

    OPEN = "open"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    SEALED = "sealed"
    VOID = "void"


class VisitStep(StrEnum):
    """What can be done to a visit."""

    SUBMIT = "submit"
    APPROVE = "approve"
    SEND_BACK = "send_back"
    SEAL = "seal"
    RELEASE = "release"
    VOID = "void"


class SignRole(StrEnum):
    """Who signs: a member of the team, or the mine's companion."""

    MEMBER = "member"
    COMPANION = "companion"


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature, or a companion's recorded refusal with its reason (安全生产法, article 68)."""

    role: SignRole
    name: str
    refused: bool = False
    reason: str | None = None

    def __post_init__(self) -> None:
        if self.refused and self.role is SignRole.MEMBER:
            raise Invalid("member_cannot_refuse", name=self.name)
        if self.refused and not (self.reason or "").strip():
            raise Invalid("refusal_without_reason", name=self.name)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a submitted visit still lacks: `code`, and which ones, or how many."""

    code: str
    names: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit with what is known of its completeness.

    `joined`, `done`: participants (a person on a phone) who joined, and who said they are done.
    `photos_missing`: photos named whose bytes are not here. `day`: local date of the opening.
    """

    id: str
    county: str
    team: str
    mine: str
    kind: VisitKind
    day: date
    joined: frozenset[str] = frozenset()
    done: frozenset[str] = frozenset()
    photos_missing: int = 0
    signatures: tuple[Signature, ...] = ()
    status: VisitStatus = VisitStatus.OPEN
    history: tuple[Done, ...] = ()

    @property
    def subject(self) -> Subject:
        """Whose it is."""
        return Subject(county=self.county, team=self.team, mine=self.mine)

    @property
    def week(self) -> Period:
        """The week that it counts for."""
        return week_of(self.day)

    @property
    def month(self) -> Period:
        """The month that it counts for."""
        return month_of(self.day)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What is lacking, in the order in which a person would ask for it."""
        waiting = tuple(sorted(self.joined - self.done))
        signed = {s.name for s in self.signatures if s.role is SignRole.MEMBER}
        companion = any(s.role is SignRole.COMPANION for s in self.signatures)
        found = (
            (bool(waiting), Gap("phones_not_done", waiting, len(waiting))),
            (self.photos_missing > 0, Gap("photos_not_here", count=self.photos_missing)),
            (
                len(signed) < SIGNING_MEMBERS,
                Gap("members_not_signed", count=SIGNING_MEMBERS - len(signed)),
            ),
            (not companion, Gap("companion_neither_signed_nor_refused", count=1)),
        )
        return tuple(gap for lacks, gap in found if lacks)

    @property
    def shown_status(self) -> str:
        """The status, or `submitted_incomplete` while a submitted visit has gaps."""
        incomplete = self.status is VisitStatus.SUBMITTED and self.gaps
        return "submitted_incomplete" if incomplete else self.status.value

    @property
    def is_submitted(self) -> bool:
        """Whether it counts as submitted for the weekly round; gaps do not take that away."""
        return self.status in (VisitStatus.SUBMITTED, VisitStatus.APPROVED, VisitStatus.SEALED)


def visit_day(opened_at: datetime) -> date:
    """The local date that a visit opened at this instant belongs to."""
    return local_date(opened_at)


def arrived_late(period: Period, received_at: datetime) -> bool:
    """Whether something of the period reached the server when the period was over."""
    return received_at >= period.end


_S = VisitStatus
_REASON = (Field("reason"),)
_DESPITE = (Field("gaps_reason", required=False),)


def _rule(
    step: VisitStep,
    sources: tuple[VisitStatus, ...],
    to: VisitStatus | None,
    verb: Verb,
    fields: tuple[Field, ...] = (),
) -> Rule[Visit]:
    return Rule(step, frozenset(sources), to, verb, fields)


# A seal straight from submission is review and seal in one stroke.
# fmt: off
TABLE: tuple[Rule[Visit], ...] = (
    _rule(VisitStep.SUBMIT, (_S.OPEN,), _S.SUBMITTED, Verb.VISIT_SUBMIT),
    _rule(VisitStep.APPROVE, (_S.SUBMITTED,), _S.APPROVED, Verb.VISIT_REVIEW, _DESPITE),
    _rule(VisitStep.SEND_BACK, (_S.SUBMITTED, _S.APPROVED), _S.OPEN, Verb.VISIT_REVIEW, _REASON),
    _rule(VisitStep.SEAL, (_S.SUBMITTED, _S.APPROVED), _S.SEALED, Verb.VISIT_SEAL, _DESPITE),
    _rule(VisitStep.RELEASE, (_S.SEALED,), None, Verb.VISIT_RELEASE,
          (Field("operations", FieldKind.IDS), *_REASON)),
    _rule(VisitStep.VOID, (_S.OPEN, _S.SUBMITTED, _S.APPROVED), _S.VOID, Verb.VISIT_VOID, _REASON),
)
# fmt: on


def offered(visit: Visit, attempt: Attempt) -> tuple[Offer, ...]:
    """Which steps this actor may take now, and what each asks for."""
    return offers(TABLE, visit, attempt)


def take(visit: Visit, step: str, attempt: Attempt, values: Mapping[str, object]) -> Visit:
    """The visit after the step.

    A visit with gaps is approved or sealed only with `gaps_reason`: a dead phone must not hold the
    record up for ever, nor pass in silence. Raises what `steps.admit` raises, and Invalid
    `gaps_without_reason`.
    """
    rule, done = admit(TABLE, visit, step, attempt, values)
    despite = rule.fields == _DESPITE and visit.status is VisitStatus.SUBMITTED
    if despite and visit.gaps and "gaps_reason" not in done.values:
        raise Invalid("gaps_without_reason", gaps=[gap.code for gap in visit.gaps])
    status = visit.status if rule.to is None else VisitStatus(rule.to)
    return replace(visit, status=status, history=(*visit.history, done))
