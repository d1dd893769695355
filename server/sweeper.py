"""The sweeper's process: puts each sweep onto the queue when its time has come. Sweeps nothing itself.

Several sweepers may run: what is swept twice is swept as once.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from rq.cron import CronScheduler

from server.config import Config
from server.jobs import coverage, photos, sweeps
from server.queue import NAME, make_queue

MINUTE_S, HOUR_S = 60, 3600


@dataclass(frozen=True)
class Sweep:
    """A job and how often it runs."""

    job: Callable[[], object]
    every_s: int


SWEEPS = (
    Sweep(sweeps.notice_rollback, MINUTE_S),
    Sweep(photos.sweep, MINUTE_S),
    Sweep(sweeps.forget_refused, HOUR_S),
    Sweep(sweeps.forget_secrets, HOUR_S),
    Sweep(coverage.keep_up, HOUR_S),
)


def make_sweeper(config: Config) -> CronScheduler:
    """The scheduler with every sweep; the first round is at once."""
    scheduler = CronScheduler(connection=make_queue(config).connection, logging_level="WARNING")
    for sweep in SWEEPS:
        # A sweep that found no worker in time is not made up for: the next one finds the same things.
        scheduler.register(sweep.job, NAME, interval=sweep.every_s, ttl=sweep.every_s, result_ttl=0)
    return scheduler


def main() -> None:
    """Sweep until told to stop."""
    logging.basicConfig(level=logging.WARNING)
    make_sweeper(Config.from_env()).start()  # type: ignore[no-untyped-call]


if __name__ == "__main__":
    main()
