"""The typed bodies of the operations, one struct a kind (SPEC, part OP, table of kinds).

Field names are the field's words; absent optional fields are omitted on the wire. Unknown fields are ignored here and
stay in the log, so that an older server never refuses a newer phone.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

Uid = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{21}[AQgw]$")]
VisitId = Annotated[str, Meta(pattern=r"^[a-z2-7]{26}$")]
Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$")]
Date = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")]
Name = Annotated[str, Meta(min_length=1, max_length=64, pattern=r"^[^/\s]+$")]
Text = Annotated[str, Meta(max_length=4000)]
Short = Annotated[str, Meta(max_length=200)]
Reasoned = Annotated[str, Meta(min_length=1, max_length=2000)]
Outcome = Literal["fail", "unseen", "pass", "na"]
Number = int | float | str


class Body(Struct, frozen=True, omit_defaults=True):
    pass


class After(Body, frozen=True):
    """Which chain this one continues, up to where, and why. `proof`: the old chain's signature of `key` (CH-12)."""

    chain: Uid
    seq: int
    hash: Short
    why: Literal["fork", "rotation", "restore", "device"]
    proof: Short | None = None


class ChainOpening(Body, frozen=True):
    """Who writes this chain, on what, with which key. `key` is the base64url SubjectPublicKeyInfo (DER)."""

    chain: Uid
    person: Name
    device: Name
    alg: Short
    key: Annotated[str, Meta(max_length=1000)]
    app: Short
    platform: Short | None = None
    after: After | None = None


class Rotation(Body, frozen=True):
    next: Uid
    alg: Short
    key: Annotated[str, Meta(max_length=1000)]


class VisitIdentity(Body, frozen=True):
    """The whole identity of a visit (VS-1); `date` is the local date in Asia/Shanghai, `edition` a checklist digest."""

    team: Name
    mine: Name
    kind: Literal["round", "full", "recheck", "special"]
    date: Date
    ordinal: Annotated[int, Meta(ge=1, le=99)]
    edition: Short
    role: Short | None = None


class Answer(Body, frozen=True):
    """One outcome of an (item, place) pair; `value` as typed, in `unit`.

    `settings` are the alarm, cut and restore fields of a sensor. `undone`: the author took a slip of the hand back, the
    pair is unanswered again (RG-10).
    """

    outcome: Outcome
    value: Number | None = None
    unit: Short | None = None
    settings: dict[str, Number] | None = None
    note: Text | None = None
    reason: Reasoned | None = None
    undone: bool = False


class FindingFields(Body, frozen=True):
    """What a phone may say of a finding: suspected major at most, never confirmed (FN-3)."""

    item: Name | None = None
    place: Name | None = None
    severity: Literal["general", "suspected_major", "serious_violation"] | None = None
    text: Text | None = None
    deadline: Date | None = None
    measures: Text | None = None
    responsible: Short | None = None
    answer: Short | None = None


class FindingEdit(Body, frozen=True):
    """Several fields in one intent; `seen[field]` = uids of the values of that field the author saw (FN-2)."""

    finding: Uid
    set: FindingFields
    seen: dict[str, list[Uid]] = {}


class FindingRetraction(Body, frozen=True):
    """Parents in the envelope name the heads of the register `state`."""

    finding: Uid
    reason: Reasoned


class Recheck(Body, frozen=True):
    """Parents in the envelope name the heads of the register `status`."""

    finding: Uid
    result: Literal["passed", "failed"]
    note: Text | None = None
    deadline: Date | None = None


class Standing(Body, frozen=True):
    """Where a finding stands: what a phone shows of it without knowing the table of steps."""

    status: Short
    severity: Short
    deadline: Date


class FindingStep(Body, frozen=True):
    """An office step of the finding's life (patrol decides which may follow which); parents name heads of `status`.

    `stands`: where the finding stood once the step was taken, as the office saw it.
    """

    finding: Uid
    step: Annotated[str, Meta(pattern=r"^[a-z_]{2,40}$")]
    data: dict[str, str | int | float | bool | list[str] | None] = {}
    stands: Standing | None = None


class Location(Body, frozen=True):
    """Where the device says it was, as given; `kind` none is said aloud, never a silent default."""

    kind: Literal["gnss", "checkpoint", "manual", "none"]
    lat: float | None = None
    lon: float | None = None
    accuracy: float | None = None
    at: int | None = None
    source: Short | None = None
    datum: Short | None = None
    place: Name | None = None
    reason: Text | None = None


class Original(Body, frozen=True):
    sha256: Sha256
    size: Annotated[int, Meta(ge=1)]


class Photo(Body, frozen=True):
    """Photo metadata and digest. `of`: answer/<item>/<place>, finding/<id> or `visit`."""

    photo: Uid
    sha256: Sha256
    size: Annotated[int, Meta(ge=1, le=2**32)]
    mime: Short
    width: Annotated[int, Meta(ge=1, le=100_000)]
    height: Annotated[int, Meta(ge=1, le=100_000)]
    of: Short
    source: Literal["stream", "file"]
    role: Short | None = None
    original: Original | None = None
    annotates: Uid | None = None
    location: Location | None = None


class PhotoRetraction(Body, frozen=True):
    photo: Uid
    of: Short
    reason: Reasoned


class ProposedPlace(Body, frozen=True):
    """A place that the phone met and the register lacks; the office confirms it."""

    place: Uid
    mine: Name
    kind: Name
    name: Short
    within: Name | None = None


class PlaceMark(Body, frozen=True):
    """The person was here: append-only, one register an operation."""

    location: Location
    code: Short | None = None


class Claim(Body, frozen=True):
    """Advisory split: these items are `person`'s, replacing what was claimed for that person before."""

    person: Name
    items: Annotated[list[Name], Meta(max_length=1000)]


class Note(Body, frozen=True):
    """`of`: `visit`, answer/<item>/<place> or finding/<id>."""

    note: Uid
    of: Short
    text: Text


class Signing(Body, frozen=True):
    """A member's or the mine's companion's signature, or the recorded refusal (`refused` needs a reason)."""

    role: Literal["member", "companion"]
    name: Short
    person: Name | None = None
    refused: bool = False
    reason: Reasoned | None = None
    picture: Sha256 | None = None


class Done(Body, frozen=True):
    """How many operations of each sort this participant has made in this visit (VS-5)."""

    answers: Annotated[int, Meta(ge=0)]
    findings: Annotated[int, Meta(ge=0)]
    photos: Annotated[int, Meta(ge=0)]


class Submission(Body, frozen=True):
    """`expected`: the participants (<person>@<device>) whose work the leader knows of."""

    expected: Annotated[list[Short], Meta(max_length=100)] = []
    note: Text | None = None


class Approval(Body, frozen=True):
    """`reason`: why the visit is approved although something is lacking."""

    reason: Text | None = None


class Seal(Body, frozen=True):
    reason: Text | None = None
    document: Sha256 | None = None


class Reason(Body, frozen=True):
    reason: Reasoned


class Release(Body, frozen=True):
    """Give a withheld operation its effect."""

    operation: Uid
    reason: Reasoned
