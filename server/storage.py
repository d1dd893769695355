"""Where media is kept: a folder or an S3 bucket, behind one small port (`server.stored`).

What `put` has returned from is durable: a folder is synced, and S3 answers after it has stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app
from obstore import sign
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from server.config import Config
from server.folder import Folder
from server.stored import AlreadyStored, Storage, StorageDown

if TYPE_CHECKING:
    from obstore import Attributes
    from obstore.store import RetryConfig, S3Config

__all__ = ["AlreadyStored", "Storage", "StorageDown", "current_storage", "install", "make_storage"]

#: A request waits for this; the library's own patience is three minutes.
_PATIENCE: "RetryConfig" = {"max_retries": 3, "retry_timeout": timedelta(seconds=10)}


@dataclass(frozen=True)
class Bucket:
    """A store of immutable objects in S3."""

    store: S3Store

    @property
    def folder(self) -> None:
        """Nothing lies on this machine."""
        return

    def put(self, key: str, content: bytes | Path, facts: Mapping[str, str] | None = None) -> None:
        """Store once; the bucket keeps `facts` with it. Raises AlreadyStored."""
        try:
            self.store.put(key, content, attributes=_attributes(facts), mode="create")
        except AlreadyExistsError as error:
            raise AlreadyStored(key) from error

    def make_room(self, places: Sequence[str]) -> None:
        """A bucket has no folders."""

    def adopt(
        self,
        key: str,
        file: Path,
        facts: Mapping[str, str] | None = None,
        *,
        opened: int | None = None,  # noqa: ARG002 - a folder syncs it
    ) -> None:
        """Move a local file in; harmless when the same content is there already. Raises StorageDown."""
        try:
            self.store.put(key, file, attributes=_attributes(facts), mode="create", use_multipart=False)
        except AlreadyExistsError:
            pass
        except BaseError as error:
            raise StorageDown(key) from error
        file.unlink(missing_ok=True)

    def signed_url(self, key: str, seconds: int) -> str | None:
        """An address that reads the object for so long."""
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
        """See that the bucket answers. Raises obstore's BaseError."""
        next(iter(self.store.list(chunk_size=1)), None)


def _attributes(facts: Mapping[str, str] | None) -> "Attributes | None":
    return None if facts is None else cast("Attributes", dict(facts))


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
        return Folder(folder)
    return Bucket(_bucket(config, parts.netloc, parts.path.strip("/")))


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
