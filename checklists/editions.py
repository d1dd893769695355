"""An edition of a checklist: canonical bytes, addressed by their SHA-256, never changed once published.

The digest is always taken of the bytes as they are stored; they are never encoded again to compare.
"""

import hashlib

import msgspec

from checklists.definition import FORMAT, Checklist


class BadEdition(ValueError):
    """The bytes are no edition that this program understands: a stable code and what was met."""

    def __init__(self, code: str, found: str) -> None:
        super().__init__(f"{code}: {found}")
        self.code = code
        self.found = found


def compile_edition(checklist: Checklist) -> bytes:
    """Canonical JSON: sorted keys, no blanks, UTF-8, decimals as text, nothing that is not said."""
    return msgspec.json.encode(checklist, order="sorted")


def digest_of(edition: bytes) -> str:
    """SHA-256, lower-case hex."""
    return hashlib.sha256(edition).hexdigest()


def read_edition(edition: bytes) -> Checklist:
    """The checklist of a compiled edition. Raises BadEdition."""
    try:
        checklist = msgspec.json.decode(edition, type=Checklist)
    except msgspec.DecodeError as error:
        raise BadEdition("no_edition", str(error)) from error
    if checklist.format != FORMAT:
        raise BadEdition("unknown_format", str(checklist.format))
    return checklist
