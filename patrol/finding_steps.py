"""The one table of a finding's life: which step leads where, whose it is, what it asks for.

The console and the API show what `offered` says and do what `take` says; neither decides for
itself. Nothing here closes a finding but a passed re-check, or for a major one the sign-off.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from patrol.deadlines import is_overdue
from patrol.errors import DomainError, Invalid
from patrol.findings import OPEN, Finding, Severity, Status, Step, day_of
from patrol.permissions import Verb
from patrol.steps import Attempt, Done, Field, FieldKind, Guard, Offer, Rule, admit, offers

FindingGuard: TypeAlias = Guard[Finding]


_G, _SM, _M, _SV = Severity


def _severity(code: str, *allowed: Severity) -> FindingGuard:
    return Guard(code, lambda finding, _: finding.severity in allowed)


_GENERAL = _severity("severity_not_decided", _G)
_RECHECKED = _severity("not_closed_by_recheck", _G, _SM)
_FIXABLE = _severity("serious_violation_is_transferred", _G, _SM, _M)
_MAJOR = _severity("not_a_confirmed_major", _M)
_SUSPECTED = _severity("not_suspected_major", _SM)
_SERIOUS = _severity("not_a_serious_violation", _SV)
_GRAVER = _severity("general_already", _SM, _SV)
_NOT_NOTIFIED = FindingGuard("notified_already", lambda f, _: f.last(Step.NOTIFY) is None)
_OVERDUE = FindingGuard("not_asked_and_not_overdue", lambda f, a: is_overdue(f, a.day))
_NOT_FIXER = FindingGuard("checker_is_the_fixer", lambda f, a: a.actor.person not in f.fixers)
_IN_TIME = FindingGuard("deadline_has_passed", lambda f, a: a.day <= f.deadline)
_NONE_ASKED = FindingGuard("extension_asked_already", lambda f, _: f.extension_asked is None)
_ASKED = FindingGuard("no_extension_asked", lambda f, _: f.extension_asked is not None)
_NEW_ACCEPTOR = FindingGuard("accepted_by_you", lambda f, a: a.actor.person not in f.acceptors)

_HAND_OVER = (
    Field("handed_to"),
    Field("answer", FieldKind.CHOICE, choices=("signed", "refused")),
    Field("reason", required=False),
)
_REASON = (Field("reason"),)
_NOTE = (Field("note", required=False),)
_UNTIL = Field("until", FieldKind.DATE)
_DEADLINE = Field("deadline", FieldKind.DATE)
_PHOTOS = Field("photos", FieldKind.IDS, required=False)
# 五落实: responsible person, measures, funds, deadline, contingency plan.
_FIVE = (Field("responsible"), Field("measures"), Field("funds"), _DEADLINE, Field("contingency"))
_FIXED = (Field("fixed_by"), Field("measures"), _PHOTOS, *_NOTE)
_CHECKED = (_PHOTOS, *_NOTE)
_FAILED = (*_REASON, _DEADLINE, _PHOTOS)
_LINK = (Field("finding"), Field("relation", FieldKind.CHOICE, choices=("repeat", "duplicate")))

_S = Status
_UNDECIDED = (_S.RECORDED, _S.NOTIFIED, _S.RECTIFYING, _S.AWAITING_RECHECK)
_BEING_FIXED = (_S.NOTIFIED, _S.RECTIFYING, _S.LISTED)
_ACCEPTANCE = (_S.AWAITING_ACCEPTANCE, _S.ACCEPTED_ONCE, _S.AWAITING_SIGN_OFF)
_NOT_VOID = tuple(status for status in Status if status is not _S.VOID)


def _rule(
    step: Step,
    sources: tuple[Status, ...],
    to: Status | None,
    verb: Verb,
    rest: tuple[tuple[Field, ...], tuple[FindingGuard, ...]] = ((), ()),
) -> Rule[Finding]:
    return Rule(step, frozenset(sources), to, verb, *rest)


# fmt: off
TABLE: tuple[Rule[Finding], ...] = (
    _rule(Step.NOTIFY, (_S.RECORDED,), _S.NOTIFIED,
          Verb.FINDING_NOTIFY, (_HAND_OVER, ())),
    _rule(Step.NOTIFY, (_S.CONFIRMED, _S.LISTED), None,
          Verb.FINDING_NOTIFY, (_HAND_OVER, (_NOT_NOTIFIED,))),
    _rule(Step.FIX_ON_SPOT, (_S.NOTIFIED,), _S.AWAITING_RECHECK,
          Verb.FINDING_FIX_ON_SPOT, (_FIXED, (_GENERAL,))),
    _rule(Step.FILE_PLAN, _BEING_FIXED, _S.RECTIFYING,
          Verb.FINDING_PLAN, (_FIVE, (_FIXABLE,))),
    _rule(Step.ASK_RECHECK, (_S.RECTIFYING,), _S.AWAITING_RECHECK,
          Verb.FINDING_ASK_RECHECK, (_FIXED, (_RECHECKED,))),
    _rule(Step.PASS_RECHECK, (_S.AWAITING_RECHECK,), _S.CLOSED,
          Verb.FINDING_RECHECK, (_CHECKED, (_GENERAL, _NOT_FIXER))),
    _rule(Step.FAIL_RECHECK, (_S.AWAITING_RECHECK,), _S.RECTIFYING,
          Verb.FINDING_RECHECK, (_FAILED, (_NOT_FIXER,))),
    # The mine let the deadline pass without asking: the patrol looks all the same.
    _rule(Step.PASS_RECHECK, (_S.NOTIFIED, _S.RECTIFYING), _S.CLOSED,
          Verb.FINDING_RECHECK, (_CHECKED, (_GENERAL, _OVERDUE, _NOT_FIXER))),
    _rule(Step.FAIL_RECHECK, (_S.NOTIFIED, _S.RECTIFYING), _S.RECTIFYING,
          Verb.FINDING_RECHECK, (_FAILED, (_RECHECKED, _OVERDUE, _NOT_FIXER))),
    _rule(Step.ASK_EXTENSION, _BEING_FIXED, None,
          Verb.FINDING_ASK_EXTENSION, ((_UNTIL, *_REASON), (_IN_TIME, _NONE_ASKED))),
    _rule(Step.GRANT_EXTENSION, tuple(OPEN), None,
          Verb.FINDING_DECIDE_EXTENSION, (_NOTE, (_ASKED,))),
    _rule(Step.REFUSE_EXTENSION, tuple(OPEN), None,
          Verb.FINDING_DECIDE_EXTENSION, (_REASON, (_ASKED,))),
    _rule(Step.SUSPECT, _UNDECIDED, None,
          Verb.FINDING_SUSPECT, (_REASON, (_severity("not_general", _G),))),
    _rule(Step.CONFIRM, _UNDECIDED, _S.CONFIRMED,
          Verb.FINDING_GRADE, ((Field("standard"), Field("article"), *_NOTE), (_SUSPECTED,))),
    _rule(Step.DOWNGRADE, _UNDECIDED, None,
          Verb.FINDING_GRADE, (_REASON, (_GRAVER,))),
    _rule(Step.LIST, (_S.CONFIRMED,), _S.LISTED,
          Verb.FINDING_LIST, ((Field("supervised_by"), _UNTIL), ())),
    _rule(Step.ASK_ACCEPTANCE, (_S.RECTIFYING,), _S.AWAITING_ACCEPTANCE,
          Verb.FINDING_ASK_RECHECK, (_FIXED, (_MAJOR,))),
    _rule(Step.ACCEPT, (_S.AWAITING_ACCEPTANCE,), _S.ACCEPTED_ONCE,
          Verb.FINDING_ACCEPT, (_CHECKED, (_NOT_FIXER,))),
    _rule(Step.ACCEPT, (_S.ACCEPTED_ONCE,), _S.AWAITING_SIGN_OFF,
          Verb.FINDING_ACCEPT, (_CHECKED, (_NOT_FIXER, _NEW_ACCEPTOR))),
    _rule(Step.REJECT, _ACCEPTANCE, _S.RECTIFYING,
          Verb.FINDING_ACCEPT, (_FAILED, ())),
    _rule(Step.SIGN_OFF, (_S.AWAITING_SIGN_OFF,), _S.CLOSED,
          Verb.FINDING_SIGN_OFF, (_NOTE, (_NOT_FIXER, _NEW_ACCEPTOR))),
    _rule(Step.TRANSFER, (_S.RECORDED, _S.NOTIFIED), _S.TRANSFERRED,
          Verb.FINDING_TRANSFER, ((Field("handed_to"), Field("document")), (_SERIOUS,))),
    _rule(Step.LINK, _NOT_VOID, None, Verb.FINDING_LINK, (_LINK, ())),
    _rule(Step.RETRACT, (_S.RECORDED,), _S.VOID, Verb.FINDING_RETRACT, (_REASON, ())),
    _rule(Step.VOID, tuple(OPEN), _S.VOID, Verb.FINDING_VOID, (_REASON, ())),
)
# fmt: on

_SEVERITY_AFTER = {
    Step.SUSPECT: Severity.SUSPECTED_MAJOR,
    Step.CONFIRM: Severity.MAJOR,
    Step.DOWNGRADE: Severity.GENERAL,
}
_NEW_DEADLINE = {Step.LIST: "until", Step.FAIL_RECHECK: "deadline", Step.REJECT: "deadline"}


def offered(finding: Finding, attempt: Attempt) -> tuple[Offer, ...]:
    """Which steps this actor may take now, what each asks for, and what stands in its way."""
    return offers(TABLE, finding, attempt)


def take(finding: Finding, step: str, attempt: Attempt, values: Mapping[str, object]) -> Finding:
    """The finding after the step.

    Raises what `steps.admit` raises, and Invalid `deadline_in_the_past`, `extension_not_later`,
    `plan_later_than_deadline`, `refusal_without_reason` or `linked_to_itself`.
    """
    rule, done = admit(TABLE, finding, step, attempt, values)
    _check(finding, done, attempt)
    moved = Step(step)
    return replace(
        finding,
        status=finding.status if rule.to is None else Status(rule.to),
        severity=_SEVERITY_AFTER.get(moved, finding.severity),
        deadline=_deadline_after(finding, moved, done),
        history=(*finding.history, done),
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A step as somebody said it, before the rules have seen it."""

    step: str
    attempt: Attempt
    values: Mapping[str, object]


def follow(finding: Finding, steps: Iterable[Said]) -> tuple[Finding, list[tuple[int, DomainError]]]:
    """The finding after those of the steps, in the given order, that the rules allow.

    Never raises for a step: the others come back as (its number, why not), so that a replayed log
    gives the same finding and loses no word of what was tried.
    """
    refused = []
    for number, said in enumerate(steps):
        try:
            finding = take(finding, said.step, said.attempt, said.values)
        except DomainError as why:
            refused.append((number, why))
    return finding, refused


def _deadline_after(finding: Finding, step: Step, done: Done) -> date:
    if step is Step.GRANT_EXTENSION:
        return finding.extension_asked or finding.deadline
    name = _NEW_DEADLINE.get(step)
    return finding.deadline if name is None else day_of(done, name)


def _check(finding: Finding, done: Done, attempt: Attempt) -> None:
    named = _NEW_DEADLINE.get(Step(done.step))
    if named is not None and day_of(done, named) < attempt.day:
        raise Invalid("deadline_in_the_past", deadline=day_of(done, named))
    match done.step:
        case Step.ASK_EXTENSION if day_of(done, "until") <= finding.deadline:
            raise Invalid("extension_not_later", deadline=finding.deadline)
        case Step.FILE_PLAN if day_of(done, "deadline") > finding.deadline:
            raise Invalid("plan_later_than_deadline", deadline=finding.deadline)
        case Step.NOTIFY if done.values["answer"] == "refused" and "reason" not in done.values:
            raise Invalid("refusal_without_reason", handed_to=done.values["handed_to"])
        case Step.LINK if done.values["finding"] == finding.id:
            raise Invalid("linked_to_itself", finding=finding.id)
