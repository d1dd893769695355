"""What phones pull: the whole of a team's world by a new phone, and nothing new by one that is up to date.

    .venv/bin/python -m bench.pull [--database postgresql] [--visits 20] [--pulls 400]

The team has `--visits` visits of 120 answers and 10 findings in its scope; each page has at most 500 rows.
"""

import argparse
import json
import sys
import time
import zlib

import msgspec

from bench import world
from bench.installation import DATABASES, Installation, installation
from bench.load import Sent, send
from bench.processes import cpu_seconds, yardstick
from bench.submissions import Submission, submissions
from server.db import db
from sync import wire

TEAMS, MINES_A_TEAM = 1, 5


def main() -> None:
    options = _options()
    print(
        "database     bootstrap: exchanges   rows   bytes gz   seconds  pulls/s of 1, 8 clients  p95 ms  CPU ms a pull"
    )
    for database in options.database:
        with installation(database) as found:
            with found.app().app_context():
                made = world.build(found.config, MINES_A_TEAM * TEAMS, TEAMS)
                db.engine.dispose()
            with found.serving() as server:
                _measure(database, found, made, server, options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--visits", type=int, default=20)
    parser.add_argument("--pulls", type=int, default=400)
    return parser.parse_args()


def _measure(database: str, found: Installation, made: world.World, server: int, options: argparse.Namespace) -> None:
    port = found.config.port
    stored = send(port, list(submissions(made, options.visits, seed=1)), 1)
    if stored.failures:
        sys.exit(stored.failures[0])
    began = time.perf_counter()
    cursor, exchanges, rows, size = _bootstrap(port, made)
    seconds = time.perf_counter() - began
    idle = [_request(made, cursor)] * options.pulls
    before = cpu_seconds(server) + found.database_cpu()
    one, eight = send(port, idle, 1), send(port, idle, 8)
    used = (cpu_seconds(server) + found.database_cpu() - before) * 1000 / (2 * options.pulls)
    print(
        f"{database:<11}{exchanges:>23}{rows:>7}{size:>11,}{seconds:>10.2f}"
        f"{_rate(one):>14.0f}{_rate(eight):>9.0f}{eight.percentile(0.95):>13.1f}{used:>16.2f}",
        flush=True,
    )


def _rate(sent: Sent) -> float:
    if sent.failures:
        sys.exit(sent.failures[0])
    return len(sent.seconds) / sent.wall


def _bootstrap(port: int, made: world.World) -> tuple[wire.Cursor, int, int, int]:
    """Pull from nothing until there is no more."""
    cursor, exchanges, rows, size = wire.Cursor(), 0, 0, 0
    while True:
        sent = send(port, [_request(made, cursor)], 1, keep=1)
        (body,) = sent.bodies
        answer = msgspec.json.decode(
            zlib.decompress(body, wbits=31) if body[:2] == b"\x1f\x8b" else body, type=wire.Answer
        )
        exchanges, rows, size = exchanges + 1, rows + sum(len(p.rows) for p in answer.pages), size + len(body)
        reached = {page.stream: page.upto for page in answer.pages}
        cursor = wire.Cursor(answer.epoch, {**dict.fromkeys(answer.marks, 0), **cursor.streams, **reached})
        if not answer.more:
            return cursor, exchanges, rows, size


def _request(made: world.World, cursor: wire.Cursor) -> Submission:
    phone = made.phones[0]
    request = {
        "protocol": 1, "nonce": "n" * 22, "device": phone.device, "chains": [],
        "clock": {"wall": 1_795_406_400_000, "mono": 1, "session": "c"},
        "cursor": {"epoch": cursor.epoch, "streams": cursor.streams},
    }  # fmt: skip
    return Submission(zlib.compress(json.dumps(request).encode(), 6, wbits=31), phone.token, 0, "")


if __name__ == "__main__":
    print(f"yardstick {yardstick():.1f} ms")
    main()
