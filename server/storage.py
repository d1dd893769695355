"""Where media is kept: a folder or an S3 bucket, behind one small port. Keys are relative paths.

What `put` has returned from is durable: a folder is synced, and S3 answers after it has stored.
"""

import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from obstore import sign
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from server.config import Config

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import RetryConfig, S3Config


#: A request waits for this; the library's own patience is three minutes.
_PATIENCE: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}


class AlreadyStored(Exception):
    """Something is stored under this key; stored things are never overwritten."""


class StorageDown(Exception):
    """The store does not take or give anything now; the same request may be tried again."""


@dataclass(frozen=True)
class Storage:
    """A store of immutable objects. `folder` is where they lie when that is a local disk."""

    store: ObjectStore
    folder: Path | None = None

    def put(self, key: str, content: bytes | Path, facts: "Attributes | None" = None) -> None:
        """Store once, durably; a bucket keeps `facts` (Content-Type and the like) with it. Raises AlreadyStored."""
        kept = None if self.folder is not None else facts
        try:
            self.store.put(key, content, attributes=kept, mode="create")
        except AlreadyExistsError as error:
            raise AlreadyStored(key) from error
        if self.folder is not None:
            _sync(self.folder / key, self.folder)

    def adopt(self, key: str, file: Path, facts: "Attributes | None" = None) -> None:
        """Move a local file in, durably; harmless when the same content is there already. Raises StorageDown."""
        if self.folder is not None:
            _move_in(file, self.folder / key, self.folder)
            return
        try:
            self.store.put(key, file, attributes=facts, mode="create", use_multipart=False)
        except AlreadyExistsError:
            pass
        except BaseError as error:
            raise StorageDown(key) from error
        file.unlink(missing_ok=True)

    def signed_url(self, key: str, seconds: int) -> str | None:
        """An address that reads the object for so long; None for a folder, which has none."""
        if not isinstance(self.store, S3Store):
            return None
        return str(sign(self.store, "GET", key, timedelta(seconds=seconds)))

    def get(self, key: str) -> bytes:
        """The whole object. Raises FileNotFoundError."""
        return bytes(self.store.get(key).bytes())

    def get_range(self, key: str, start: int, length: int) -> bytes:
        """`length` bytes from `start`. Raises FileNotFoundError."""
        return bytes(self.store.get_range(key, start=start, length=length))

    def size(self, key: str) -> int | None:
        """Bytes stored under `key`; None when there is nothing."""
        try:
            return int(self.store.head(key)["size"])
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens when it is not there."""
        try:
            self.store.delete(key)
        except FileNotFoundError:
            return

    def check(self) -> None:
        """See that the store answers. Raises OSError, or obstore's BaseError."""
        if self.folder is not None and not os.access(self.folder, os.R_OK | os.W_OK | os.X_OK):
            raise OSError(f"{self.folder} cannot be written")
        next(iter(self.store.list(chunk_size=1)), None)


def install(app: Flask, config: Config) -> None:
    """Give `app` its media store."""
    app.extensions["qianshao_storage"] = make_storage(config)


def current_storage() -> Storage:
    """The media store of the application at hand."""
    return cast(Storage, current_app.extensions["qianshao_storage"])


def make_storage(config: Config) -> Storage:
    """The store that `config.media_url` names; a folder is made when it is not there."""
    parts = urlsplit(config.media_url)
    if parts.scheme == "file":
        folder = Path(unquote(parts.path))
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Storage(LocalStore(folder), folder)
    return Storage(_bucket(config, parts.netloc, parts.path.strip("/")))


def _bucket(config: Config, bucket: str, prefix: str) -> S3Store:
    settings: S3Config = {"bucket": bucket, "region": config.s3_region}
    if config.s3_endpoint:
        settings["endpoint"] = config.s3_endpoint
        settings["virtual_hosted_style_request"] = False
    if config.s3_access_key and config.s3_secret_key:
        settings["access_key_id"] = config.s3_access_key
        settings["secret_access_key"] = config.s3_secret_key
    plain = (config.s3_endpoint or "").startswith("http://")
    return S3Store(prefix=prefix or None, config=settings, client_options={"allow_http": plain}, retry_config=_PATIENCE)


def _sync(path: Path, root: Path) -> None:
    """Have the disk hold the file and every folder entry that leads to it."""
    for place in (path, *path.parents):
        sync_to_disk(place)
        if place == root:
            return


def _move_in(file: Path, target: Path, root: Path) -> None:
    """Sync the file, rename it, sync its folder; and those above which are new."""
    new = [place for place in target.parents if place.is_relative_to(root) and not place.exists()]
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    sync_to_disk(file)
    file.replace(target)
    sync_to_disk(target.parent)
    for place in new:
        sync_to_disk(place.parent)


def sync_to_disk(place: Path) -> None:
    """Return when the disk holds the file, or the folder's entries."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
