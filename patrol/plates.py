"""The plate at a place underground: what its QR picture says, and the digits that a hand in a glove types instead.

Proves that somebody stood before the plate or a copy of it, and no more. Phones judge it with no network, so that
there is no secret in it; it changes with the place's code, when an old plate is taken down.
"""

import hashlib
from dataclasses import dataclass

MARK = "QS1"
"""What the text of every plate begins with: its form may change, plates hang for years."""

CHECK_DIGITS = 6


@dataclass(frozen=True, slots=True)
class Plate:
    """`text` is in the picture, `check` is printed under it and typed where no camera can read."""

    place: str
    text: str
    check: str


def plate_of(place: str, code: str) -> Plate:
    """The plate of a place of the register, by the place's id and the code on its sign."""
    digest = hashlib.sha256(f"plate|{place}|{code}".encode()).digest()
    check = str(int.from_bytes(digest[:8]) % 10**CHECK_DIGITS).zfill(CHECK_DIGITS)
    return Plate(place, f"{MARK}.{place}.{check}", check)
