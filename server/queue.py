"""The queue of jobs. A job is enqueued by name after the commit that made it necessary, so that
whoever enqueues need not import it; the queue is only a doorbell, the rows are the truth.
"""

from typing import Any, cast

from flask import Flask, current_app
from redis import Redis
from rq import Queue, Retry

from server.config import Config
from server.db import Transaction

NAME = "qianshao"
JOBS = "server.jobs"
TIMEOUT_S = 300
#: A job is idempotent; what fails is tried again after these seconds, then a sweep finds it.
RETRY_AFTER_S = [10, 60, 300]
_SOCKET_TIMEOUT_S = 5


def install(app: Flask, config: Config) -> None:
    """Give `app` its queue. Opens nothing yet."""
    app.extensions["qianshao_queue"] = make_queue(config)


def make_queue(config: Config) -> Queue:
    """The queue on the server that `config` names."""
    connection = Redis.from_url(config.redis_url, socket_connect_timeout=_SOCKET_TIMEOUT_S)
    return Queue(NAME, connection=connection, default_timeout=TIMEOUT_S)


def current_queue() -> Queue:
    """The queue of the application at hand."""
    return cast(Queue, current_app.extensions["qianshao_queue"])


def enqueue(tx: Transaction, job: str, *arguments: str | int, once: str | None = None) -> None:
    """Have `server.jobs.<job>` called with `arguments` (ids, never objects) after the commit.

    `once` names the work: while a job of that name waits, another is not added.
    """
    queue = current_queue()
    tx.after_commit(lambda: _enqueue(queue, job, arguments, once))


def _enqueue(queue: Queue, job: str, arguments: tuple[str | int, ...], once: str | None) -> None:
    options: dict[str, Any] = {"retry": Retry(max=len(RETRY_AFTER_S), interval=RETRY_AFTER_S)}
    if once is not None:
        options |= {"job_id": once, "unique": True}
    queue.enqueue_call(f"{JOBS}.{job}", args=arguments, **options)
