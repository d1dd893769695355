"""A job enqueued with a commit reaches a real worker, in a fork, inside the application."""

import subprocess
import sys

import pytest

from server.db import transaction
from server.queue import current_queue, enqueue
from server.worker import JobWorker
from tests.guards.tree import ROOT


@pytest.fixture
def jobs(monkeypatch):
    """Jobs of this test's own, where the queue looks for jobs."""
    monkeypatch.setattr("server.queue.JOBS", "tests.server.jobs_for_tests")


def work(app) -> None:
    JobWorker(app).work(burst=True, logging_level="CRITICAL")


def test_a_job_runs_with_the_database_of_its_application(app, jobs, tmp_path):
    note = tmp_path / "note"
    with app.app_context(), transaction() as tx:
        enqueue(tx, "write_database_name", str(note))

    work(app)

    assert note.read_text() == app.config["SQLALCHEMY_DATABASE_URI"].split(":")[0].split("+")[0]


def test_nothing_is_enqueued_when_the_transaction_rolls_back(app, jobs, tmp_path):
    with app.app_context():
        with pytest.raises(ZeroDivisionError), transaction() as tx:
            enqueue(tx, "write_database_name", str(tmp_path / "note"))
            raise ZeroDivisionError

        assert current_queue().count == 0


def test_the_same_work_waits_once(app, jobs, tmp_path):
    with app.app_context():
        for _ in range(3):
            with transaction() as tx:
                enqueue(tx, "write_database_name", str(tmp_path / "note"), once="the-work")

        assert current_queue().count == 1


def test_work_that_was_done_may_be_asked_for_again(app, jobs, tmp_path):
    for _ in range(2):
        with app.app_context(), transaction() as tx:
            enqueue(tx, "append_line", str(tmp_path / "note"), once="the-work")
        work(app)

    assert (tmp_path / "note").read_text() == "x\nx\n"


def test_a_job_that_fails_is_put_back_for_later(app, jobs):
    with app.app_context(), transaction() as tx:
        enqueue(tx, "fail", once="failing")

    work(app)

    with app.app_context():
        assert current_queue().scheduled_job_registry.count == 1


def test_work_asked_for_while_it_is_being_done_is_done_again(app, jobs, tmp_path):
    with app.app_context(), transaction() as tx:
        enqueue(tx, "ask_again", str(tmp_path / "note"), once="the-work")

    work(app)

    assert (tmp_path / "note").read_text() == "x\nx\n"


def test_a_queue_that_is_gone_costs_the_request_nothing(config, caplog):
    from server import create_app
    from server.db import db

    app = create_app(config)
    with app.app_context():
        with transaction() as tx:
            enqueue(tx, "anything")
        db.engine.dispose()

    assert "an effect failed after its transaction was committed" in caplog.text


def test_the_worker_is_a_program_of_its_own():
    assert subprocess.run([sys.executable, "-c", "import server.worker"], cwd=ROOT, check=False).returncode == 0
