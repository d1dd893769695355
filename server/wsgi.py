"""The web server's process: gunicorn around `make_app`. `python -m server.wsgi` becomes it."""

import gc
import logging
import os
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy.exc import OperationalError

from server import clock, create_app
from server.arrival import arrive
from server.config import Config
from server.db import db
from server.migrate import current_revision, head_revision
from server.services import photo_arrival

log = logging.getLogger(__name__)

#: Long enough for a request in flight, short enough for whoever stops the server and waits.
GRACEFUL_S = 4
REQUEST_TIMEOUT_S = 60


#: New objects before the collector looks. Fewer looks cost less; broken requests leave circles that pile up between.
COLLECT_AFTER = 5_000


def make_app() -> Flask:
    """The application for the environment's settings. The collector never looks again at what is there by then."""
    app = create_app(Config.from_env())
    with app.app_context():
        photo_arrival.make_room()
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)
    return app


def gunicorn_arguments(config: Config) -> list[str]:
    """The command line of gunicorn for `config`, the program's name first."""
    return [
        str(Path(sys.executable).with_name("gunicorn")),
        f"--bind={config.host}:{config.port}",
        f"--workers={config.processes}",
        "--worker-class=server.web_thread.LingeringWorker",
        f"--threads={config.threads}",
        f"--graceful-timeout={GRACEFUL_S}",
        f"--timeout={REQUEST_TIMEOUT_S}",
        "--no-control-socket",
        "--log-level=warning",
        "server.wsgi:make_app()",
    ]


def arrive_before_serving(config: Config) -> None:
    """Arrive in a process that is about to serve. A database that is away or of another version serves nothing anyway;
    the sweep looks again every minute.
    """
    with create_app(config).app_context():
        try:
            if current_revision(db.session.connection()) == head_revision():
                db.session.remove()
                arrive(config, clock.now())
        except OperationalError:
            log.exception("the database cannot be asked whether it came back from an older copy")
        finally:
            db.session.remove()
            db.engine.dispose()


def main() -> None:
    """Look whether the database came back from an older copy, then replace this process by gunicorn."""
    config = Config.from_env()
    arrive_before_serving(config)
    arguments = gunicorn_arguments(config)
    os.execv(arguments[0], arguments)  # noqa: S606 - our own interpreter's gunicorn


if __name__ == "__main__":
    main()
