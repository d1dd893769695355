"""A phone with what can befall it: power cuts, wrong clocks, old copies, copies that both run, loss."""

import random

import msgspec

from simulation.county import County
from simulation.signing import CheapKeys, new_keys
from sync.enrolment import enrolment_fragment
from sync.phone.pen import CannotWrite
from sync.phone.phone import Phone
from sync.phone.state import PhoneState
from sync.phone.surroundings import Clock, MemoryStorage, SoftwareKeys


class PowerCut(Exception):
    """The phone went dark in the middle of a step."""


class Storage(MemoryStorage):
    """Storage that fails once, `before` or `after` the transaction."""

    def __init__(self, data: bytes | None = None) -> None:
        super().__init__(data)
        self.fault: str | None = None

    def save(self, state: PhoneState) -> None:
        """Keep a state, unless the power goes first."""
        fault, self.fault = self.fault, None
        if fault == "before":
            raise PowerCut
        super().save(state)
        if fault == "after":
            raise PowerCut


class Wrist:
    """A clock that ticks and can be set to anything."""

    def __init__(self) -> None:
        self.wall, self.mono, self.session = 1_767_200_123_456, 5000, "c1"

    def read(self) -> tuple[int, int, str]:
        """Later by a second than before."""
        self.wall += 1000
        self.mono += 1000
        return self.wall, self.mono, self.session

    def jump(self, wall: int) -> None:
        """Set the clock; the monotonic one starts again, as after a reboot."""
        self.wall, self.mono = wall, 0
        self.session = f"c{abs(wall) % 997}"


class Still(Wrist):
    """A clock that nothing sets: the twin that shows that clocks change nothing (TM-1)."""

    def jump(self, wall: int) -> None:
        """Stay as it is."""


class Handset:
    """A phone and its surroundings. `persons` share it, each with a chain of their own."""

    def __init__(self, name: str, seed: str, persons: tuple[str, ...], *, real: bool, clock: Wrist) -> None:
        self.name, self.persons, self.lost = name, persons, False
        self.copy: bytes | None = None
        self._randomness = random.Random(seed)
        self._real = real
        self._clock: Clock = clock
        self.clock = clock
        self.storage = Storage()
        self.keys: CheapKeys | SoftwareKeys = new_keys(self._randomness.randbytes, real=real)
        self.phone: Phone

    def start(self) -> None:
        """(Re)start over the same storage: what was not stored is gone."""
        self.storage.fault = None
        self.phone = Phone(self._clock, self._randomness.randbytes, self.keys, self.storage)

    def install(self, county: County, team: str) -> None:
        """First start, enrolment, and a chain for each person."""
        self.start()
        request = self.phone.begin_enrolment(enrolment_fragment("c" * 22, county.key.name))
        self.phone.finish_enrolment(county.enrol(request, team))
        for person in self.persons:
            self.phone.open_chain(person)
        self.keep_copy()

    @property
    def state(self) -> PhoneState:
        """What is stored."""
        return self.phone.state

    @property
    def device(self) -> str:
        """The phone's id; a clone has its original's."""
        return self.state.device

    def keep_copy(self) -> None:
        """A backup of the phone."""
        self.copy = self.storage.data

    def come_back(self, *, with_keys: bool) -> None:
        """Restore the kept copy; without its keys it can sign nothing on its old chains."""
        self.storage = Storage(self.copy)
        if not with_keys:
            self.keys = new_keys(self._randomness.randbytes, real=self._real)
        self.start()

    def clone(self, name: str, seed: str) -> "Handset":
        """A second phone with the same content and the same keys; both run."""
        other = Handset(name, seed, self.persons, real=self._real, clock=type(self.clock)())
        other.storage, other.keys = Storage(self.storage.data), self.keys
        other.start()
        other.keep_copy()
        return other

    def request(self) -> bytes:
        """The next exchange; the plain bytes where the run is about speed."""
        return self.phone.request_bytes() if self._real else msgspec.json.encode(self.phone.request())

    def receive(self, body: bytes) -> bool:
        """Take an answer in; if a key is missing for it, the person opens a new chain first."""
        try:
            return self.phone.receive(body)
        except CannotWrite:
            self.renew_chains()
            return False

    def renew_chains(self) -> None:
        """Keys are gone: everybody begins anew; no further trouble meanwhile."""
        self.storage.fault = None
        for person in self.persons:
            self.phone.open_chain(person)

    def unsent(self) -> int:
        """How many operations the county has not acknowledged."""
        return sum(chain.last - max(chain.acked, chain.base) for chain in self.state.chains)

    def waiting(self) -> set[str]:
        """The uids of everything this phone would still offer."""
        return {
            held.uid
            for chain in self.state.chains
            for held in chain.log[max(chain.acked, chain.base) - chain.base :]
        }  # fmt: skip

    def held(self) -> set[str]:
        """The uids of every operation on this phone."""
        return {held.uid for chain in self.state.chains for held in chain.log}
