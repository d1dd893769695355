"""A server to measure: the real gunicorn on a fresh database, durable as in production."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask

from bench.processes import cpu_seconds
from server import create_app
from server.config import Config
from server.db import db
from server.migrate import migrate
from tests.servers.postgresql import PostgreSQL, postgresql
from tests.servers.web import free_port, wait_until_alive

DATABASES = ("postgresql", "sqlite")


@dataclass(frozen=True)
class Installation:
    """A database and its settings; the web server is started on demand."""

    config: Config
    environment: dict[str, str]
    cluster: PostgreSQL | None

    def database_cpu(self) -> float:
        """Processor time of the database's own processes; SQLite has none."""
        return cpu_seconds(self.cluster.process.pid) if self.cluster else 0.0

    def app(self) -> Flask:
        return create_app(self.config)

    @contextmanager
    def serving(self) -> Iterator[int]:
        """The web server as long as the block lasts; gives its process id."""
        server = subprocess.Popen([sys.executable, "-m", "server.wsgi"], env=self.environment)
        try:
            wait_until_alive(self.config.port)
            yield server.pid
        finally:
            server.terminate()
            server.wait(30)


@contextmanager
def installation(database: str) -> Iterator[Installation]:
    """A migrated database of the kind, with fsync as it comes."""
    with tempfile.TemporaryDirectory(prefix="qs-bench-") as folder:
        if database == "sqlite":
            yield _migrated(Path(folder), None)
            return
        with postgresql({"shared_buffers": "256MB", "max_wal_size": "4GB"}) as cluster:
            yield _migrated(Path(folder), cluster)


def _migrated(folder: Path, cluster: PostgreSQL | None) -> Installation:
    settings = {"QIANSHAO_DATA_DIR": str(folder), "PORT": str(free_port())}
    if cluster is not None:
        settings["QIANSHAO_DATABASE_URL"] = cluster.create("bench")
    config = Config.from_env(settings)
    with create_app(config).app_context():
        migrate(db.engine)
        db.engine.dispose()
    inherited = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251
    return Installation(config, {**inherited, **settings, "PYTHONPATH": str(Path.cwd())}, cluster)
