"""What a phone pulls: cursors, pages, scope changes, resets (SPEC, part FD).

Rows are post-images, applied in seq order. Reading the rows themselves is the caller's: this says
which to read and how to put them on the wire.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import msgspec
from msgspec import Raw

from sync.registers import Register
from sync.sheets import Sheet
from sync.wire import Cursor, Page, Row

_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class StreamHead:
    """Where a stream ends, and below which seq it can no longer be continued."""

    seq: int
    floor: int = 0


@dataclass(frozen=True, slots=True)
class Pull:
    """What to read for a phone: `after[stream]` for each stream in scope that has more."""

    after: Mapping[str, int]
    marks: Mapping[str, int]
    added: tuple[str, ...]
    dropped: tuple[str, ...]
    resets: tuple[str, ...]


def pull(
    cursor: Cursor,
    epoch: str,
    scope: Mapping[str, StreamHead],
    digests: Mapping[str, str] | None = None,
    claimed: Mapping[str, str] | None = None,
) -> Pull:
    """Compare a phone's cursor with its scope (FD-3 to FD-5, SC-1).

    `digests`: the server's digest by stream at its head, for streams whose phone `claimed` one.
    """
    held = cursor.streams
    resets = {name for name in held if name in scope and not _fits(held[name], scope[name])}
    for name, digest in (digests or {}).items():
        if held.get(name) == scope[name].seq and (claimed or {}).get(name) != digest:
            resets.add(name)
    if cursor.epoch != epoch:
        resets = set(held).intersection(scope)
    after = {n: 0 if n in resets else held.get(n, 0) for n in sorted(scope)}
    return Pull(
        after={n: seq for n, seq in after.items() if seq < scope[n].seq},
        marks={n: head.seq for n, head in scope.items()},
        added=tuple(n for n in sorted(scope) if n not in held),
        dropped=tuple(n for n in sorted(held) if n not in scope),
        resets=tuple(sorted(resets)),
    )


def _fits(seq: int, head: StreamHead) -> bool:
    return head.floor <= seq <= head.seq


def heads_json(register: Register) -> bytes:
    """A register's heads on the wire: [[uid, person, device, wall ms, value], …]."""
    return _encode(
        [[h.uid, h.stamp.person, h.stamp.device, h.stamp.wall, Raw(h.value or b"null")] for h in register.heads()]
    )


def visit_rows(sheet: Sheet, after: int, own: Collection[str] = ()) -> list[Row]:
    """The registers of a visit that changed beyond `after`, in seq order.

    `own`: uids of the request being answered; rows made of nothing else go without data (FD-6).
    """
    changed = [(r.seq, key, r) for key, r in sheet.registers.items() if r.seq > after]
    changed.sort(key=lambda item: item[0])
    return [
        Row(seq, key, Raw(b"null" if _is_own(register, own) else heads_json(register)))
        for seq, key, register in changed
    ]


def finding_row(finding: str, sheet: Sheet, own: Collection[str] = ()) -> Row:
    """A finding as one row of its mine's stream: {field: heads}."""
    seq = max(register.seq for register in sheet.registers.values())
    key = f"finding/{finding}"
    if all(_is_own(register, own) for register in sheet.registers.values()):
        return Row(seq, key)
    fields = {name: Raw(heads_json(register)) for name, register in sheet.registers.items()}
    return Row(seq, key, Raw(_encode(fields)))


def _is_own(register: Register, own: Collection[str]) -> bool:
    """True if the phone can build the row itself: only its operations, and no outcome of ours."""
    entries = register.entries
    if len(entries) == 1:
        ((uid, entry),) = entries.items()
        return uid in own and b'"judged":' not in entry.value
    return all(uid in own and b'"judged":' not in entry.value for uid, entry in entries.items())


def page(stream: str, after: int, head: int, rows: list[Row], limit: int) -> tuple[Page, bool]:
    """(page, more): at most `limit` rows that continue `after`; a whole page moves to the head."""
    if len(rows) <= limit:
        return Page(stream, after, head, rows), False
    return Page(stream, after, rows[limit - 1].seq, rows[:limit]), True


def digest(rows: Iterable[tuple[str, int, Iterable[str]]]) -> str:
    """A stream's content in 32 hex characters (FD-8): (key, seq, uids of the heads) of every row."""
    lines = sorted(f"{key} {seq} {','.join(sorted(uids))}" for key, seq, uids in rows)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


def visit_digest(sheet: Sheet) -> str:
    """The digest of a visit's stream, as a phone computes it from its rows."""
    return digest((k, r.seq, [h.uid for h in r.heads()]) for k, r in sheet.registers.items())
