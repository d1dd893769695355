"""Signatures for simulated runs: the real suite, or a cheap stand-in under the same name.

The stand-in is a keyed hash that anybody could forge; forging is not what it is there to prevent.
"""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric import ec
from msgspec.structs import replace

from sync import chain, receipts, wire
from sync.phone.surroundings import Randomness, SoftwareKeys

SUITE = "ES256"
_PRIVATE = ec.derive_private_key(4242, ec.SECP256R1())


def _cheap(key: str, data: bytes) -> str:
    return chain.b64(hashlib.blake2b(data, key=key[:64].encode(), digest_size=32).digest())


_CHEAP = chain.Suite(chain.hash_of, lambda key, data, signature: signature == _cheap(key, data))


@contextmanager
def suite(*, real: bool) -> Iterator[None]:
    """Let `ES256` be the stand-in for a while, unless `real`."""
    before = chain.SUITES[SUITE]
    if not real:
        chain.SUITES[SUITE] = _CHEAP
    try:
        yield
    finally:
        chain.SUITES[SUITE] = before


class CheapKeys:
    """Keys for the stand-in; `forget` plays a restore that does not bring them back."""

    def __init__(self, randomness: Randomness) -> None:
        self._randomness = randomness
        self._names: dict[str, str] = {}

    def create(self, name: str) -> str:
        """Make a key under `name`."""
        return self._names.setdefault(name, chain.b64(self._randomness(48)))

    def sign(self, name: str, data: bytes) -> str | None:
        """The stand-in's signature, None without the key."""
        public = self._names.get(name)
        return None if public is None else _cheap(public, data)


def new_keys(randomness: Randomness, *, real: bool) -> CheapKeys | SoftwareKeys:
    """A phone's keys."""
    return SoftwareKeys(randomness) if real else CheapKeys(randomness)


@dataclass(frozen=True, slots=True)
class CountyKey:
    """The county's own key: its public half, the name phones know it by, and how it signs."""

    public: str
    name: str
    sign: Callable[[bytes], str]

    def seal(self, answer: wire.Answer, receipt: str) -> wire.Answer:
        """The answer with its receipt, as `receipts.seal` makes it."""
        signature = self.sign(receipts.statement(answer, receipt))
        return replace(answer, receipt=wire.Receipt(receipt, self.name, SUITE, signature))


def county_key(*, real: bool) -> CountyKey:
    """The same key in every run."""
    if real:
        public = chain.public_key(_PRIVATE)
        return CountyKey(public, chain.fingerprint_of(public), lambda data: chain.sign(_PRIVATE, data))
    public = chain.b64(b"the county" * 5)
    return CountyKey(public, chain.fingerprint_of(public), lambda data: _cheap(public, data))
