"""Random ids and secrets. Of a secret only the hash is ever stored, so a copy of the database opens nothing."""

import base64
import hashlib
import secrets
from typing import NamedTuple

ID_BYTES = 16
SECRET_BYTES = 32


class Secret(NamedTuple):
    """A new secret: `token` is shown once, `hash` is stored."""

    token: str
    hash: str


def new_id() -> str:
    """128 random bits, base64url without padding: 22 characters."""
    return secrets.token_urlsafe(ID_BYTES)


def new_secret() -> Secret:
    """256 random bits, and their hash."""
    token = secrets.token_urlsafe(SECRET_BYTES)
    return Secret(token, hash_of(token))


def hash_of(token: str) -> str:
    """SHA-256 of a token, lower-case hex. Tokens are random, so no salt and no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def derived(token: str, purpose: str) -> str:
    """A second secret that whoever holds the token can be shown, and that does not give the token away."""
    mixed = hashlib.sha256(f"{purpose}|{token}".encode()).digest()
    return base64.urlsafe_b64encode(mixed).rstrip(b"=").decode()


def derived_id(text: str) -> str:
    """An id that follows from `text`: 128 bits of its hash, in the shape of every other id."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:ID_BYTES]).rstrip(b"=").decode()
