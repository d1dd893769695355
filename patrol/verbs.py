"""The names of everything that can be done, for the table in `permissions` and whoever asks it.

A name is stable: it stands in the audit trail.
"""

from enum import StrEnum


class Verb(StrEnum):
    """Everything that can be done, as `<noun>.<what>`; a verb that only reads is always
    `<noun>.read`."""

    COUNTY_READ = "county.read"
    MINE_READ = "mine.read"
    MINE_WRITE = "mine.write"
    PLACE_READ = "place.read"
    PLACE_PROPOSE = "place.propose"
    PLACE_ACCEPT = "place.accept"
    PLACE_WRITE = "place.write"
    TEAM_READ = "team.read"
    TEAM_WRITE = "team.write"
    CONTRACT_READ = "contract.read"
    CONTRACT_WRITE = "contract.write"
    DUTY_READ = "duty.read"
    DUTY_EXCUSE = "duty.excuse"
    COVERAGE_READ = "coverage.read"
    RECORD_READ = "record.read"
    VISIT_READ = "visit.read"
    VISIT_RECORD = "visit.record"
    VISIT_SETTLE = "visit.settle"
    VISIT_SUBMIT = "visit.submit"
    VISIT_REVIEW = "visit.review"
    VISIT_SEAL = "visit.seal"
    VISIT_RELEASE = "visit.release"
    VISIT_VOID = "visit.void"
    FINDING_READ = "finding.read"
    FINDING_RECORD = "finding.record"
    FINDING_RETRACT = "finding.retract"
    FINDING_NOTIFY = "finding.notify"
    FINDING_FIX_ON_SPOT = "finding.fix_on_spot"
    FINDING_SUSPECT = "finding.suspect"
    FINDING_PLAN = "finding.plan"
    FINDING_ASK_RECHECK = "finding.ask_recheck"
    FINDING_ASK_EXTENSION = "finding.ask_extension"
    FINDING_DECIDE_EXTENSION = "finding.decide_extension"
    FINDING_RECHECK = "finding.recheck"
    FINDING_GRADE = "finding.grade"
    FINDING_LIST = "finding.list"
    FINDING_ACCEPT = "finding.accept"
    FINDING_SIGN_OFF = "finding.sign_off"
    FINDING_TRANSFER = "finding.transfer"
    FINDING_LINK = "finding.link"
    FINDING_VOID = "finding.void"
    CHECKLIST_READ = "checklist.read"
    CHECKLIST_PUBLISH = "checklist.publish"
    DEVICE_READ = "device.read"
    DEVICE_ENROL = "device.enrol"
    DEVICE_REVOKE = "device.revoke"
    DEVICE_SYNC = "device.sync"
    DEVICE_RESCUE = "device.rescue"
    OPERATION_READ = "operation.read"
    OPERATION_RELEASE = "operation.release"
    REPORT_READ = "report.read"
    REPORT_SEND = "report.send"
    USER_READ = "user.read"
    USER_WRITE = "user.write"
    ACCOUNT_READ = "account.read"
    ACCOUNT_WRITE = "account.write"
    AUDIT_READ = "audit.read"

    @property
    def noun(self) -> str:
        """The kind of thing that the verb is about."""
        return self.value.partition(".")[0]

    @property
    def reads(self) -> bool:
        """Whether the verb changes nothing."""
        return self.value.endswith(".read")
