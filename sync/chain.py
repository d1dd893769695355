"""Hash chains and signatures over exact bytes, with the algorithm named (SPEC, part CH).

`ES256` is SHA-256 with ECDSA on P-256, signatures as r||s as Web Crypto makes them. Another suite
(SM3 with SM2) is one more entry in `SUITES`; chains never change theirs.
"""

import hashlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import b2a_base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

_sha256 = hashlib.sha256
_URLSAFE = bytes.maketrans(b"+/", b"-_")


def b64(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """Undo `b64`; raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def hash_of(data: bytes) -> str:
    """The ES256 hash of an operation: 43 characters of base64url (CH-1)."""
    return b2a_base64(_sha256(data).digest(), newline=False)[:43].translate(_URLSAFE).decode()


def hashes_of(run: Sequence[bytes]) -> tuple[str, ...]:
    """The hashes of a run of operations."""
    return tuple([hash_of(data) for data in run])


@dataclass(frozen=True, slots=True)
class Suite:
    """A named pair of hash and signature. `verify(key, data, signature)` never raises."""

    hash_of: Callable[[bytes], str]
    verify: Callable[[str, bytes, str], bool]


def verify(alg: str, key: str, data: bytes, signature: str) -> bool:
    """True if `signature` (base64url) is `key`'s over the exact bytes; an unknown suite is False."""
    suite = SUITES.get(alg)
    return suite is not None and suite.verify(key, data, signature)


def _verify_es256(key: str, data: bytes, signature: str) -> bool:
    try:
        raw = unb64(signature)
        if len(raw) != 64:
            return False
        numbers = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        _public(key).verify(encode_dss_signature(*numbers), data, ec.ECDSA(hashes.SHA256()))
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


@lru_cache(maxsize=16384)
def _public(key: str) -> ec.EllipticCurvePublicKey:
    public = load_der_public_key(unb64(key))
    if not isinstance(public, ec.EllipticCurvePublicKey) or public.curve.name != "secp256r1":
        raise ValueError("not a P-256 key")
    return public


_DETERMINISTIC = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)


def sign(private: ec.EllipticCurvePrivateKey, data: bytes) -> str:
    """An ES256 signature as r||s in base64url, the same for the same bytes (RFC 6979)."""
    r, s = decode_dss_signature(private.sign(data, _DETERMINISTIC))
    return b64(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def public_key(private: ec.EllipticCurvePrivateKey) -> str:
    """The base64url SubjectPublicKeyInfo of a private key, as chain.open carries it."""
    form = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64(form)


def fingerprint_of(key: str) -> str:
    """SHA-256 of a public key's DER, base64url: the name under which a server key is known."""
    return b64(_sha256(unb64(key)).digest())


SUITES: dict[str, Suite] = {"ES256": Suite(hash_of, _verify_es256)}
