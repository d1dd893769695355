"""`make run`: one installation on one machine, its parts as children of this process.

Starts the embedded queue when no other is named, brings the database up to date, starts the
worker and the web server, and stops all of them together. Leaves no process behind, however it
ends: children are told when this process dies, and what does not go is killed by its session.
"""

import contextlib
import signal
import socket
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType

from redis import Redis
from redis.exceptions import RedisError

from server import create_app, sweeper, worker, wsgi
from server.config import Config, ConfigError
from server.data_lock import InUse, hold
from server.db import db
from server.demo.first_start import fill_if_new
from server.embedded_queue import queue_arguments
from server.migrate import migrate
from server.supervision import Children, StartFailed

READY_WITHIN_S = 60


def main() -> None:
    """Serve until told to stop. Exit status 0 after Ctrl-C, 1 when a part failed."""
    try:
        config = Config.from_env()
    except ConfigError as error:
        sys.exit(f"These settings cannot be used:\n{error}")
    stop = threading.Event()

    def request_stop(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    for told in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(told, request_stop)
    children = Children()
    try:
        with _only_one(config.data_dir):
            try:
                _start(config, children, stop)
                _watch(children, stop)
            finally:
                children.stop()
    except StartFailed as error:
        sys.exit(str(error))


def _start(config: Config, children: Children, stop: threading.Event) -> None:
    _refuse_taken_port(config)
    if config.queue_embedded:
        children.start("queue", queue_arguments(config))
        _wait("the queue", lambda: _queue_answers(config), children, stop)
    if stop.is_set():
        return
    _migrate(config)
    fill_if_new(config, lambda: not stop.is_set(), lambda line: print(line, flush=True))
    if stop.is_set():
        return
    children.fork("worker", worker.main)
    children.fork("sweeper", sweeper.main)
    children.fork("web", wsgi.main)
    _wait("the web server", lambda: _web_answers(config), children, stop)
    if not stop.is_set():
        _print_addresses(config)


def _watch(children: Children, stop: threading.Event) -> None:
    while not stop.wait(0.5):
        name = children.ended()
        if name is not None:
            raise StartFailed(f"The {name} process ended by itself; everything is stopped.")


def _print_addresses(config: Config) -> None:
    print(f"前哨 Qianshao  {config.public_url}/", flush=True)
    print(f"  state        {config.public_url}/readyz")
    print(f"  description  {config.public_url}/api/v1/openapi.json")
    print(f"  data         {config.data_dir}")
    print("Ctrl-C stops everything.", flush=True)


@contextlib.contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data directory; a second server on it would be a second embedded queue."""
    try:
        with hold(data_dir):
            yield
    except InUse as error:
        raise StartFailed(f"Another server is running on {data_dir}.") from error


def _refuse_taken_port(config: Config) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((config.host, config.port))
        except OSError as error:
            raise StartFailed(
                f"{config.host}:{config.port} cannot be used ({error.strerror}); PORT=… chooses another."
            ) from error


def _migrate(config: Config) -> None:
    app = create_app(config)
    with app.app_context():
        migrate(db.engine)
        db.engine.dispose()


def _wait(what: str, answers: Callable[[], bool], children: Children, stop: threading.Event) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while not stop.is_set() and not answers():
        ended = children.ended()
        if ended is not None:
            raise StartFailed(f"The {ended} process did not start; its words are above.")
        if time.monotonic() > until:
            raise StartFailed(f"{what} did not answer within {READY_WITHIN_S} s.")
        stop.wait(0.1)


def _queue_answers(config: Config) -> bool:
    connection = Redis.from_url(config.redis_url, socket_connect_timeout=1, socket_timeout=1)
    try:
        return bool(connection.ping())
    except RedisError:
        return False
    finally:
        connection.close()


def _web_answers(config: Config) -> bool:
    try:
        with urllib.request.urlopen(f"http://{config.host}:{config.port}/healthz", timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


if __name__ == "__main__":
    main()
