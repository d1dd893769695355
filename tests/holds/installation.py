"""The real web server on a durable database of its own, to be killed, cut off and fed rubbish. Loopback only."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy import update

from server import create_app
from server.config import Config
from server.db import db, transaction
from server.highwater import high_water
from server.migrate import migrate
from server.models.device import DeviceToken
from server.services import epochs
from server.supervision import die_with_parent
from sync.phone.phone import Phone
from tests.field import PERSONS, Field, open_field
from tests.servers.postgresql import PostgreSQL, postgresql
from tests.servers.web import free_port, wait_until_alive

#: As in production: a cluster that syncs.
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


@dataclass
class Installation:
    """A database, its settings, and the web server while it runs. `tokens`: device → access token."""

    config: Config
    environment: dict[str, str]
    cluster: PostgreSQL | None
    app: Flask
    tokens: dict[str, str] = field(default_factory=dict)
    nursery: subprocess.Popen[str] | None = None
    master: int = 0

    def start(self) -> None:
        """Start the web server in a session of its own and wait until it answers."""
        if self.nursery is None:
            with (self.config.data_dir / "server.log").open("ab") as log:
                self.nursery = subprocess.Popen(
                    [sys.executable, "-m", "tests.holds.nursery"], env=self.environment, preexec_fn=die_with_parent,
                    stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                )  # fmt: skip
        assert self.nursery.stdin is not None
        assert self.nursery.stdout is not None
        self.nursery.stdin.write("start\n")
        self.nursery.stdin.flush()
        self.master = int(self.nursery.stdout.readline())
        wait_until_alive(self.config.port)

    def kill(self) -> None:
        """End master and workers at once, as a power cut does."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.master, signal.SIGKILL)
        while self.processes():
            time.sleep(0.005)

    def processes(self) -> list[int]:
        """The living processes of the web server."""
        return [pid for pid in _all() if _group(pid) == self.master]

    def stop(self) -> None:
        """End everything of the web server."""
        if self.nursery is not None:
            self.kill()
            for pipe in (self.nursery.stdin, self.nursery.stdout):
                assert pipe is not None
                pipe.close()
            self.nursery.wait(10)
            self.nursery = None

    def phones(self, count: int) -> list[Phone]:
        """Enrolled, confirmed phones of one person each, whose tokens outlast any run."""
        with self.app.app_context():
            found: Field = self.app.extensions["qianshao_field"]
            made = [found.phone(person) for person in PERSONS[:count]]
            self.tokens |= found.office.access
            with transaction():
                db.session.execute(update(DeviceToken).values(expires_at=found.office.now + timedelta(days=7)))
            db.session.remove()
            db.engine.dispose()
        return made

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Inside the application's context, to look at the database; leaves no connection."""
        with self.app.app_context():
            try:
                yield
            finally:
                db.session.remove()
                db.engine.dispose()


@contextmanager
def installed(database: str, folder: Path) -> Iterator[Installation]:
    """A migrated database with a county, the web server running."""
    with contextlib.ExitStack() as stack:
        cluster = stack.enter_context(postgresql(DURABLE)) if database == "postgresql" else None
        found = _prepared(folder, cluster)
        stack.callback(found.stop)
        found.start()
        yield found


def _prepared(folder: Path, cluster: PostgreSQL | None) -> Installation:
    settings = {"QIANSHAO_DATA_DIR": str(folder), "PORT": str(free_port()), "QIANSHAO_THREADS": "8"}
    if cluster is not None:
        settings["QIANSHAO_DATABASE_URL"] = cluster.create("holds")
    config = Config.from_env(settings)
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251
    environment = {**inherited, **settings, "PYTHONPATH": str(Path.cwd())}
    found = Installation(config, environment, cluster, create_app(config))
    with found.looking():
        migrate(db.engine)
        found.app.extensions["qianshao_field"] = open_field(found.app, datetime.now(UTC))
        high_water().write(epochs.present(db.session()))
    return found


def _all() -> list[int]:
    return [int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit()]


def _group(pid: int) -> int | None:
    """The process group of a process that lives."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else int(fields[2])
