"""Why bytes are not kept as a photo: stable codes that the catalogue of messages turns into words.

A refusal is a value, not an error: the signed operation that declared the photo stays all the same.
"""

from dataclasses import dataclass
from enum import StrEnum


class RefusalCode(StrEnum):
    """One code for each reason; a code once published is never given another meaning."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_PHOTO = "not_a_photo"
    TRUNCATED = "truncated"
    DAMAGED = "damaged"
    BAD_DIMENSIONS = "bad_dimensions"
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_MANY_PARTS = "too_many_parts"
    TOO_MANY_SCANS = "too_many_scans"
    UNSUPPORTED_ENCODING = "unsupported_encoding"
    ANIMATED = "animated"
    TRAILING_DATA = "trailing_data"
    FOREIGN_DATA = "foreign_data"
    HIDDEN_FILE = "hidden_file"
    ACTIVE_CONTENT = "active_content"
    UNDECODABLE = "undecodable"
    TOO_COSTLY = "too_costly"


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was refused and why; `detail` is for the log and the console's small print."""

    code: RefusalCode
    detail: str = ""


class PhotoRefusedError(Exception):
    """Carries a refusal out of a header walk; it never leaves this package."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(code, detail)
        self.refusal = Refusal(code, detail)
