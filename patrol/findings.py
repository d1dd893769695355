"""A finding (隐患) from sight to closure: what it is, and how it moves.

It is never deleted, only voided with a reason. A phone says "suspected major" at most; only a
supervisor confirms, naming standard and article. The table of steps is in `finding_steps`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from patrol.errors import Invalid
from patrol.permissions import Subject
from patrol.steps import Done


class Severity(StrEnum):
    """How grave, and who may say so."""

    GENERAL = "general"
    SUSPECTED_MAJOR = "suspected_major"
    MAJOR = "major"
    SERIOUS_VIOLATION = "serious_violation"


class Status(StrEnum):
    """Where a finding stands. `listed` is 挂牌督办, `closed` is 销号."""

    RECORDED = "recorded"
    NOTIFIED = "notified"
    RECTIFYING = "rectifying"
    AWAITING_RECHECK = "awaiting_recheck"
    CONFIRMED = "confirmed"
    LISTED = "listed"
    AWAITING_ACCEPTANCE = "awaiting_acceptance"
    ACCEPTED_ONCE = "accepted_once"
    AWAITING_SIGN_OFF = "awaiting_sign_off"
    CLOSED = "closed"
    TRANSFERRED = "transferred"
    VOID = "void"


ENDED = frozenset({Status.CLOSED, Status.TRANSFERRED, Status.VOID})
OPEN = frozenset(Status) - ENDED


class Step(StrEnum):
    """What can be done to a finding; the words travel in operations and are never renamed."""

    NOTIFY = "notify"
    FIX_ON_SPOT = "fix_on_spot"
    FILE_PLAN = "file_plan"
    ASK_RECHECK = "ask_recheck"
    PASS_RECHECK = "pass_recheck"  # noqa: S105 - a step, not a secret
    FAIL_RECHECK = "fail_recheck"
    ASK_EXTENSION = "ask_extension"
    GRANT_EXTENSION = "grant_extension"
    REFUSE_EXTENSION = "refuse_extension"
    SUSPECT = "suspect"
    CONFIRM = "confirm"
    DOWNGRADE = "downgrade"
    LIST = "list"
    ASK_ACCEPTANCE = "ask_acceptance"
    ACCEPT = "accept"
    REJECT = "reject"
    SIGN_OFF = "sign_off"
    TRANSFER = "transfer"
    LINK = "link"
    RETRACT = "retract"
    VOID = "void"


ENDING = frozenset({Step.PASS_RECHECK, Step.SIGN_OFF, Step.TRANSFER, Step.RETRACT, Step.VOID})
#: Suspected or confirmed: how it ends is asked of nobody lightly.
GRAVE = frozenset({Severity.SUSPECTED_MAJOR, Severity.MAJOR})


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding as its history has made it. Only `status`, `severity` and `deadline` are kept
    beside the history; everything else is read from the step that said it.

    `deadline`: the last local day for the mine to put it right. `item`, `place`: what and where,
    None for a finding outside the checklist or of the mine itself.
    """

    id: str
    county: str
    team: str
    mine: str
    severity: Severity
    recorded_by: str
    recorded_at: datetime
    deadline: date
    item: str | None = None
    place: str | None = None
    status: Status = Status.RECORDED
    history: tuple[Done, ...] = ()

    @property
    def subject(self) -> Subject:
        """Whose it is."""
        return Subject(county=self.county, team=self.team, mine=self.mine)

    @property
    def ended_at(self) -> datetime | None:
        """When it was closed, transferred or voided; a link made afterwards does not move it."""
        ending = next((done for done in reversed(self.history) if done.step in ENDING), None)
        return ending.at if ending and self.status in ENDED else None

    @property
    def closed_at(self) -> datetime | None:
        """When it was closed (销号); a voided or transferred finding never was."""
        return self.ended_at if self.status is Status.CLOSED else None

    @property
    def known_to_mine(self) -> bool:
        """Whether the mine was told, by signature, by refusal or by the listing."""
        return self.last(Step.NOTIFY) is not None or self.last(Step.LIST) is not None

    def last(self, *steps: Step) -> Done | None:
        """The latest time that one of the steps was taken."""
        return next((done for done in reversed(self.history) if done.step in steps), None)

    def after_last(self, step: Step) -> tuple[Done, ...]:
        """What was done since the step was last taken; everything, if it never was."""
        for place, done in reversed(tuple(enumerate(self.history))):
            if done.step == step:
                return self.history[place + 1 :]
        return self.history

    @property
    def fixers(self) -> frozenset[str]:
        """Everybody who stands for the fixing: who planned it, did it or reported it done."""
        reporting = (Step.FILE_PLAN, Step.ASK_RECHECK, Step.ASK_ACCEPTANCE)
        names = {done.by for done in self.history if done.step in reporting}
        said = (done.values.get(n) for done in self.history for n in ("fixed_by", "responsible"))
        return frozenset(names | {name for name in said if isinstance(name, str)})

    @property
    def acceptors(self) -> tuple[str, ...]:
        """Who has accepted since acceptance was last asked for."""
        since = self.after_last(Step.ASK_ACCEPTANCE)
        return tuple(done.by for done in since if done.step == Step.ACCEPT)

    @property
    def extension_asked(self) -> date | None:
        """The deadline that the mine has asked for and nobody has decided on yet."""
        asked = self.last(Step.ASK_EXTENSION, Step.GRANT_EXTENSION, Step.REFUSE_EXTENSION)
        return day_of(asked, "until") if asked and asked.step == Step.ASK_EXTENSION else None


def day_of(done: Done, name: str) -> date:
    """A date that a step was taken with. Raises Invalid when it was not."""
    value = done.values.get(name)
    if not isinstance(value, date):
        raise Invalid("missing_fields", fields=[name])
    return value


def check_new(finding: Finding, recorded_on: date) -> None:
    """Raise Invalid when somebody records what a record may not say.

    Nobody records a major: it is suspected first, then confirmed by a supervisor.
    """
    if finding.severity is Severity.MAJOR:
        raise Invalid("major_is_never_recorded", finding=finding.id)
    if finding.deadline < recorded_on:
        raise Invalid("deadline_in_the_past", deadline=finding.deadline)
    if finding.status is not Status.RECORDED or finding.history:
        raise Invalid("new_finding_has_a_history", finding=finding.id)
