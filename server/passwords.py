"""Passwords: hashed with argon2id, checked in the same time whether or not the person exists.

Never called inside a write transaction: one hash takes some 25 ms and 19 MiB.
"""

import threading
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import Flask, current_app

from patrol.errors import Invalid

SHORTEST = 12
LONGEST = 128
#: OWASP's minimum for argon2id.
MEMORY_KIB = 19 * 1024
PASSES = 2
#: Hashes at one time in a process: a flood of sign-ins must not eat memory and both cores.
AT_ONCE = 2
#: What is tried first of all, beside the name and login themselves.
_COMMON = ("password", "123456789", "qwertyuiop", "qianshao", "meikuang", "1q2w3e4r", "admin")


class PasswordTooWeak(Invalid):
    """Too short, one repeated character, or built on what is tried first."""

    code = "password_too_weak"


@dataclass
class Passwords:
    """Hashes and checks with one set of parameters."""

    hasher: PasswordHasher = field(default_factory=lambda: PasswordHasher(PASSES, MEMORY_KIB, parallelism=1))

    def __post_init__(self) -> None:
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        # Whoever does not exist is checked against this: as slow as a real one, and never right.
        self._nobody = self.hasher.hash("nobody's password")

    def hash(self, password: str) -> str:
        """The argon2id hash in PHC form."""
        with self._turns:
            return self.hasher.hash(password)

    def fits(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; without a stored one it takes as long and is False."""
        with self._turns:
            try:
                self.hasher.verify(stored or self._nobody, password)
            except (VerificationError, InvalidHashError):
                return False
        return stored is not None


def install(app: Flask, hasher: PasswordHasher | None = None) -> None:
    """Give `app` its passwords; tests hand in a cheap hasher."""
    app.extensions["qianshao_passwords"] = Passwords(hasher) if hasher else Passwords()


def current_passwords() -> Passwords:
    """The passwords of the running application."""
    passwords: Passwords = current_app.extensions["qianshao_passwords"]
    return passwords


def check_strength(password: str, login: str | None) -> None:
    """Raise PasswordTooWeak for what an attacker tries first. No composition rules, no expiry."""
    lowered = password.lower()
    guessable = any(word in lowered and len(lowered) < len(word) + 6 for word in _COMMON)
    on_login = bool(login) and str(login).lower() in lowered and len(lowered) < len(str(login)) + 6
    if len(password) < SHORTEST or len(set(password)) < 5 or guessable or on_login:
        raise PasswordTooWeak(shortest=SHORTEST)
