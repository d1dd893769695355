"""The web server's process: gunicorn around `make_app`."""

import gc
import logging
from collections.abc import Callable
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
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


class WebServer(BaseApplication):  # type: ignore[misc]
    """gunicorn in this process, for `config`. What is imported by now every worker has from its first moment on."""

    def __init__(self, config: Config, application: Callable[[], Any] = make_app) -> None:
        self._config, self._application = config, application
        super().__init__()

    def load_config(self) -> None:
        """The settings that differ from gunicorn's own."""
        settings = {
            "bind": f"{self._config.host}:{self._config.port}",
            "workers": self._config.processes,
            "worker_class": "server.web_thread.LingeringWorker",
            "threads": self._config.threads,
            "graceful_timeout": GRACEFUL_S,
            "timeout": REQUEST_TIMEOUT_S,
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, made anew in every worker."""
        return self._application()


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
    """Look whether the database came back from an older copy, then serve until told to stop."""
    config = Config.from_env()
    arrive_before_serving(config)
    WebServer(config).run()


if __name__ == "__main__":
    main()
