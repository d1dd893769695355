"""What a phone keeps, as plain values that can be copied, stored and restored (SPEC, part PN)."""

import msgspec
from msgspec import Struct


class Held(Struct):
    """An operation as written: its exact bytes, and the signature made when it was saved."""

    seq: int
    uid: str
    hash: str
    data: bytes
    signature: str


class ChainState(Struct):
    """One chain of one person. Operations up to `base` were pruned; `key` names the private key.

    `acked`: stored by the county with our hash; `safe`: also in a second copy there.
    """

    chain: str
    person: str
    alg: str
    key: str
    log: list[Held] = []
    base: int = 0
    base_hash: str = ""
    acked: int = 0
    safe: int = 0
    closed: bool = False

    @property
    def last(self) -> int:
        """The seq of the newest operation."""
        return self.base + len(self.log)

    @property
    def last_hash(self) -> str:
        """Its hash."""
        return self.log[-1].hash if self.log else self.base_hash

    def hash_at(self, seq: int) -> str | None:
        """The hash of operation `seq`, None if this phone no longer or never held it."""
        if seq == self.base:
            return self.base_hash
        return self.log[seq - self.base - 1].hash if self.base < seq <= self.last else None


class Head(Struct, frozen=True):
    """A value that stands in a register, as pulled or as written here. `value` is JSON text."""

    uid: str
    person: str
    device: str
    wall: int
    value: str


class PulledRow(Struct):
    """A row of the server's copy: heads by field ("" for a visit's register), or other JSON."""

    seq: int
    fields: dict[str, list[Head]] = {}
    other: str = ""


class Placed(Struct, frozen=True):
    """Where an own operation writes: stream, row key, field ("" if none), parents, value."""

    stream: str
    key: str
    field: str
    parents: tuple[str, ...]
    value: str


class PhoneState(Struct):
    """Everything a phone stores. Never edited from outside; `snapshot` and `from_snapshot` copy it.

    `device_key`: the phone's own public key; its private half is named `device`. `expects`: the
    fingerprint of the county's key, from the enrolment code.
    `seen_at[uid]`: stream -> seq at which an acknowledged operation is known to be in the rows.
    `verdicts[uid]`: what the county said, other than applied. `mines[visit]`, `findings[id]`: the
    mine of each. `made["<visit> <person>"]`: how many operations of each sort were saved.
    `carried`: bundles of other phones, to be handed in.
    """

    device: str = ""
    device_key: str = ""
    expects: str = ""
    epoch: str = ""
    anchor: str = ""
    named_anchor: str = ""
    server_keys: dict[str, str] = {}
    chains: list[ChainState] = []
    cursor: dict[str, int] = {}
    rows: dict[str, dict[str, PulledRow]] = {}
    seen_at: dict[str, dict[str, int]] = {}
    verdicts: dict[str, str] = {}
    mines: dict[str, str] = {}
    findings: dict[str, str] = {}
    made: dict[str, dict[str, int]] = {}
    wanted: list[str] = []
    dropped: list[str] = []
    carried: list[bytes] = []


def snapshot(state: PhoneState) -> bytes:
    """The whole state as bytes."""
    return msgspec.msgpack.encode(state)


def from_snapshot(data: bytes) -> PhoneState:
    """A state from `snapshot`."""
    return msgspec.msgpack.decode(data, type=PhoneState)
