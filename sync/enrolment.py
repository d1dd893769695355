"""Enrolment of a phone and renewal of its tokens: what both sides sign and compute alike (SPEC,
part EN).

Only bytes, digits and shapes are here. Who may enrol whom, and what is stored, is the server's.
"""

import base64
import hashlib
from typing import Annotated

from msgspec import Meta, Struct

CHECK_DIGITS = 6
PublicKey = Annotated[str, Meta(min_length=80, max_length=400, pattern=r"^[A-Za-z0-9_-]+$")]
Signature = Annotated[str, Meta(min_length=80, max_length=200, pattern=r"^[A-Za-z0-9_-]+$")]
Secret = Annotated[str, Meta(min_length=16, max_length=100, pattern=r"^[A-Za-z0-9_.-]+$")]


class Enrolment(Struct, frozen=True, omit_defaults=True):
    """POST /api/v1/enrolment: a code from a QR picture, this phone's own key, and proof that it
    holds it.

    `key` is the base64url SubjectPublicKeyInfo (DER); `proof` signs `enrolment_statement`.
    """

    code: Secret
    alg: Annotated[str, Meta(max_length=40)]
    key: PublicKey
    proof: Signature
    label: Annotated[str, Meta(max_length=60)] = ""
    app: Annotated[str, Meta(max_length=60)] = ""


class Tokens(Struct, frozen=True):
    """Opaque bearer tokens; seconds until they expire, so that a wrong clock does not matter."""

    access: str
    access_seconds: int
    refresh: str
    refresh_seconds: int


class Enrolled(Struct, frozen=True):
    """The answer: `signature` is the server's over `enrolled_statement`, by the key whose
    fingerprint the code carried.

    `nonce` and the phone's key give the six digits that the leader types.
    """

    device: str
    team: str
    county: str
    nonce: str
    epoch: str
    server_alg: str
    server_key: str
    tokens: Tokens
    signature: str


class Renewal(Struct, frozen=True, omit_defaults=True):
    """POST /api/v1/enrolment/tokens: `secret` is the refresh token, or a challenge where the
    refresh token is of no use any more; `proof` signs `renewal_statement` with the device's key.
    """

    device: Annotated[str, Meta(min_length=22, max_length=22)]
    secret: Secret
    proof: Signature


def device_id(key: str) -> str:
    """The id of the phone that holds `key` (EN-3): 128 bits of the hash of its SPKI. Both sides
    know it from the start, so a lost answer loses nothing. Raises ValueError where `key` is not
    base64url.
    """
    return _base64url(hashlib.sha256(_bytes(key)).digest()[:16])


def check_code(nonce: str, key: str) -> str:
    """Six digits that bind the answer to this phone (EN-5). The nonce is the server's and comes
    after the key, so no key can be searched for that shows wanted digits.
    """
    digest = hashlib.sha256(f"qianshao check 1\n{nonce}\n{key}".encode()).digest()
    return str(int.from_bytes(digest[:8], "big") % 10**CHECK_DIGITS).zfill(CHECK_DIGITS)


def enrolment_statement(code: str, key: str) -> bytes:
    """What the phone signs to enrol (EN-2)."""
    return f"qianshao enrol 1\n{code}\n{key}".encode()


def enrolled_statement(key: str, answer: Enrolled) -> bytes:
    """What the server signs in its answer (EN-4)."""
    return f"qianshao enrolled 1\n{answer.device}\n{answer.nonce}\n{answer.epoch}\n{key}".encode()


def renewal_statement(device: str, secret: str) -> bytes:
    """What the phone signs to renew its tokens (EN-7)."""
    return f"qianshao renew 1\n{device}\n{secret}".encode()


def enrolment_fragment(code: str, fingerprint: str) -> str:
    """The part of the QR picture's address behind `#`, which browsers never send (EN-1)."""
    return f"1.{fingerprint}.{code}"


def read_fragment(fragment: str) -> tuple[str, str]:
    """(code, fingerprint of the server's key) of such a fragment. Raises ValueError."""
    version, fingerprint, code = fragment.split(".")
    if version != "1" or len(fingerprint) != 43 or len(code) != 22:
        raise ValueError("not an enrolment code of this version")
    return code, fingerprint


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
