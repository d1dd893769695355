"""What travels in an exchange, in both directions (SPEC, part EX). Shapes and limits only; JSON by msgspec.

Rows are arrays, not objects, because a visit has hundreds of them.
"""

from typing import Annotated

import msgspec
from msgspec import Meta, Raw, Struct

PROTOCOL = 1
OPERATIONS_MAX = 200
COMPRESSED_MAX = 256 * 1024
INFLATED_MAX = 1024 * 1024
CHAINS_MAX = 32
ROWS_MAX = 500

ChainId = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]{21}[AQgw]$")]
Count = Annotated[int, Meta(ge=0, le=2**53)]


class ChainBatch(Struct, frozen=True):
    """A contiguous run of one chain: exact operation texts, and the base64url signature of the last one."""

    chain: ChainId
    operations: Annotated[list[str], Meta(max_length=OPERATIONS_MAX)] = []
    signature: Annotated[str, Meta(max_length=400)] = ""


class Cursor(Struct, frozen=True):
    """How far a phone has read: the epoch, and per stream the last seq it holds."""

    epoch: Annotated[str, Meta(max_length=64)] = ""
    streams: Annotated[dict[str, Count], Meta(max_length=2000)] = {}


class Clock(Struct, frozen=True):
    """The phone's readings at sending: wall ms since the epoch, monotonic ms, clock session."""

    wall: int
    mono: int
    session: Annotated[str, Meta(max_length=40)]


class Unsent(Struct, frozen=True, omit_defaults=True):
    """What the phone says it still holds that the county has not."""

    operations: Count = 0
    photos: Count = 0
    visits: Count = 0


class Exchange(Struct, frozen=True, omit_defaults=True):
    """POST /api/v1/sync/exchange: push, acknowledgement and pull in one request."""

    protocol: int
    nonce: Annotated[str, Meta(min_length=16, max_length=64)]
    device: Annotated[str, Meta(max_length=64)]
    clock: Clock
    chains: Annotated[list[ChainBatch], Meta(max_length=CHAINS_MAX)] = []
    cursor: Cursor = Cursor()
    limit: Annotated[int, Meta(ge=1, le=ROWS_MAX)] = ROWS_MAX
    digests: dict[str, str] = {}
    unsent: Unsent = Unsent()


class Mark(Struct, frozen=True):
    """A point on a chain: seq and the hash of the operation there; (0, "") before the first."""

    seq: int = 0
    hash: str = ""


START = Mark()


class ChainAnswer(Struct, frozen=True, omit_defaults=True):
    """One chain's outcome. `ack`: the highest operation OF THIS REQUEST stored with the same hash;
    `head`: the last the server has; `safe`: up to here it is also in a verified second copy.

    `verdicts` lists (seq, verdict) other than applied, for what this request holds, new or not.
    `error`: fork | gap | signature | malformed | closed | None.
    """

    chain: str
    head: Mark = START
    ack: Mark = START
    safe: int = 0
    error: str | None = None
    verdicts: list[tuple[int, str]] = []


class Row(Struct, frozen=True, array_like=True):
    """One feed row: stream seq, register key, post-image (feed.py says of what shape).

    `data` null: every entry of it is an operation of this very request (FD-6).
    """

    seq: int
    key: str
    data: Raw = Raw(b"null")

    @property
    def is_own(self) -> bool:
        """True if the phone builds the row from its own operations."""
        return bytes(self.data) == b"null"


class Page(Struct, frozen=True, omit_defaults=True):
    """Rows of one stream in seq order. They continue the cursor exactly at `after`; the cursor moves to `upto`."""

    stream: str
    after: int
    upto: int
    rows: list[Row] = []


class Receipt(Struct, frozen=True):
    """The server's signature over the statement of receipts.statement(answer); `key` names the server key."""

    id: str
    key: str
    alg: str
    signature: str


class Answer(Struct, frozen=True, omit_defaults=True):
    """The body of every 200. An answer whose nonce or receipt does not verify is no answer (EX-9).

    `marks`: for every stream in scope its head when the answer was made: once the cursor is there,
    the phone has seen its own acknowledged operations back (FD-7).
    """

    protocol: int
    nonce: str
    device: str
    epoch: str
    time: int
    receipt: Receipt | None = None
    chains: list[ChainAnswer] = []
    marks: dict[str, int] = {}
    pages: list[Page] = []
    more: bool = False
    added: list[str] = []
    dropped: list[str] = []
    resets: list[str] = []
    photos_wanted: list[str] = []
    photos_here: list[str] = []
    upgrade: bool = False


class Bundle(Struct, frozen=True):
    """Chains carried by somebody else's hands: POST /api/v1/sync/bundle, and the file format of the export."""

    bundle: int
    made_at: int
    device: str
    chains: Annotated[list[ChainBatch], Meta(max_length=1000)]


exchange_decoder = msgspec.json.Decoder(Exchange)
answer_decoder = msgspec.json.Decoder(Answer)
bundle_decoder = msgspec.json.Decoder(Bundle)
