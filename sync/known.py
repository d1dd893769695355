"""What a plan is made from and what it says: Needs, Known, Context, Plan (SPEC, part PL).

Plain values: the server gathers `Known` from the database and writes `Plan` in bulk; the simulator
keeps the same values in memory. Nothing here reads a clock, a database or a random number.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from sync import bodies, wire
from sync.request import Batch, Needs, Prepared
from sync.sheets import Sheet

__all__ = [
    "AnswerChange", "Author", "Batch", "ChainKnown", "ChainWrite", "Context", "FindingKnown", "FindingWrite", "Judge",
    "Known", "May", "Needs", "PlaceWrite", "Plan", "Prepared", "Refused", "Segment", "VisitKnown", "VisitWrite",
    "Withheld",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Author:
    """Who stands behind a chain, as bound by its opening. `office`: a server-held console key."""

    person: str
    device: str
    office: bool = False

    @property
    def participant(self) -> str:
        """A person on a device; it outlives a chain, so a re-homed chain is the same participant."""
        return f"{self.person}@{self.device}"


@dataclass(frozen=True, slots=True)
class Segment:
    """A stored run of one chain: `data` is the codec's form of the exact bytes (segments.py).

    `first`..`last` are seqs, `before` the hash of operation first-1, `hash` that of `last`;
    `signature` is over `last`; `verdicts` lists (seq, verdict) other than applied. `settled` lists
    (uid, verdict) of operations of other segments that this one let out of waiting.
    """

    chain: str
    first: int
    last: int
    before: str
    hash: str
    signature: str
    data: bytes
    received: int
    receipt: str
    verdicts: tuple[tuple[int, str], ...] = ()
    settled: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class ChainKnown:
    """A chain as the server has it. `segments` are those that overlap the request's batch, and are
    only needed when `append.overlap` says so. `vouched`: a device token or an older key stands
    for it; `revoked`: its person or device is; `closed`: it was rotated.
    """

    chain: str
    author: Author
    alg: str
    key: str
    head: wire.Mark = wire.START
    safe: int = 0
    vouched: bool = True
    revoked: bool = False
    closed: bool = False
    segments: tuple[Segment, ...] = ()


@dataclass(frozen=True, slots=True)
class VisitKnown:
    """A visit's identity and its sheet (sheets.py), as stored; `seq` is its stream's head."""

    visit: str
    identity: bodies.VisitIdentity
    sheet: bytes
    status: str = "open"


@dataclass(frozen=True, slots=True)
class FindingKnown:
    """A finding's home and its sheet, as stored. `visit` is where it was raised."""

    finding: str
    mine: str
    visit: str | None
    sheet: bytes
    #: What the record holds beside the sheet and the sheet does not repeat (SH-5).
    beside: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """A stored operation without effect, kept where release and un-parking can reach it.

    `data` are its exact bytes; `visit`, `finding` say what it waits for or is about.
    """

    uid: str
    chain: str
    seq: int
    verdict: str
    data: bytes
    author: Author
    visit: str | None = None
    finding: str | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything the plan may look at, gathered under the locks that `Needs.streams` names.

    `heads`: stream -> seq. `here`: photo digests whose bytes are complete, of those the visits name.
    A chain, visit or finding that is absent does not exist.
    """

    epoch: str
    heads: Mapping[str, int]
    chains: Mapping[str, ChainKnown] = field(default_factory=dict)
    visits: Mapping[str, VisitKnown] = field(default_factory=dict)
    findings: Mapping[str, FindingKnown] = field(default_factory=dict)
    withheld: Mapping[str, Withheld] = field(default_factory=dict)
    here: frozenset[str] = frozenset()


Judge = Callable[[str, str, str, bodies.Answer], str | None]
May = Callable[["Author", str, "bodies.VisitIdentity | None", str | None], bool]


@dataclass(frozen=True, slots=True)
class Context:
    """What the caller brings from outside: the time, the receipt's id, and two questions.

    `judge(edition, day, item, answer)` -> the server's own outcome, or None when it cannot judge; `day` is
    the visit's local date, from which the age of a date is counted.
    `may(author, kind, visit, mine)` -> is this within the author's scope; `visit` is the identity of the
    visit that the operation belongs to (its date says which contracts count), None outside a visit.
    `device`: the authenticated device; `person_on_device(person)` is part of `may` for chain.open.
    """

    now: int
    receipt: str
    device: str
    judge: Judge
    may: May


class AnswerChange(Struct, frozen=True):
    """An (item, place) pair whose counted outcome may have changed. None: nothing counts any more.

    `answered`: somebody answered it as the item asks; a pass without the value that it asks for does not.
    """

    item: str
    place: str
    outcome: str | None
    disputed: bool
    key: str
    answered: bool = True


@dataclass(frozen=True, slots=True)
class VisitWrite:
    """Insert or replace a visit and its sheet. `missing`: why a submitted visit is incomplete.

    `disputed`: how many answers have heads that do not agree; `done`: how many participants said they are.
    `opened`, `submitted`: wall ms of the phones' clocks; None while it is not submitted. `content` is the
    sheet in memory, so that nobody decodes again what was just encoded.
    """

    visit: str
    identity: bodies.VisitIdentity
    created: bool
    sheet: bytes
    status: str
    seq: int
    participants: tuple[str, ...]
    changed: tuple[str, ...]
    answers: tuple[AnswerChange, ...]
    photos: tuple[bodies.Photo, ...] = ()
    missing: tuple[str, ...] = ()
    disputed: int = 0
    done: int = 0
    opened: int = 0
    submitted: int | None = None
    content: Sheet = field(default_factory=Sheet, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class FindingWrite:
    """Insert or replace a finding: `content` is its sheet; its seq on the mine's stream, and projected fields.

    `fields[name]` is the counted value of that register; `disputed` names registers with unequal heads.
    """

    finding: str
    mine: str
    visit: str | None
    created: bool
    seq: int
    fields: Mapping[str, object]
    disputed: tuple[str, ...]
    content: Sheet = field(default_factory=Sheet, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlaceWrite:
    """A proposed place for the mine's register, at its seq on the mine's stream."""

    place: str
    mine: str
    seq: int
    body: bodies.ProposedPlace
    uid: str


@dataclass(frozen=True, slots=True)
class ChainWrite:
    """Insert or move a chain's head; `opening` is set when the chain is new."""

    chain: str
    author: Author
    alg: str
    key: str
    head: wire.Mark
    closed: bool
    vouched: bool
    opening: bodies.ChainOpening | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """Bytes that could not be appended (fork, bad signature, malformed): kept 90 days."""

    chain: str
    error: str
    operations: tuple[bytes, ...]
    signature: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What to write, in one transaction, and what to answer. Order of writing does not matter.

    `heads`: stream -> new seq for every stream that moved. `withheld`: rows to insert;
    `released`: uids whose rows to remove; `visit_rows`: visits whose facts changed -> seq on their
    team's stream. `answers` are the chain parts of the answer to the phone.
    """

    chains: tuple[ChainWrite, ...] = ()
    segments: tuple[Segment, ...] = ()
    visits: tuple[VisitWrite, ...] = ()
    findings: tuple[FindingWrite, ...] = ()
    places: tuple[PlaceWrite, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    released: tuple[str, ...] = ()
    refused: tuple[Refused, ...] = ()
    heads: Mapping[str, int] = field(default_factory=dict)
    visit_rows: Mapping[str, int] = field(default_factory=dict)
    answers: tuple[wire.ChainAnswer, ...] = ()
    own: frozenset[str] = frozenset()
