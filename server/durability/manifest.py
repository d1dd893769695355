"""What a backup says of itself, and whether its file is still the one that was tried. Reads and writes small files."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from server.durability.copies import sync

FORMAT = 1
_NAME = "manifest.json"
_NEWEST = "newest-backup.json"


class NoBackup(Exception):
    """The folder is not a whole backup that this version can read."""


@dataclass(frozen=True)
class Manifest:
    """`server_key`: fingerprint of the key that phones know this server by; `schema`: revision of the tables."""

    format: int
    name: str
    made_at: datetime
    database: str
    schema: str | None
    epoch: str
    server_key: str
    file: str
    size: int
    sha256: str
    chains: int
    segments: int
    operations: int


def write(folder: Path, manifest: Manifest) -> None:
    """Put the manifest into the backup's folder, durably."""
    _write(folder / _NAME, manifest)
    sync(folder)


def read(folder: Path) -> Manifest:
    """The manifest of a backup whose file is byte for byte the one that was tried. Raises NoBackup."""
    try:
        manifest = msgspec.json.decode((folder / _NAME).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError) as error:
        raise NoBackup(f"{folder} holds no readable {_NAME}: {error}") from error
    if manifest.format != FORMAT:
        raise NoBackup(f"{folder} has format {manifest.format}; this version reads {FORMAT}")
    file = folder / Path(manifest.file).name
    if not file.is_file() or (file.stat().st_size, digest_of(file)) != (manifest.size, manifest.sha256):
        raise NoBackup(f"{file} is not the file that was backed up: missing, cut or changed")
    return manifest


def digest_of(file: Path) -> str:
    """SHA-256 of a file's bytes, lower-case hex."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def remember_newest(data_dir: Path, manifest: Manifest) -> None:
    """Note beside the data which backup is the newest that was tried."""
    _write(data_dir / _NEWEST, manifest)


def newest(data_dir: Path) -> Manifest | None:
    """The newest tried backup that this installation knows of."""
    try:
        return msgspec.json.decode((data_dir / _NEWEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.MsgspecError):
        return None


def _write(path: Path, manifest: Manifest) -> None:
    draft = path.with_name(f".{path.name}")
    draft.write_bytes(msgspec.json.format(msgspec.json.encode(manifest)) + b"\n")
    sync(draft)
    draft.replace(path)
    sync(path.parent)
