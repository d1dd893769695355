"""Media in a folder of this machine. What `put` and `adopt` have returned from is on the disk.

Plain system calls: a library's runtime of threads does not survive the fork that each job runs in.
"""

import os
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from server.stored import AlreadyStored

#: Folders that this process has made, or found, and synced up to the root: another may not have come so far.
_made: set[Path] = set()


@dataclass(frozen=True)
class Folder:
    """A store of immutable objects in files below `folder`; keys are relative paths."""

    folder: Path

    def put(self, key: str, content: bytes | Path, facts: Mapping[str, str] | None = None) -> None:  # noqa: ARG002 - a bucket keeps them
        """Store once, durably. Raises AlreadyStored."""
        target = self._place(key)
        self._require_folder(target.parent)
        new = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        try:
            new.write_bytes(content if isinstance(content, bytes) else content.read_bytes())
            sync_to_disk(new)
            os.link(new, target)
        except FileExistsError as error:
            raise AlreadyStored(key) from error
        finally:
            new.unlink(missing_ok=True)
        sync_to_disk(target.parent)

    def make_room(self, places: Sequence[str]) -> None:
        """Make these folders, and have the disk hold them. Raises OSError."""
        made = [self._place(place) for place in places]
        for place in made:
            place.mkdir(parents=True, exist_ok=True, mode=0o700)
        for above in {above for place in made for above in self._above(place)}:
            sync_to_disk(above)
        _made.update(made)

    def adopt(
        self,
        key: str,
        file: Path,
        facts: Mapping[str, str] | None = None,  # noqa: ARG002 - a bucket keeps them
        *,
        opened: int | None = None,
    ) -> None:
        """Move a file of the same disk in: sync it, rename it, sync its folder. Harmless when it is there already."""
        target = self._place(key)
        if opened is None:
            sync_to_disk(file)
        else:
            os.fsync(opened)
        if target.parent not in _made:
            self._make(target.parent)
        try:
            file.replace(target)
        except FileNotFoundError:
            # Somebody took the folder away under the running server.
            self._make(target.parent)
            file.replace(target)
        sync_to_disk(target.parent)

    def signed_url(self, key: str, seconds: int) -> str | None:  # noqa: ARG002 - only a bucket has addresses
        """None: a folder has no addresses of its own."""
        return None

    def get(self, key: str) -> bytes:
        """The whole object. Raises FileNotFoundError."""
        return self._place(key).read_bytes()

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """`length` bytes from `start`. Raises FileNotFoundError."""
        with self._place(key).open("rb") as file:
            return os.pread(file.fileno(), length, start)

    def size(self, key: str) -> int | None:
        """Bytes stored under `key`; None when there is nothing."""
        try:
            return self._place(key).stat().st_size
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when it is not there."""
        self._place(key).unlink(missing_ok=True)

    def check(self) -> None:
        """See that the folder can be used. Raises OSError."""
        if not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
            raise OSError(f"{self.folder} cannot be written")

    def _place(self, key: str) -> Path:
        parts = PurePosixPath(key).parts
        if not parts or ".." in parts or parts[0] == "/":
            raise ValueError(f"a key is a relative path without ..: {key!r}")
        return self.folder.joinpath(*parts)

    def _require_folder(self, place: Path) -> None:
        if place not in _made or not place.is_dir():
            self._make(place)

    def _make(self, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        for above in (place, *self._above(place)):
            sync_to_disk(above)
        _made.add(place)

    def _above(self, place: Path) -> list[Path]:
        """The folders that `place` lies in, up to the store's own."""
        return [above for above in place.parents if above.is_relative_to(self.folder)]


def sync_to_disk(place: Path) -> None:
    """Return when the disk holds the file, or the folder's entries."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
