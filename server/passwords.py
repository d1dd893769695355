"""Passwords: hashed with argon2id, checked in the same time whether or not the person exists.

Never called inside a write transaction: one hash takes some 25 ms and 19 MiB.
"""

import threading
from collections.abc import Sequence
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
#: As much of a password as is judged: judging takes longer with every character.
JUDGED = 72
#: zxcvbn's scale ends with 4; from 3 on, more than 10^8 guesses are needed.
STRONG_ENOUGH = 3
#: What is tried here beside the 30,000 common passwords and the names that zxcvbn knows.
_OF_THE_TRADE = ("qianshao", "meikuang", "anquan", "wurenxiaozu", "前哨", "煤矿", "安全", "五人小组", "管理员", "密码")


class PasswordTooWeak(Invalid):
    """Too short, or among what is tried first: common passwords, names of here, keyboard walks, years, repetitions."""

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


def check_strength(password: str, about: Sequence[str]) -> None:
    """Raise PasswordTooWeak for what an attacker tries first; `about` are names around the person.

    No composition rules, no expiry.
    """
    # Its tables of words are 15 MB: only the process in which somebody chooses a password takes them in.
    from zxcvbn import zxcvbn  # noqa: PLC0415

    if len(password) < SHORTEST:
        raise PasswordTooWeak(shortest=SHORTEST)
    judged = zxcvbn(password[:JUDGED], user_inputs=[*_OF_THE_TRADE, *about], max_length=JUDGED)
    if judged["score"] < STRONG_ENOUGH:
        raise PasswordTooWeak(shortest=SHORTEST)
