"""Gives photos out: from the folder itself, or by a short-lived address of the bucket. Whoever calls has the right to.

Copies are shown in place; originals, which are somebody's bytes as they came, are only ever handed over as files.
"""

from dataclasses import dataclass
from pathlib import Path

from media.derivatives import DERIVATIVE_MEDIA_TYPE
from media.digest import Rendition, storage_key
from patrol.errors import NotFound
from patrol.permissions import Actor
from server.queries import photos
from server.storage import current_storage

#: So long an address of the bucket is good.
SIGNED_S = 60
ORIGINAL_MEDIA_TYPE = "application/octet-stream"
_SUFFIXES = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/avif": "avif",
}


@dataclass(frozen=True, slots=True)
class Served:
    """One of `file` and `url`. `name` is set where the bytes are to be saved and not shown."""

    tag: str
    media_type: str
    file: Path | None = None
    url: str | None = None
    name: str | None = None


def serve(actor: Actor, digest: str, rendition: str) -> Served:
    """Where a photo's bytes are. Raises NotFound for what is foreign, refused, not here or not processed yet."""
    found = photos.stored(actor, digest)
    wanted = Rendition(rendition)
    original = wanted is Rendition.ORIGINAL
    if not original and found.processed_at is None:
        raise NotFound("not_found", noun="photo")
    storage, key = current_storage(), storage_key(digest, wanted)
    return Served(
        tag=f"{digest}-{wanted.value}",
        media_type=ORIGINAL_MEDIA_TYPE if original else DERIVATIVE_MEDIA_TYPE,
        file=None if storage.folder is None else storage.folder / key,
        url=storage.signed_url(key, SIGNED_S),
        name=f"{digest}.{_SUFFIXES[found.media_type]}" if original else None,
    )
