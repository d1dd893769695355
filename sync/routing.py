"""Which registers an operation writes, with which parents and value (SPEC, part RT).

A pure reading of one operation, the same on server and phone: what an operation does to the set is
decided here, whether it may do it is decided in the reducer.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

import msgspec

from sync import bodies
from sync import operations as ops
from sync.known import Author, Judge

VISIT = ""
Ending = ops.VisitSubmit | ops.VisitApprove | ops.VisitSeal | ops.VisitReopen | ops.VisitVoid
_json = msgspec.json.Encoder()
_encode = _json.encode


class InvalidBodyError(ValueError):
    """The body breaks a rule of its kind (OP-9): the operation is quarantined."""


class Write(NamedTuple):
    """One entry to add. `sheet` is VISIT or a finding's id; `listing` entries only say "it is here"."""

    sheet: str
    key: str
    parents: tuple[str, ...]
    value: bytes
    listing: bool = False


Route = Callable[..., list[Write]]


def answer_key(reg: str | None) -> tuple[str, str]:
    """(item, place) of answer/<item>/<place>; raises InvalidBodyError."""
    parts = (reg or "").split("/")
    if len(parts) != 3 or parts[0] != "answer" or not parts[1] or not parts[2]:
        raise InvalidBodyError("register")
    return parts[1], parts[2]


def writes(
    operation: ops.Known, author: Author, judge: Judge | None = None, edition: str = "", day: str = ""
) -> list[Write]:
    """The entries an operation adds; raises InvalidBodyError. `edition` is the visit's pinned one, `day` its date."""
    if type(operation) is ops.AnswerSet:
        value = answer_value(operation, judge, edition, day)
        return [Write(VISIT, operation.reg or "", tuple(operation.parents), value)]
    route = _ROUTES.get(type(operation))
    if route is None:
        return []
    found = route(operation, author)
    if operation.reg is not None and all(write.key != operation.reg for write in found):
        raise InvalidBodyError("register")
    return found


def answer_value(operation: ops.AnswerSet, judge: Judge | None, edition: str, day: str) -> bytes:
    """The canonical value of an answer, with the server's outcome beside it where that differs."""
    body = operation.body
    item, _ = answer_key(operation.reg)
    if body.outcome in ("unseen", "na") and not body.reason:
        raise InvalidBodyError("reason_required")
    if body.undone and (body.outcome != "unseen" or body.value is not None or body.settings):
        raise InvalidBodyError("undone_says_nothing")
    value = _encode(body)
    if judge is not None:
        judged = judge(edition, day, item, body)
        if judged is not None and judged != body.outcome:
            value = value[:-1] + b',"judged":' + _encode(judged) + b"}"
    return value


def _check_day(day: str | None) -> None:
    """A day of the calendar, with room around it for the week, month and deadlines that follow from it."""
    try:
        inside = day is None or 1900 <= date.fromisoformat(day).year < date.max.year
    except ValueError as error:
        raise InvalidBodyError("day") from error
    if not inside:
        raise InvalidBodyError("day")


def _identity(operation: ops.VisitOpen | ops.VisitJoin, author: Author) -> list[Write]:
    body = operation.body
    _check_day(body.date)
    facts = {"edition": body.edition, "by": operation.kind}
    if body.role:
        facts["role"] = body.role
    return [Write(VISIT, f"join/{author.participant}", (), _encode(facts))]


def _status(status: str) -> Route:
    def route(operation: Ending, _: Author) -> list[Write]:
        value = _encode({"status": status} | msgspec.to_builtins(operation.body))
        return [Write(VISIT, "visit/status", tuple(operation.parents), value)]

    return route


def _done(operation: ops.VisitDone, author: Author) -> list[Write]:
    key = f"done/{author.participant}"
    return [Write(VISIT, key, tuple(operation.parents), _encode(operation.body))]


def _sign(operation: ops.VisitSign, author: Author) -> list[Write]:
    body = operation.body
    if body.refused and not body.reason:
        raise InvalidBodyError("reason_required")
    who = (body.person or author.person) if body.role == "member" else "-"
    return [Write(VISIT, f"sign/{body.role}/{who}", tuple(operation.parents), _encode(body))]


def _claim(operation: ops.ItemClaim, _: Author) -> list[Write]:
    key = f"claim/{operation.body.person}"
    return [Write(VISIT, key, tuple(operation.parents), _encode(operation.body.items))]


def _mark(operation: ops.PlaceMark, _: Author) -> list[Write]:
    return [Write(VISIT, f"mark/{operation.uid}", (), _encode(operation.body))]


def _place(operation: ops.PlaceAdd, _: Author) -> list[Write]:
    key = f"place/{operation.body.place}"
    return [Write(VISIT, key, tuple(operation.parents), _encode(operation.body))]


def _note(operation: ops.NoteAdd, _: Author) -> list[Write]:
    key, finding = f"note/{operation.body.note}", _finding_of(operation.body.of)
    write = Write(finding, key, tuple(operation.parents), _encode(operation.body))
    return [write, *_touch(operation, finding)] if finding else [write]


def _photo(operation: ops.PhotoAdd | ops.PhotoRetract, _: Author) -> list[Write]:
    """A finding's photo stands on both sheets: the visit counts it, the finding keeps it (PH-2)."""
    body = operation.body
    value = _encode({"gone": body.reason} if isinstance(body, bodies.PhotoRetraction) else body)
    key, parents = f"photo/{body.photo}", tuple(operation.parents)
    finding = _finding_of(body.of)
    found = [Write(finding, key, parents, value)] if finding else []
    if operation.visit is not None or not finding:
        found.append(Write(VISIT, key, parents, value))
    return found


def _finding_of(of: str) -> str:
    kind, _, name = of.partition("/")
    if kind == "finding" and len(name) != 22:
        raise InvalidBodyError("finding")
    return name if kind == "finding" else VISIT


def _touch(operation: ops.Operation, finding: str) -> list[Write]:
    """The visit's sheet lists which operations touched which finding, for counting (VS-5)."""
    if operation.visit is None:
        return []
    return [Write(VISIT, f"finding/{finding}", (), b"", listing=True)]


def _finding_edit(operation: ops.FindingSet, _: Author) -> list[Write]:
    body = operation.body
    if not set(body.seen) <= _FIELDS:
        raise InvalidBodyError("field")
    _check_day(body.set.deadline)
    found = [
        Write(body.finding, field, tuple(body.seen.get(field, ())), _encode(value))
        for field in body.set.__struct_fields__
        if (value := getattr(body.set, field)) is not None
    ]
    live = Write(body.finding, "state", tuple(body.seen.get("state", ())), b'"live"')
    return [*found, live, *_touch(operation, body.finding)]


def _finding_retraction(operation: ops.FindingRetract, _: Author) -> list[Write]:
    body = operation.body
    value = _encode({"retracted": body.reason})
    found = Write(body.finding, "state", tuple(operation.parents), value)
    return [found, *_touch(operation, body.finding)]


def _recheck(operation: ops.FindingRecheck, _: Author) -> list[Write]:
    body = operation.body
    _check_day(body.deadline)
    facts = {"step": "recheck", "result": body.result, "note": body.note, "deadline": body.deadline}
    value = _encode({k: v for k, v in facts.items() if v is not None})
    found = Write(body.finding, "status", tuple(operation.parents), value)
    return [found, *_touch(operation, body.finding)]


def _step(operation: ops.FindingStep, _: Author) -> list[Write]:
    body = operation.body
    facts: dict[str, object] = {"step": body.step, "data": body.data}
    if body.stands is not None:
        facts["stands"] = body.stands
    value = _encode(facts)
    return [Write(body.finding, "status", tuple(operation.parents), value)]


_FIELDS = {"state", *msgspec.structs.asdict(bodies.FindingFields())}
_ROUTES: dict[type, Route] = {
    ops.VisitOpen: _identity,
    ops.VisitJoin: _identity,
    ops.VisitDone: _done,
    ops.VisitSign: _sign,
    ops.VisitSubmit: _status("submitted"),
    ops.VisitApprove: _status("approved"),
    ops.VisitSeal: _status("sealed"),
    ops.VisitReopen: _status("open"),
    ops.VisitVoid: _status("void"),
    ops.ItemClaim: _claim,
    ops.PlaceMark: _mark,
    ops.PlaceAdd: _place,
    ops.NoteAdd: _note,
    ops.PhotoAdd: _photo,
    ops.PhotoRetract: _photo,
    ops.FindingSet: _finding_edit,
    ops.FindingRetract: _finding_retraction,
    ops.FindingRecheck: _recheck,
    ops.FindingStep: _step,
}
