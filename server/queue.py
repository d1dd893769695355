"""The queue of jobs. A job is enqueued by name after the commit that made it necessary, so that
whoever enqueues need not import it; the queue is only a doorbell, the rows are the truth.
"""

from typing import cast

from flask import Flask, current_app
from redis import Redis
from rq import Queue, Retry
from rq.job import Job

from server.config import Config
from server.db import Transaction

NAME = "qianshao"
JOBS = "server.jobs"
TIMEOUT_S = 300
#: A job is idempotent; what fails is tried again after these seconds, then a sweep finds it.
RETRY_AFTER_S = [10, 60, 300]
#: A mark that a lost queue left behind must not silence the work for ever.
WAITS_AT_MOST_S = 3600
FAILURE_KEPT_S = 14 * 24 * 3600
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

    `once` names the work: while a job of that name waits, another is not added. One that has
    begun does not count, since it may have read before the commit that asks now.
    """
    queue = current_queue()
    tx.after_commit(lambda: _enqueue(queue, job, arguments, once))


def _enqueue(queue: Queue, job: str, arguments: tuple[str | int, ...], once: str | None) -> None:
    if once is not None and not queue.connection.set(_mark(once), 1, nx=True, ex=WAITS_AT_MOST_S):
        return
    queue.enqueue_call(
        f"{JOBS}.{job}",
        args=arguments,
        retry=Retry(max=len(RETRY_AFTER_S), interval=RETRY_AFTER_S),
        result_ttl=0,
        failure_ttl=FAILURE_KEPT_S,
        meta={"once": once},
    )


def begin(job: Job) -> None:
    """Called by the worker as the job begins: from now on its work may be asked for again."""
    once = job.meta.get("once")
    if once is not None:
        job.connection.delete(_mark(once))


def _mark(once: str) -> str:
    return f"qianshao:waiting:{once}"
