"""The name of a photo's bytes: their SHA-256, and the storage keys made of it and of nothing else.

No name that a person or a phone chose ever becomes part of a key.
"""

import hashlib
import re
from enum import StrEnum
from mmap import mmap

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Rendition(StrEnum):
    """The three things that are stored of a photo."""

    ORIGINAL = "original"
    SCREEN = "screen"
    THUMBNAIL = "thumbnail"


#: The folders that originals lie in.
SHELVES = tuple(f"{Rendition.ORIGINAL.value}/{number:02x}" for number in range(256))


def sha256_of(data: bytes | mmap) -> str:
    """Return the digest as 64 lower-case hex digits, as a `photo.add` names it."""
    return hashlib.sha256(data).hexdigest()


def is_digest(text: str) -> bool:
    """Tell whether the text is a digest in the only spelling that is used."""
    return _DIGEST.fullmatch(text) is not None


def storage_key(digest: str, rendition: Rendition = Rendition.ORIGINAL) -> str:
    """Return `original/ab/<digest>`: 256 folders keep each at some thousand files for a million photos.

    One level and no more: a new photo hardly ever makes a folder, which the disk would have to sync as well.

    Raises ValueError for anything but a digest, so that no key can leave its folder.
    """
    if not is_digest(digest):
        message = "a storage key is made of 64 lower-case hex digits"
        raise ValueError(message)
    return f"{rendition.value}/{digest[:2]}/{digest}"
