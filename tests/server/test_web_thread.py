"""The web server's threads stay with who asks again at once, and leave one for who comes new."""

import http.client
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers.web import free_port, wait_until_alive


def tell_thread(_environ, start_response):
    """An application that says which thread answers."""
    start_response("200 OK", [("Content-Length", "12"), ("Content-Type", "text/plain")])
    return [f"{threading.get_native_id():<12}".encode()]


@contextmanager
def serving(threads):
    port = free_port()
    gunicorn = Path(sys.executable).with_name("gunicorn")
    process = subprocess.Popen(
        [gunicorn, f"--bind=127.0.0.1:{port}", "--worker-class=server.web_thread.LingeringWorker",
         f"--threads={threads}", "--no-control-socket", "--log-level=warning", f"{__name__}:tell_thread"],
    )  # fmt: skip
    try:
        wait_until_alive(port)
        yield port
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module", params=[2, 8])
def port(request):
    with serving(request.param) as port:
        yield port


def ask(connection):
    connection.request("GET", "/")
    return connection.getresponse().read()


@contextmanager
def connections(port, count):
    opened = [http.client.HTTPConnection("127.0.0.1", port, timeout=20) for _ in range(count)]
    try:
        yield opened
    finally:
        for connection in opened:
            connection.close()


def test_the_thread_that_answered_answers_what_the_connection_asks_next(port):
    with connections(port, 1) as (phone,):
        assert len({ask(phone) for _ in range(10)}) == 1


def test_a_connection_that_pauses_is_kept(port):
    with connections(port, 1) as (phone,):
        ask(phone)
        time.sleep(0.4)
        assert ask(phone)


def test_more_connections_than_threads_that_all_stay_are_all_answered(port):
    with connections(port, 6) as phones:
        for _ in range(5):
            assert all(ask(phone) for phone in phones)


def test_who_comes_new_finds_a_thread_while_others_linger(port):
    """Were every thread to linger, each newcomer would wait for one of them to give up."""
    waits = []
    for _ in range(10):
        with connections(port, 4) as phones:
            began = time.monotonic()
            for phone in phones:
                ask(phone)
            waits.append(time.monotonic() - began)
    assert sorted(waits)[1] < 0.15
