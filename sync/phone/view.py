"""What the phone shows: the server's rows with the own operations over them that are not in the
rows yet (SPEC, part PN). Nothing here changes anything.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from sync.feed import digest
from sync.operations import WITHHELD
from sync.phone.desk import Desk
from sync.phone.state import ChainState, Head, Held, Placed, PulledRow
from sync.registers import GRAVITY, outcome, said


@dataclass(frozen=True, slots=True)
class Shown:
    """A register on the screen. `counted`: the outcome of an answer that counts meanwhile."""

    heads: tuple[Head, ...]
    disputed: bool
    counted: str | None

    @property
    def uids(self) -> list[str]:
        """What an edit made on this screen names as parents."""
        return [head.uid for head in self.heads]


def held_operations(desk: Desk) -> Iterator[tuple[ChainState, Held]]:
    """Every own operation still held."""
    for chain in desk.state.chains:
        for held in chain.log:
            yield chain, held


def seen_back(desk: Desk, chain: ChainState, held: Held) -> bool:
    """True once the pulled rows hold what this operation did (FD-7)."""
    if held.seq > chain.acked:
        return False
    marks = desk.state.seen_at.get(held.uid)
    if marks is None:
        return False
    return all(desk.state.cursor.get(stream, -1) >= seq for stream, seq in marks.items())


def pending(desk: Desk) -> Iterator[tuple[ChainState, Held]]:
    """Own operations that the rows do not show yet and that the county did not set aside."""
    for chain, held in held_operations(desk):
        verdict = desk.state.verdicts.get(held.uid)
        if verdict not in WITHHELD and not seen_back(desk, chain, held):
            yield chain, held


def set_aside(desk: Desk) -> list[tuple[str, str]]:
    """Own operations that the county keeps without effect: (uid, verdict)."""
    verdicts = desk.state.verdicts
    return [(held.uid, verdicts[held.uid]) for _, held in held_operations(desk) if verdicts.get(held.uid) in WITHHELD]


def shown(desk: Desk, stream: str, key: str, field: str = "") -> Shown:
    """overlay(rows, own operations not yet seen back) of one register (PN-3)."""
    row = desk.state.rows.get(stream, {}).get(key)
    heads = {head.uid: head for head in (row.fields.get(field, []) if row else [])}
    named: set[str] = set()
    for chain, held in pending(desk):
        for placed in desk.writes_of(chain, held):
            if (placed.stream, placed.key, placed.field) == (stream, key, field):
                heads[held.uid] = head_of(desk, chain, held, placed)
                named.update(p for p in placed.parents if p != held.uid)
    standing = [head for uid, head in heads.items() if uid not in named]
    return _shown(sorted(standing or heads.values(), key=lambda head: head.uid), key)


def head_of(desk: Desk, chain: ChainState, held: Held, placed: Placed) -> Head:
    """An own operation's value as a head."""
    wall = desk.stamp_of(held)
    return Head(held.uid, chain.person, desk.state.device, wall, placed.value)


def _shown(heads: list[Head], key: str) -> Shown:
    disputed = len({said(head.value.encode()) for head in heads}) > 1
    counts = None
    if heads and key.startswith("answer/"):
        counts = max((outcome(h.value.encode()) for h in heads), key=GRAVITY.__getitem__)
    return Shown(tuple(heads), disputed, counts)


def keys_shown(desk: Desk, stream: str) -> list[str]:
    """Every row key of a stream that has something to show, sorted."""
    keys = set(desk.state.rows.get(stream, {}))
    for chain, held in pending(desk):
        keys.update(p.key for p in desk.writes_of(chain, held) if p.stream == stream)
    return sorted(keys)


def fields_shown(desk: Desk, stream: str, key: str) -> dict[str, Shown]:
    """All fields of a row, a finding's for one."""
    row = desk.state.rows.get(stream, {}).get(key)
    names = set(row.fields if row else ())
    for chain, held in pending(desk):
        names |= {p.field for p in desk.writes_of(chain, held) if (p.stream, p.key) == (stream, key)}
    return {name: shown(desk, stream, key, name) for name in sorted(names)}


def stream_digest(rows: dict[str, PulledRow]) -> str:
    """The digest of a pulled stream (FD-8)."""
    return digest(
        (key, row.seq, [head.uid for heads in row.fields.values() for head in heads]) for key, row in rows.items()
    )
