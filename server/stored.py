"""What a store of media can do, whether a folder or a bucket, and what goes wrong with it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol


class AlreadyStored(Exception):
    """Something is stored under this key; stored things are never overwritten."""


class StorageDown(Exception):
    """The store does not take or give anything now; the same request may be tried again."""


class Storage(Protocol):
    """A store of immutable objects; keys are relative paths. `folder`: where they lie when that is a local disk."""

    @property
    def folder(self) -> Path | None:
        """None for a bucket."""

    def put(self, key: str, content: bytes | Path, facts: Mapping[str, str] | None = None) -> None:
        """Store once, durably; a bucket keeps `facts` (Content-Type and the like) with it. Raises AlreadyStored."""

    def make_room(self, places: Sequence[str]) -> None:
        """Make these folders for keys now, so that nobody has to wait for it. Raises OSError."""

    def adopt(self, key: str, file: Path, facts: Mapping[str, str] | None = None, *, opened: int | None = None) -> None:
        """Move a local file in, durably; harmless when the same content is there already. `opened`: a descriptor of it.
        Raises StorageDown.
        """

    def signed_url(self, key: str, seconds: int) -> str | None:
        """An address that reads the object for so long; None for a folder, which has none."""

    def get(self, key: str) -> bytes:
        """The whole object. Raises FileNotFoundError."""

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """`length` bytes from `start`. Raises FileNotFoundError."""

    def size(self, key: str) -> int | None:
        """Bytes stored under `key`; None when there is nothing."""

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when it is not there."""

    def check(self) -> None:
        """See that the store answers. Raises OSError, or obstore's BaseError."""
