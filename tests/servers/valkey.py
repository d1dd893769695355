"""The queue's real server, as `make run` starts it, for the length of a test run."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from redis import Redis
from redis.exceptions import RedisError

from server.config import Config
from server.embedded_queue import queue_arguments
from server.supervision import die_with_parent

READY_WITHIN_S = 30


@contextmanager
def valkey(config: Config) -> Iterator[subprocess.Popen[bytes]]:
    """Run the queue that `config` describes as long as the block lasts."""
    process = subprocess.Popen(queue_arguments(config), stdin=subprocess.DEVNULL, preexec_fn=die_with_parent)
    try:
        _wait_until_it_answers(config, process)
        yield process
    finally:
        process.terminate()
        process.wait(10)


def _wait_until_it_answers(config: Config, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN_S
    while process.poll() is None and time.monotonic() < until:
        with Redis.from_url(config.redis_url) as connection:
            try:
                connection.ping()
            except RedisError:
                time.sleep(0.05)
            else:
                return
    raise RuntimeError(f"valkey did not start; see {config.data_dir}/queue/valkey.log")
