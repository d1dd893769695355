"""The worker's process: takes jobs off the queue and runs each in a fork of its own."""

import logging
from typing import Any

from flask import Flask
from rq import Queue, Worker
from rq.job import Job

import server.jobs.photos  # noqa: F401 - the decoders are loaded once here, not in every fork
from server import create_app
from server.config import Config
from server.db import db
from server.queue import begin, current_queue


class JobWorker(Worker):
    """An RQ worker whose jobs find themselves in the application's context."""

    def __init__(self, app: Flask, **options: Any) -> None:
        self.app = app
        with app.app_context():
            queue = current_queue()
        super().__init__([queue], connection=queue.connection, **options)

    def main_work_horse(self, job: Job, queue: Queue) -> None:
        """Run one job in the fork that was made for it."""
        with self.app.app_context():
            # The sockets in the pool are the parent's; two processes must not talk over one.
            db.engine.dispose(close=False)
            begin(job)
            super().main_work_horse(job, queue)


def main() -> None:
    """Work until told to stop, and put jobs that are due onto the queue."""
    logging.basicConfig(level=logging.WARNING)
    worker = JobWorker(create_app(Config.from_env()))
    worker.work(with_scheduler=True, logging_level="WARNING")


if __name__ == "__main__":
    main()
