"""The server's own signing key: receipts, and the keys of office chains derived from it.

Made once in the data directory (0600), or handed in as a file by configuration. Never logged,
never sent, never stored in the database: whoever has only a copy of the database can sign
nothing.
"""

import base64
import contextlib
import hashlib
import os
import secrets
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import Flask, current_app

from server.config import Config

#: Order of the P-256 group (FIPS 186-5): private keys are 1 … order - 1.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


class KeyUnusable(Exception):
    """The key file is not a P-256 private key, or others may read it."""


@dataclass(frozen=True, repr=False)
class ServerKey:
    """A P-256 key pair. Signatures are deterministic (RFC 6979), so the same receipt can be
    signed again alike.
    """

    private: ec.EllipticCurvePrivateKey

    @cached_property
    def spki(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    @property
    def public(self) -> str:
        """The public key as SPKI in base64url without padding."""
        return _base64url(self.spki)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the public key's SPKI, base64url: what an enrolment code carries."""
        return _base64url(hashlib.sha256(self.spki).digest())

    def sign(self, message: bytes) -> str:
        """ECDSA over SHA-256 of the message, as Web Crypto writes it (r and s, 64 bytes), in
        base64url.
        """
        der = self.private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        r, s = decode_dss_signature(der)
        return _base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))

    def derived(self, purpose: str) -> "ServerKey":
        """Another key that only this one can make, the same every time: nothing of it needs to be stored."""
        scalar = int.from_bytes(_expand(self.private, f"key {purpose}", 48), "big") % (_ORDER - 1) + 1
        return ServerKey(ec.derive_private_key(scalar, ec.SECP256R1()))

    def secret(self, purpose: str) -> bytes:
        """32 bytes that only this key can make, the same every time."""
        return _expand(self.private, f"secret {purpose}", 32)


@lru_cache(maxsize=64)
def _expand(private: ec.EllipticCurvePrivateKey, purpose: str, length: int) -> bytes:
    secret = private.private_numbers().private_value.to_bytes(32, "big")
    return HKDF(hashes.SHA256(), length, b"qianshao derived 1", purpose.encode()).derive(secret)


def install(app: Flask, config: Config) -> None:
    """Say where `app` has its key; it is read, or made, when it is first needed."""
    app.extensions["qianshao_key_file"] = config.keys_dir / "server.pem"


def current_key() -> ServerKey:
    """The key of the application that is at work. Raises KeyUnusable."""
    extensions = current_app.extensions
    if "qianshao_key" not in extensions:
        extensions["qianshao_key"] = load_or_create(extensions["qianshao_key_file"])
    key: ServerKey = extensions["qianshao_key"]
    return key


def load_or_create(path: Path) -> ServerKey:
    """The key in `path`, made now if there is none. Raises KeyUnusable."""
    with contextlib.suppress(FileExistsError):
        if not path.exists():
            _create(path)
    return load(path)


def load(path: Path) -> ServerKey:
    """The key in `path` (PEM, PKCS #8). Raises KeyUnusable, FileNotFoundError."""
    if path.stat().st_mode & 0o077:
        raise KeyUnusable(f"{path}: others may read the server's key; chmod 600 it")
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise KeyUnusable(f"{path}: not a private key in PEM") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.curve.name != "secp256r1":
        raise KeyUnusable(f"{path}: not a P-256 key")
    return ServerKey(private)


def _create(path: Path) -> None:
    """Write a whole key, then link it into place: of two processes that start together, one key
    wins.
    """
    content = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    # A name of its own for each attempt: two threads of one process may start together too.
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        path.hardlink_to(draft)
    finally:
        draft.unlink()
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
