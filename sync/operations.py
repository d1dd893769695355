"""The operations: what a phone or the office signs, and the typed body of every kind (SPEC, part OP).

An operation is an immutable JSON object that travels as its exact bytes; decoding is validating.
Nothing here judges what an operation means: a kind or a body that is not understood decodes to `Opaque`,
which is stored and acknowledged like any other.
"""

import re
from functools import lru_cache
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from sync import bodies

OPERATION_BYTES = 32 * 1024
CHAIN_OPEN, CHAIN_ROTATE = "chain.open", "chain.rotate"
OFFICE_KINDS = frozenset(
    {"visit.approve", "visit.seal", "visit.reopen", "visit.void", "finding.step", "operation.release"}
)
OPENING_KINDS = frozenset({"visit.open", "visit.join"})

Moment = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Stamp = tuple[Moment, Moment, Annotated[str, Meta(max_length=40)]]
Seq = Annotated[int, Meta(ge=1, le=2**53)]
# A pattern on each of these costs 2 us an operation; `decode` checks the alphabet once instead.
Long = Annotated[str, Meta(min_length=22, max_length=22)]


class Operation(Struct, frozen=True, tag_field="kind", kw_only=True, omit_defaults=True):
    """The envelope (OP-1). `t` = wall ms since the epoch, monotonic ms, clock session: kept, never used for order.

    `prev` is the base64url SHA-256 of the exact bytes of the operation before it on the chain, empty at seq 1.
    `parents` are the uids of the values of `reg` that the author saw.
    """

    v: Annotated[int, Meta(ge=1, le=1000)]
    uid: Long
    seq: Seq
    prev: Annotated[str, Meta(max_length=43)]
    t: Stamp
    visit: Annotated[str, Meta(min_length=26, max_length=26)] | None = None
    reg: Annotated[str, Meta(max_length=200)] | None = None
    parents: Annotated[list[Long], Meta(max_length=64)] = []
    anchor: Annotated[str, Meta(max_length=64)] | None = None

    @property
    def kind(self) -> str:
        """The kind's name as it travels."""
        return str(self.__struct_config__.tag)


class ChainOpen(Operation, frozen=True, kw_only=True, tag="chain.open"):
    body: bodies.ChainOpening


class ChainRotate(Operation, frozen=True, kw_only=True, tag="chain.rotate"):
    body: bodies.Rotation


class VisitOpen(Operation, frozen=True, kw_only=True, tag="visit.open"):
    body: bodies.VisitIdentity


class VisitJoin(Operation, frozen=True, kw_only=True, tag="visit.join"):
    body: bodies.VisitIdentity


class AnswerSet(Operation, frozen=True, kw_only=True, tag="answer.set"):
    """`reg` is required: answer/<item>/<place>, place `-` for the mine itself."""

    body: bodies.Answer


class FindingSet(Operation, frozen=True, kw_only=True, tag="finding.set"):
    body: bodies.FindingEdit


class FindingRetract(Operation, frozen=True, kw_only=True, tag="finding.retract"):
    body: bodies.FindingRetraction


class FindingRecheck(Operation, frozen=True, kw_only=True, tag="finding.recheck"):
    body: bodies.Recheck


class FindingStep(Operation, frozen=True, kw_only=True, tag="finding.step"):
    body: bodies.FindingStep


class PhotoAdd(Operation, frozen=True, kw_only=True, tag="photo.add"):
    body: bodies.Photo


class PhotoRetract(Operation, frozen=True, kw_only=True, tag="photo.retract"):
    body: bodies.PhotoRetraction


class PlaceAdd(Operation, frozen=True, kw_only=True, tag="place.add"):
    body: bodies.ProposedPlace


class PlaceMark(Operation, frozen=True, kw_only=True, tag="place.mark"):
    body: bodies.PlaceMark


class ItemClaim(Operation, frozen=True, kw_only=True, tag="item.claim"):
    body: bodies.Claim


class NoteAdd(Operation, frozen=True, kw_only=True, tag="note.add"):
    body: bodies.Note


class VisitSign(Operation, frozen=True, kw_only=True, tag="visit.sign"):
    body: bodies.Signing


class VisitDone(Operation, frozen=True, kw_only=True, tag="visit.done"):
    body: bodies.Done


class VisitSubmit(Operation, frozen=True, kw_only=True, tag="visit.submit"):
    body: bodies.Submission


class VisitApprove(Operation, frozen=True, kw_only=True, tag="visit.approve"):
    body: bodies.Approval


class VisitSeal(Operation, frozen=True, kw_only=True, tag="visit.seal"):
    body: bodies.Seal


class VisitReopen(Operation, frozen=True, kw_only=True, tag="visit.reopen"):
    body: bodies.Reason


class VisitVoid(Operation, frozen=True, kw_only=True, tag="visit.void"):
    body: bodies.Reason


class OperationRelease(Operation, frozen=True, kw_only=True, tag="operation.release"):
    body: bodies.Release


class Opaque(Struct, frozen=True, kw_only=True):
    """A well-formed envelope whose kind or body this version does not understand (OP-6): kept, without effect."""

    v: int
    uid: Long
    seq: Seq
    prev: Annotated[str, Meta(max_length=43)]
    kind: Annotated[str, Meta(min_length=1, max_length=60)]
    body: Raw = Raw(b"null")


Known = (
    ChainOpen
    | ChainRotate
    | VisitOpen
    | VisitJoin
    | AnswerSet
    | FindingSet
    | FindingRetract
    | FindingRecheck
    | FindingStep
    | PhotoAdd
    | PhotoRetract
    | PlaceAdd
    | PlaceMark
    | ItemClaim
    | NoteAdd
    | VisitSign
    | VisitDone
    | VisitSubmit
    | VisitApprove
    | VisitSeal
    | VisitReopen
    | VisitVoid
    | OperationRelease
)
FindingOperation = FindingSet | FindingRetract | FindingRecheck | FindingStep
Verdict = Literal[
    "applied",
    "same",
    "concurrent",
    "after_submit",
    "late",
    "no_scope",
    "parked",
    "revoked",
    "quarantined",
]
EFFECTIVE: frozenset[str] = frozenset({"applied", "same", "concurrent", "after_submit"})
WITHHELD: frozenset[str] = frozenset({"late", "no_scope", "parked", "revoked", "quarantined"})

_uids = re.compile(r"(?:[A-Za-z0-9_-]{21}[AQgw])+").fullmatch
_visit = lru_cache(maxsize=4096)(re.compile(r"[a-z2-7]{26}").fullmatch)
_known = msgspec.json.Decoder(Known)
_opaque = msgspec.json.Decoder(Opaque)


class MalformedOperationError(ValueError):
    """The bytes are no operation at all (OP-2): no uid, no seq, no prev, not JSON, or too long."""


def decode(data: bytes) -> "Known | Opaque":
    """Decode one operation from its exact bytes.

    Raises MalformedOperationError when they are no operation; a body that is not understood
    comes back as Opaque.
    """
    if len(data) > OPERATION_BYTES:
        raise MalformedOperationError("operation_too_long")
    try:
        operation = _known.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return _decode_opaque(data)
    return operation if _clean(data, operation) else _decode_opaque(data)


def _decode_opaque(data: bytes) -> Opaque:
    try:
        operation = _opaque.decode(data)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise MalformedOperationError("operation_malformed") from error
    if not _uids(operation.uid):
        raise MalformedOperationError("operation_malformed")
    return operation


def _clean(data: bytes, operation: "Known") -> bool:
    """Identifiers in their alphabets, and no NUL, which no database text can hold."""
    uids = operation.uid + "".join(operation.parents) if operation.parents else operation.uid
    if not _uids(uids) or (operation.visit is not None and not _visit(operation.visit)):
        return False
    return b"\\u0000" not in data or b"\\u0000" not in _unescaped(operation)


def _unescaped(operation: "Known") -> bytes:
    return msgspec.json.encode(operation).replace(b"\\\\", b"")
