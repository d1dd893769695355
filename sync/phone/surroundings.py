"""What a phone is given from outside: clock, randomness, keys, storage. No defaults that cheat."""

from collections.abc import Callable
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric import ec

from sync import chain
from sync.phone.state import PhoneState, from_snapshot, snapshot


class Clock(Protocol):
    """The phone's readings; either may be wrong or jump, nothing depends on them."""

    def read(self) -> tuple[int, int, str]:
        """(wall ms since the epoch, monotonic ms, clock session)."""


Randomness = Callable[[int], bytes]


class Keys(Protocol):
    """Private keys that never leave: a restore may or may not bring them back."""

    def create(self, name: str) -> str:
        """Make an ES256 key under `name`; its public key (base64url SubjectPublicKeyInfo)."""

    def sign(self, name: str, data: bytes) -> str | None:
        """The signature in base64url, or None if there is no such key any more."""


class Storage(Protocol):
    """Durable and atomic: after `save` returned, the state is there; before, the old one is."""

    def load(self) -> PhoneState | None:
        """The last saved state."""

    def save(self, state: PhoneState) -> None:
        """Keep a state; raises when there is no room, and then the old one stands."""


class MemoryStorage:
    """Storage that keeps bytes; `data` can be copied, kept and put back to play a restore."""

    def __init__(self, data: bytes | None = None) -> None:
        self.data = data

    def load(self) -> PhoneState | None:
        """The last saved state."""
        return None if self.data is None else from_snapshot(self.data)

    def save(self, state: PhoneState) -> None:
        """Keep a state."""
        self.data = snapshot(state)


class SoftwareKeys:
    """P-256 keys in memory, made from the given randomness, signing as RFC 6979 says."""

    def __init__(self, randomness: Randomness) -> None:
        self._randomness = randomness
        self._keys: dict[str, ec.EllipticCurvePrivateKey] = {}

    def create(self, name: str) -> str:
        """Make a key under `name`."""
        number = int.from_bytes(self._randomness(32), "big") % (2**255) + 1
        private = ec.derive_private_key(number, ec.SECP256R1())
        self._keys[name] = private
        return chain.public_key(private)

    def sign(self, name: str, data: bytes) -> str | None:
        """Sign, the same bytes always with the same signature."""
        private = self._keys.get(name)
        return None if private is None else chain.sign(private, data)

    def forget(self, name: str) -> None:
        """Lose a key, as a restored phone may."""
        self._keys.pop(name, None)
