import os
import signal
import subprocess
import sys
import time

from redis import Redis
from rq import SimpleWorker

from server.queue import NAME, make_queue
from server.sweeper import SWEEPS, make_sweeper
from tests.settings import make_config


def test_every_sweep_is_put_onto_the_queue_at_once_and_then_in_its_time(installation, app):
    scheduler = make_sweeper(installation.config)
    assert len(scheduler.enqueue_jobs()) == len(SWEEPS)
    assert scheduler.enqueue_jobs() == []
    with Redis.from_url(installation.config.redis_url) as connection:
        assert make_queue(installation.config).count == len(SWEEPS)
        assert connection.exists(f"rq:queue:{NAME}")


def test_a_worker_does_every_sweep(installation, app, tmp_path, monkeypatch):
    make_sweeper(installation.config).enqueue_jobs()
    queue = make_queue(installation.config)
    with app.app_context():
        SimpleWorker([queue], connection=queue.connection).work(burst=True)
    assert queue.count == 0
    assert queue.failed_job_registry.count == 0


def test_the_sweeper_s_process_runs_until_it_is_told_to_stop(installation, app, tmp_path):
    environment = os.environ | {  # noqa: TID251 - handed on to the process
        "QIANSHAO_DATA_DIR": str(tmp_path),
        "QIANSHAO_REDIS_URL": installation.config.redis_url,
    }
    process = subprocess.Popen([sys.executable, "-m", "server.sweeper"], env=environment)
    queue = make_queue(make_config(tmp_path, QIANSHAO_REDIS_URL=installation.config.redis_url))
    until = time.monotonic() + 90
    while queue.count < len(SWEEPS) and time.monotonic() < until:
        assert process.poll() is None
        time.sleep(0.05)
    assert queue.count == len(SWEEPS)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
