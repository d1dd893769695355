"""Visits: the header that lists show, and the merged record of everybody's work."""

from schemas.fields import (
    Anything,
    Count,
    Day,
    Facts,
    Flag,
    Identifier,
    Listed,
    Moment,
    Nested,
    OneOf,
    Shape,
    Text,
)
from schemas.page import PageQuery

KINDS = ("round", "full", "recheck", "special")
OUTCOMES = ("fail", "unseen", "pass", "na")
WEEK = r"^\d{4}-W\d{2}$"
MONTH = r"^\d{4}-\d{2}$"
STATUS = r"^[a-z_]{1,32}$"


class Visit(Shape):
    """A visit's header: whose, where, when, and its counts."""

    id = Identifier(required=True)
    county_id = Identifier(required=True)
    team_id = Identifier(required=True)
    mine_id = Identifier(required=True)
    kind = Text(20, required=True)
    local_date = Day(required=True)
    ordinal = Count(1, required=True)
    week = Text(8, required=True)
    month = Text(7, required=True)
    edition_digest = Text(64, required=True)
    status = Text(32, required=True)
    opened_at = Moment(required=True)
    received_at = Moment(required=True)
    changed_at = Moment(required=True)
    submitted_at = Moment(required=True, allow_none=True)
    submission_received_at = Moment(required=True, allow_none=True)
    round_required = Count(required=True)
    round_answered = Count(required=True)
    answered = Count(required=True)
    failed = Count(required=True)
    unseen = Count(required=True)
    conflicts = Count(required=True)
    findings = Count(required=True)
    photos_declared = Count(required=True)
    photos_arrived = Count(required=True)
    photos_processed = Count(required=True)
    photos_refused = Count(required=True)
    chains_joined = Count(required=True)
    chains_done = Count(required=True)
    addenda = Count(required=True)


class VisitQuery(PageQuery):
    """Filters of the list of visits; `from` and `until` are local dates, both inclusive."""

    team = Identifier()
    mine = Identifier()
    kind = OneOf(*KINDS)
    status = Text(32, STATUS)
    week = Text(8, WEEK)
    month = Text(7, MONTH)
    since = Day(data_key="from")
    until = Day()


class Participant(Shape):
    """One person on one phone."""

    person_id = Text(required=True)
    device_id = Text(required=True)


class Said(Participant):
    """What one person said of a pair; `judged` is the server's outcome where it differs from the phone's."""

    operation = Text(required=True)
    at = Moment(required=True, metadata={"description": "By the phone's clock."})
    outcome = OneOf(*OUTCOMES, required=True)
    judged = OneOf(*OUTCOMES)
    value = Anything()
    unit = Text()
    settings = Facts()
    note = Text()
    reason = Text()


class Answer(Shape):
    """A pair of the merged visit; `said` has one entry a person whose value stands."""

    item = Text(required=True)
    place = Text(required=True, metadata={"description": "`-` for the mine itself."})
    outcome = OneOf(*OUTCOMES, required=True)
    disputed = Flag(required=True)
    said = Listed(Nested(Said), required=True)


class Signature(Participant):
    """A signature, or the recorded refusal of one."""

    at = Moment(required=True)
    role = OneOf("member", "companion", required=True)
    name = Text(required=True)
    refused = Flag(required=True)
    reason = Text()


class Note(Participant):
    """A remark on the visit or one of its answers."""

    at = Moment(required=True)
    of = Text(required=True)
    text = Text(required=True)


class DeclaredPhoto(Shape):
    """A photo that a signed operation names; `arrived` once its bytes are here."""

    id = Text(required=True)
    sha256 = Text(required=True)
    size = Count(required=True)
    of = Text(required=True)
    arrived = Flag(required=True)


class Record(Shape):
    """Everything that stands in the merged visit, and what is still missing of a submitted one."""

    visit = Nested(Visit, required=True)
    state = Text(required=True)
    missing = Listed(Text(), longest=10_000, required=True)
    participants = Listed(Nested(Participant), required=True)
    answers = Listed(Nested(Answer), longest=10_000, required=True)
    signatures = Listed(Nested(Signature), required=True)
    notes = Listed(Nested(Note), longest=10_000, required=True)
    photos = Listed(Nested(DeclaredPhoto), longest=10_000, required=True)
    findings = Listed(Identifier(), longest=10_000, required=True)
