"""A PostgreSQL of the test run's own: started once, on a unix socket, gone with the run.

As root it runs as the user postgres, since PostgreSQL refuses to be root. Without PostgreSQL's
programs the run fails and says what to install: no test on it is ever skipped.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import psycopg

from server.supervision import die_with_parent

USER = "qianshao"
#: A test's database may lose what it likes in a power cut; the kill tests start their own.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
READY_WITHIN_S = 60


@dataclass
class PostgreSQL:
    """A running cluster."""

    folder: Path
    process: subprocess.Popen[bytes]
    settings: dict[str, str]

    def crash(self) -> None:
        """Shut down at once, without a checkpoint, and start again: what was not synced is lost."""
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait(30)
        self.process = _start(self.folder, _account(self.folder), self.settings)

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://{USER}@/{database}?host={self.folder}"

    def create(self, database: str, template: str = "template0") -> str:
        """Make a database and return its URL."""
        with self.connect() as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def drop(self, database: str) -> None:
        with self.connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(host=str(self.folder), user=USER, dbname=database, autocommit=True)


@contextmanager
def postgresql(settings: dict[str, str] | None = None) -> Iterator[PostgreSQL]:
    """Run a cluster with `settings` (by default the fast ones) as long as the block lasts."""
    folder = Path(tempfile.mkdtemp(prefix="qs-pg-", dir="/tmp"))
    account = _account(folder)
    try:
        _initialise(folder, account)
        chosen = FAST if settings is None else settings
        server = PostgreSQL(folder, _start(folder, account, chosen), chosen)
        try:
            yield server
        finally:
            server.process.send_signal(signal.SIGINT)
            server.process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _account(folder: Path) -> dict[str, str]:
    if os.geteuid() != 0:
        return {}
    shutil.chown(folder, "postgres", "postgres")
    return {"user": "postgres", "group": "postgres"}


def _initialise(folder: Path, account: dict[str, str]) -> None:
    subprocess.run(
        [
            _program("initdb"), "--no-sync", "--auth=trust", f"--username={USER}",
            "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata", folder / "data",
        ],
        check=True, capture_output=True, cwd=folder, **account,
    )  # fmt: skip


def _start(folder: Path, account: dict[str, str], settings: dict[str, str]) -> subprocess.Popen[bytes]:
    wanted = {"listen_addresses": "", "unix_socket_directories": str(folder), "max_connections": "200"} | settings
    options = [word for name, value in wanted.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [_program("postgres"), "-D", folder / "data", *options],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
            preexec_fn=partial(die_with_parent, signal.SIGINT), **account,
        )  # fmt: skip
    until = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        try:
            psycopg.connect(host=str(folder), user=USER, dbname="postgres").close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return process
    process.kill()
    process.wait()
    raise RuntimeError(f"PostgreSQL did not start:\n{(folder / 'log').read_text()}")


def _program(name: str) -> Path:
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    for folder in reversed(folders):
        if (folder / name).exists():
            return folder / name
    found = shutil.which(name)
    if found is None:
        raise RuntimeError("PostgreSQL is not installed; .ci/run installs it, or: apt-get install postgresql")
    return Path(found)
