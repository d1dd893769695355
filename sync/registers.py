"""Multi-value registers: which values stand, computed from the set of entries (SPEC, part RG).

Nothing is ever removed from a register, and no clock or arrival order is looked at.
"""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec
from msgspec import Struct

GRAVITY: Final = {"fail": 3, "unseen": 2, "pass": 1, "na": 0}


class Stamp(Struct, frozen=True, gc=False):
    """Which operation wrote an entry: its uid, place on its chain, author, and the phone's wall ms."""

    uid: str
    chain: str
    seq: int
    person: str
    device: str
    wall: int


class Entry(Struct, frozen=True, gc=False):
    """One value in a register. `value` is canonical JSON, so equal values are equal bytes."""

    stamp: Stamp
    parents: tuple[str, ...]
    value: bytes

    @property
    def uid(self) -> str:
        """The operation's identity."""
        return self.stamp.uid


class Register(Struct):
    """The entries of one register by uid, and its row's seq on the feed (0: not emitted yet)."""

    entries: dict[str, Entry]
    seq: int = 0

    def heads(self) -> list[Entry]:
        """Entries that no other entry names as parent, by uid (RG-2); all of them if none is left (RG-9)."""
        if len(self.entries) == 1:
            return list(self.entries.values())
        named = {p for e in self.entries.values() for p in e.parents if p != e.stamp.uid}
        heads = [entry for uid, entry in self.entries.items() if uid not in named]
        return sorted(heads or self.entries.values(), key=lambda entry: entry.stamp.uid)

    def add(self, entry: Entry) -> bool:
        """Put an entry into the set; True if a value was added (RG-1).

        The same operation re-homed on another chain keeps the smaller (chain, seq), whichever
        came first, so that the set does not depend on the order (RG-7).
        """
        old = self.entries.get(entry.stamp.uid)
        if old is None:
            self.entries[entry.stamp.uid] = entry
            return True
        if (entry.stamp.chain, entry.stamp.seq) < (old.stamp.chain, old.stamp.seq):
            self.entries[entry.stamp.uid] = entry
        return False


def contradicts(old: Entry, new: Entry) -> bool:
    """True if two operations with one uid say different things (RG-8)."""
    return (old.parents, old.value, old.stamp.person) != (
        new.parents,
        new.value,
        new.stamp.person,
    )


def relation(register: Register, entry: Entry) -> str:
    """applied | same | concurrent: what `entry`, now in `register`, did to it (RG-3 to RG-5)."""
    if len(register.entries) == 1:
        return "applied"
    heads = register.heads()
    if len(heads) == 1 or all(head.uid != entry.uid for head in heads):
        return "applied"
    return "same" if agree(heads) else "concurrent"


def agree(heads: Iterable[Entry]) -> bool:
    """True if all values say the same, notes and reasons apart (RG-4)."""
    return len({said(head.value) for head in heads}) <= 1


@lru_cache(maxsize=8192)
def said(value: bytes) -> bytes:
    """A value without what is commentary: the note and the reason of an answer."""
    if not value.startswith(b'{"outcome":'):
        return value
    content = msgspec.json.decode(value)
    return msgspec.json.encode({k: v for k, v in content.items() if k not in ("note", "reason")})


@lru_cache(maxsize=8192)
def outcome(value: bytes) -> str:
    """The counted outcome of one answer: the graver of the phone's and the server's (RG-6)."""
    content = msgspec.json.decode(value)
    said_by: list[str] = [content["outcome"], content.get("judged", content["outcome"])]
    return max(said_by, key=GRAVITY.__getitem__)


def answered(value: bytes) -> bool:
    """False where what the item asks for is missing though the person judged, or where they took it back (RG-10)."""
    return not value.endswith((b',"judged":"unseen"}', b',"undone":true}'))


def counted(heads: Iterable[Entry]) -> str:
    """The outcome that counts while heads differ: fail > unseen > pass > na (RG-6)."""
    return max((outcome(head.value) for head in heads), key=GRAVITY.__getitem__)
