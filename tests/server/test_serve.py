"""`make run` as a person meets it: it starts, stops, starts again, and leaves nobody behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from server.config import queue_socket
from tests.guards.tree import ROOT
from tests.servers.postgresql import postgresql
from tests.servers.s3 import new_bucket

START_WITHIN_S = 60
STOP_WITHIN_S = 12


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def processes_of(data_dir: Path) -> set[int]:
    """Every living process that was started with this data directory in its environment."""
    mark = f"QIANSHAO_DATA_DIR={data_dir}".encode()
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.add(int(entry.name))
            except OSError:
                continue
    return found


def gone(data_dir: Path, within_s: float = STOP_WITHIN_S) -> bool:
    until = time.monotonic() + within_s
    while processes_of(data_dir) and time.monotonic() < until:
        time.sleep(0.1)
    return not processes_of(data_dir)


@contextmanager
def serving(data_dir: Path, port: int, **settings: str) -> Iterator[subprocess.Popen[str]]:
    environment = {
        "PORT": str(port), "QIANSHAO_DATA_DIR": str(data_dir), "QIANSHAO_PROCESSES": "1", "QIANSHAO_DEMO": "0",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-m", "server.serve"],
        cwd=ROOT, env=environment | settings, text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        yield process
    finally:
        for pid in processes_of(data_dir):
            os.kill(pid, signal.SIGKILL)
        process.communicate()


def ask(port: int, path: str = "/readyz") -> dict:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return json.load(answer)


def wait_until_it_serves(process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    until = time.monotonic() + START_WITHIN_S
    said = []
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ctrl-C"):
            return
        assert time.monotonic() < until
    pytest.fail(f"it ended with {process.wait()}:\n{''.join(said)}")


def test_it_starts_stops_on_ctrl_c_and_starts_again_on_the_same_data(tmp_path):
    port = free_port()
    for start in ("first", "second"):
        with serving(tmp_path, port) as process:
            wait_until_it_serves(process)
            assert set(ask(port)["parts"].values()) == {"ok"}
            with Redis(unix_socket_path=str(queue_socket(tmp_path))) as queue:
                assert queue.get("kept") == (None if start == "first" else b"yes")
                queue.set("kept", "yes")
            assert len(processes_of(tmp_path)) >= 5

            process.send_signal(signal.SIGINT)

            assert process.wait(STOP_WITHIN_S) == 0
            assert gone(tmp_path, 1)


def test_three_settings_turn_it_into_production(tmp_path, valkey, s3):
    services = new_bucket(s3, "production") | {"QIANSHAO_REDIS_URL": valkey.redis_url}
    port = free_port()
    with postgresql(settings={}) as cluster:
        services["QIANSHAO_DATABASE_URL"] = cluster.create("qianshao")
        with serving(tmp_path, port, **services) as process:
            wait_until_it_serves(process)

            assert set(ask(port)["parts"].values()) == {"ok"}
            assert not queue_socket(tmp_path).exists()
            assert not list(tmp_path.glob("*.sqlite3"))

            process.send_signal(signal.SIGTERM)
            assert process.wait(STOP_WITHIN_S) == 0


def test_killed_outright_it_leaves_no_child_behind(tmp_path):
    port = free_port()
    with serving(tmp_path, port) as process:
        wait_until_it_serves(process)

        process.kill()

        assert gone(tmp_path)


def test_a_part_that_ends_by_itself_stops_the_rest_and_is_named(tmp_path):
    with serving(tmp_path, free_port()) as process:
        wait_until_it_serves(process)
        with Redis(unix_socket_path=str(queue_socket(tmp_path))) as queue:
            queue.shutdown(nosave=True)

        assert process.wait(STOP_WITHIN_S) == 1
        assert process.stdout is not None
        assert "process ended by itself" in process.stdout.read()
        assert gone(tmp_path, 1)


def test_a_second_server_on_the_same_data_is_refused(tmp_path):
    with serving(tmp_path, free_port()) as first:
        wait_until_it_serves(first)
        second = subprocess.run(
            [sys.executable, "-m", "server.serve"],
            cwd=ROOT, env={"PORT": str(free_port()), "QIANSHAO_DATA_DIR": str(tmp_path)},
            capture_output=True, text=True, check=False, timeout=START_WITHIN_S,
        )  # fmt: skip

        assert second.returncode == 1
        assert "Another server is running" in second.stderr
        assert first.poll() is None


def test_a_port_that_is_taken_is_told_with_the_way_out(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with serving(tmp_path, taken.getsockname()[1]) as process:
            said, _ = process.communicate(timeout=START_WITHIN_S)

    assert process.returncode == 1
    assert "PORT=… chooses another" in said


def test_settings_that_cannot_be_used_are_all_told(tmp_path):
    with serving(tmp_path, 0, QIANSHAO_PROCESSES="none") as process:
        said, _ = process.communicate(timeout=START_WITHIN_S)

    assert process.returncode == 1
    assert "PORT must be" in said
    assert "QIANSHAO_PROCESSES must be" in said
