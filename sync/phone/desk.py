"""What every step of the phone works on: the state in memory and what was handed in."""

from dataclasses import dataclass, field

from sync import operations as ops
from sync.chain import b64
from sync.known import Author
from sync.phone.state import ChainState, Held, PhoneState, Placed
from sync.phone.surroundings import Clock, Keys, Randomness
from sync.routing import VISIT, InvalidBodyError, writes


@dataclass(frozen=True, slots=True)
class InFlight:
    """The one request that may be answered. `upto[chain]`: (first seq, last seq) sent."""

    nonce: str
    sent: dict[str, tuple[int, int]]


@dataclass(slots=True)
class Desk:
    """State and surroundings; `in_flight` and `placed` are not stored, a restart forgets them."""

    state: PhoneState
    clock: Clock
    randomness: Randomness
    keys: Keys
    in_flight: InFlight | None = None
    batch: int = 200
    placed: dict[str, list[Placed]] = field(default_factory=dict)

    def uid(self) -> str:
        """128 fresh random bits; no time is built into an id, the clock may be wrong."""
        return b64(self.randomness(16))

    def author(self, chain: ChainState) -> Author:
        """Who writes a chain here."""
        return Author(chain.person, self.state.device)

    def writes_of(self, chain: ChainState, held: Held) -> list[Placed]:
        """Where an own operation writes, read from its bytes as the server reads them."""
        if held.uid not in self.placed:
            self.placed[held.uid] = self._read(chain, ops.decode(held.data))
        return self.placed[held.uid]

    def stamp_of(self, held: Held) -> int:
        """The wall time in ms at which an own operation was saved."""
        operation = ops.decode(held.data)
        return 0 if isinstance(operation, ops.Opaque) else operation.t[0]

    def _read(self, chain: ChainState, operation: ops.Known | ops.Opaque) -> list[Placed]:
        if isinstance(operation, ops.Opaque):
            return []
        try:
            found = writes(operation, self.author(chain), None, "")
        except InvalidBodyError:
            return []
        placed = []
        for write in found:
            where = self._home(operation, write.sheet, write.key)
            value = write.value.decode() or "null"
            placed.append(Placed(*where, write.parents, value))
        return placed

    def _home(self, operation: ops.Operation, sheet: str, key: str) -> tuple[str, str, str]:
        """(stream, row key, field)."""
        if sheet == VISIT:
            return f"visit:{operation.visit}", key, ""
        mine = self.state.mines.get(operation.visit or "") or self.state.findings.get(sheet, "")
        return f"mine:{mine}", f"finding/{sheet}", key
