"""What bounds an exchange on this machine as it is just now: gunicorn's empty answers, PostgreSQL's COPY.

`python -m bench.bounds` says both, to hold the figures of `bench.exchange` against; run the two one after the other.
"""

import http.client
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable

import psycopg

from bench.installation import installation
from bench.processes import cpu_seconds, yardstick
from bench.submissions import OPERATIONS
from server.config import Config
from server.wsgi import WebServer
from tests.servers.postgresql import PostgreSQL
from tests.servers.web import wait_until_alive

CLIENTS, SECONDS = 8, 5.0


def empty(_environ: object, start: Callable[[str, list[tuple[str, str]]], object]) -> Iterable[bytes]:
    """The WSGI application that does nothing."""
    start("200 OK", [("Content-Length", "0")])
    return [b""]


def main() -> None:
    if sys.argv[1:] == ["empty"]:
        WebServer(Config.from_env(), lambda: empty).run()
        return
    with installation("postgresql") as found:
        print(f"yardstick {yardstick():.1f} ms, {CLIENTS} clients, {SECONDS:.0f} s each")
        print(f"gunicorn    {_gunicorn(found.config, found.environment)}")
        if found.cluster is not None:
            print(f"PostgreSQL  {_copy(found.cluster)}")


def _gunicorn(config: Config, environment: dict[str, str]) -> str:
    server = subprocess.Popen([sys.executable, "-m", "bench.bounds", "empty"], env=environment)
    try:
        wait_until_alive(config.port)
        before = cpu_seconds(server.pid)
        rate, done = _rate(lambda: _asker(config.port))
        return f"{rate:.0f} empty requests/s, {(cpu_seconds(server.pid) - before) * 1000 / done:.2f} ms CPU each"
    finally:
        server.terminate()
        server.wait(30)


def _asker(port: int) -> Callable[[], object]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask() -> None:
        connection.request("GET", "/")
        connection.getresponse().read()

    return ask


def _copy(cluster: PostgreSQL) -> str:
    """Transactions of as many rows as a visit has operations, by COPY, durable as in production."""
    url = cluster.create("bounds").replace("+psycopg", "")
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE row_set (uid bytea PRIMARY KEY, seq integer, body text)")
    before = cpu_seconds(cluster.process.pid)
    rate, done = _rate(lambda: _copier(url))
    return f"{rate:.0f} row sets/s, {(cpu_seconds(cluster.process.pid) - before) * 1000 / done:.2f} ms CPU each"


def _copier(url: str) -> Callable[[], object]:
    connection = psycopg.connect(url)

    def copy() -> None:
        with connection.cursor().copy("COPY row_set FROM STDIN") as rows:
            for seq in range(OPERATIONS):
                rows.write_row((os.urandom(16), seq, '{"outcome":"pass"}'))
        connection.commit()

    return copy


def _rate(opened: Callable[[], Callable[[], object]]) -> tuple[float, int]:
    """Turns a second, and how many were made, of clients that each do it again and again."""
    counts, until = [0] * CLIENTS, time.perf_counter() + SECONDS

    def turn(number: int) -> None:
        once = opened()
        while time.perf_counter() < until:
            once()
            counts[number] += 1

    threads = [threading.Thread(target=turn, args=[number]) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS, sum(counts)


if __name__ == "__main__":
    main()
