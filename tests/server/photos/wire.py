"""A real web server with a phone's declared photos, spoken to over sockets: for clients as shipped, cuts and traces."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import update

from server import create_app
from server.config import Config
from server.db import db, transaction
from server.migrate import migrate
from server.models.device import DeviceToken
from server.supervision import die_with_parent, kill_session
from tests.field import open_field
from tests.guards.tree import ROOT
from tests.server.photos.scene import Carrier, carrier
from tests.servers.web import free_port, wait_until_alive
from tests.settings import make_config


@dataclass(frozen=True)
class Wire:
    """What a client needs: where, who, and the phone that declares. `app` looks at the same database."""

    config: Config
    app: Any
    phone: Carrier
    token: str
    environment: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.config.port}/api/v1/photos"

    @contextmanager
    def serving(self, *before: str) -> Iterator[subprocess.Popen[bytes]]:
        """The web server as long as the block lasts, `before` being put before its command."""
        command = [*before, sys.executable, "-m", "server.wsgi"]
        with (self.config.data_dir / "server.log").open("ab") as log:
            server = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=die_with_parent,
                start_new_session=True,
            )
        try:
            wait_until_alive(self.config.port)
            yield server
        finally:
            kill_session(server.pid)
            server.wait(30)

    def head(self, digest: str, offset: int = 0, length: int = 0) -> bytes:
        """A PATCH up to its body."""
        return (
            f"PATCH /api/v1/photos/{digest} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Tus-Resumable: 1.0.0\r\nUpload-Offset: {offset}\r\nContent-Length: {length}\r\n"
            "Content-Type: application/offset+octet-stream\r\n\r\n"
        ).encode()

    def offset(self, digest: str) -> int:
        told = {"Tus-Resumable": "1.0.0", "Authorization": f"Bearer {self.token}"}
        request = urllib.request.Request(f"{self.url}/{digest}", method="HEAD", headers=told)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return int(answer.headers["Upload-Offset"])


@contextmanager
def wired(folder: Path, **settings: Any) -> Iterator[Wire]:
    """An installation on SQLite whose queue may be away: it costs an upload nothing."""
    told = {"PORT": free_port(), "QIANSHAO_PROCESSES": 1} | settings
    config = make_config(folder, **told)
    app = create_app(config)
    with app.app_context():
        migrate(db.engine)
        phone = carrier(open_field(app))
        with transaction():
            db.session.execute(update(DeviceToken).values(expires_at=datetime.now(UTC) + timedelta(days=1)))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}  # noqa: TID251
        named = {"QIANSHAO_DATA_DIR": folder, "QIANSHAO_UNSAFE_DATABASE": 1, "QIANSHAO_THREADS": 8} | told
        environment = kept | {name: str(value) for name, value in named.items()}
        yield Wire(config, app, phone, phone.county.office.access[phone.device], environment)
        db.session.remove()
        db.engine.dispose()
