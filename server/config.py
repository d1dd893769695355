"""The settings of one installation. The only reader of the environment; opens nothing."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

#: Whoever names one of these runs an installation of their own.
_SERVICES = ("QIANSHAO_DATABASE_URL", "QIANSHAO_REDIS_URL", "QIANSHAO_MEDIA_URL")

#: A unix socket's path may not be longer on Linux (108 bytes with the closing zero).
MAX_SOCKET_PATH_BYTES = 107


class ConfigError(Exception):
    """Settings that cannot be used. `problems` names every one of them, a sentence each."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Config:
    """Everything the server may be told from outside."""

    #: Where an installation without services of its own keeps database, queue, media and keys.
    data_dir: Path
    database_url: str
    redis_url: str
    #: `file:///…` or `s3://bucket/prefix`.
    media_url: str
    #: Secrets made at the first start (cookies, receipts); every process of an installation
    #: reads the same ones.
    keys_dir: Path
    #: What phones and browsers call this server, without a slash at the end.
    public_url: str
    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 2
    threads: int = 32
    #: Proxies in front whose X-Forwarded-* headers are believed.
    proxies: int = 0
    #: The queue's server is a child of `make run`, not a service.
    queue_embedded: bool = False
    #: A first start without services of its own fills itself with the demo county.
    demo: bool = False
    s3_endpoint: str | None = None
    s3_region: str = "us-east-1"
    s3_access_key: str | None = None
    s3_secret_key: str | None = None
    #: Address of a map's tiles with {z}, {x} and {y}, drawn under the county's mines; none is needed.
    map_tiles: str | None = None
    lock_timeout_s: float = 10.0
    #: Only for tests: accept a PostgreSQL that may lose what it acknowledged.
    unsafe_database: bool = False

    @property
    def uses_sqlite(self) -> bool:
        """Whether the database is the one file of an installation without PostgreSQL."""
        return self.database_url.startswith("sqlite")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the settings, by default from the process's environment.

        Raises ConfigError with every bad setting at once.
        """
        reader = _Reader(os.environ if environ is None else environ)
        config = _read(reader)
        if reader.problems:
            raise ConfigError(tuple(reader.problems))
        return config


class _Reader:
    """Takes settings out of the environment and remembers what was wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.problems: list[str] = []

    def text(self, name: str, default: str) -> str:
        return self.environ.get(name, "").strip() or default

    def optional(self, name: str) -> str | None:
        return self.environ.get(name, "").strip() or None

    def path(self, name: str, default: str) -> Path:
        return Path(self.text(name, default)).expanduser().absolute()

    def number(self, name: str, default: int, least: int, most: int) -> int:
        given = self.text(name, str(default))
        if given.isdecimal() and least <= int(given) <= most:
            return int(given)
        self.problems.append(f"{name} must be a whole number from {least} to {most}, not {given!r}")
        return default

    def flag(self, name: str, default: str = "0") -> bool:
        given = self.text(name, default)
        if given not in {"0", "1"}:
            self.problems.append(f"{name} must be 0 or 1, not {given!r}")
        return given == "1"

    def url(self, name: str, default: str, check: Callable[[str], str | None]) -> str:
        given = self.text(name, default)
        complaint = check(given)
        if complaint:
            self.problems.append(f"{name} {complaint}")
        return given


def _read(env: _Reader) -> Config:
    data_dir = env.path("QIANSHAO_DATA_DIR", "var")
    host = env.text("HOST", "127.0.0.1")
    port = env.number("PORT", 8000, 1, 65535)
    database_url = env.url("QIANSHAO_DATABASE_URL", f"sqlite:///{data_dir / 'qianshao.sqlite3'}", _check_database)
    return Config(
        data_dir=data_dir,
        database_url=_with_driver(database_url),
        redis_url=env.url("QIANSHAO_REDIS_URL", f"unix://{queue_socket(data_dir)}", _check_redis),
        media_url=env.url("QIANSHAO_MEDIA_URL", f"file://{data_dir / 'media'}", _check_media),
        keys_dir=env.path("QIANSHAO_KEYS_DIR", str(data_dir / "keys")),
        public_url=env.url("QIANSHAO_PUBLIC_URL", f"http://{host}:{port}", _check_public),
        host=host,
        port=port,
        processes=env.number("QIANSHAO_PROCESSES", 2, 1, 64),
        threads=env.number("QIANSHAO_THREADS", 32, 1, 256),
        proxies=env.number("QIANSHAO_PROXIES", 0, 0, 8),
        queue_embedded=env.optional("QIANSHAO_REDIS_URL") is None,
        demo=env.flag("QIANSHAO_DEMO", "1") and not any(map(env.optional, _SERVICES)),
        s3_endpoint=env.optional("QIANSHAO_S3_ENDPOINT"),
        s3_region=env.text("QIANSHAO_S3_REGION", "us-east-1"),
        s3_access_key=env.optional("QIANSHAO_S3_ACCESS_KEY"),
        s3_secret_key=env.optional("QIANSHAO_S3_SECRET_KEY"),
        map_tiles=env.url("QIANSHAO_MAP_TILES", "", _check_tiles) or None,
        lock_timeout_s=env.number("QIANSHAO_LOCK_TIMEOUT_SECONDS", 10, 1, 120),
        unsafe_database=env.flag("QIANSHAO_UNSAFE_DATABASE"),
    )


def queue_socket(data_dir: Path) -> Path:
    """Where the embedded queue listens: beside the data, or in the temporary folder when the
    data's path is longer than a socket's may be."""
    beside = data_dir / "queue" / "valkey.sock"
    if len(os.fsencode(beside)) <= MAX_SOCKET_PATH_BYTES:
        return beside
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"qianshao-{os.getuid()}-{mark}" / "valkey.sock"


def _with_driver(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if scheme in {"postgres", "postgresql"} else url


def _check_database(url: str) -> str | None:
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        path = urlsplit(url).path
        return None if len(path) > 1 and ":memory:" not in path else "must name a file: sqlite:////path/to/file"
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return None
    return "must begin with postgresql:// or sqlite:///"


def _check_redis(url: str) -> str | None:
    known = urlsplit(url).scheme in {"redis", "rediss", "unix"}
    return None if known else "must begin with redis://, rediss:// or unix://"


def _check_media(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return None if parts.path.startswith("/") and not parts.netloc else "must be file:///folder"
    if parts.scheme == "s3":
        return None if len(parts.netloc) >= 3 else "must name a bucket: s3://bucket/prefix"
    return "must begin with file:/// or s3://"


def _check_public(url: str) -> str | None:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        return "must be an http:// or https:// address"
    if parts.path or parts.query or parts.fragment:
        return "must not have a path, nor a slash at the end"
    return None


def _check_tiles(url: str) -> str | None:
    if not url:
        return None
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.netloc or any(sign in url for sign in " ;,'\""):
        return "must be an http:// or https:// address"
    return None if all(part in url for part in ("{z}", "{x}", "{y}")) else "must contain {z}, {x} and {y}"
