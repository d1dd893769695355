"""Visits exchanged per second, and what each costs: 120 answers and 10 findings in one round trip.

    .venv/bin/python -m bench.exchange [--database postgresql] [--clients 1 4 8 16] [--visits 400] [--stored 0]

The sender runs on the same cores. Prints one row a run; ends non-zero when a request failed or a count is wrong.
"""

import argparse
import platform
import sys
import zlib
from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select

from bench import history, world
from bench.installation import DATABASES, Installation, installation
from bench.load import Sent, send
from bench.processes import cpu_seconds, yardstick
from bench.submissions import ANSWERS, FINDINGS, submissions
from server.db import db
from server.models.segment import Segment
from server.models.visit import Visit
from server.services.coverage_upkeep import keep_up
from sync import wire

MINES, TEAMS = 900, 200
WARM_UP = 2


@dataclass(frozen=True)
class Run:
    """One row of the table."""

    database: str
    clients: int
    sent: Sent
    server_ms: float
    database_ms: float

    def line(self) -> str:
        visits = len(self.sent.seconds)
        return (
            f"{self.database:<11}{self.clients:>7}{visits:>8}{visits / self.sent.wall:>10.1f}"
            f"{self.sent.percentile(0.5):>9.1f}{self.sent.percentile(0.95):>9.1f}"
            f"{self.server_ms:>10.2f}{self.database_ms:>10.2f}{self.server_ms + self.database_ms:>9.2f}"
            f"{self.sent.bytes_in / visits:>10.0f}"
        )


def main() -> None:
    options = _options()
    print(f"{platform.processor() or platform.machine()}, Python {platform.python_version()}; ms of CPU per visit")
    print("database   clients  visits  visits/s   p50 ms   p95 ms    server  database    both   answer B")
    wrong = sum(measure(database, options) for database in options.database)
    sys.exit(1 if wrong else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 4, 8, 16])
    parser.add_argument("--visits", type=int, default=400, help="a run")
    parser.add_argument("--stored", type=int, default=0, help="visits stored beforehand, straight into the tables")
    return parser.parse_args()


def measure(database: str, options: argparse.Namespace) -> int:
    """Every number of clients on one database; returns how many requests or counts were wrong."""
    with installation(database) as found:
        with found.app().app_context():
            made = world.build(found.config, MINES, TEAMS)
            # As the sweep does each day: the month's row is there before the first visit.
            keep_up(world.NOON)
            history.compact()
            before = history.bytes_used()
            history.store_visits(made, options.stored)
            db.engine.dispose()
        runs = len(options.clients)
        warming = WARM_UP * TEAMS
        requests = list(submissions(made, warming + options.visits * runs, seed=1))
        with found.serving() as server:
            warm = send(found.config.port, requests[:warming], 4, keep=1)
            wrong = _check(warm)
            for number, clients in enumerate(options.clients):
                begin = warming + number * options.visits
                run = _run(found, server, requests[begin : begin + options.visits], clients)
                print(run.line(), flush=True)
                wrong += _check(run.sent)
        return wrong + _report_disk(found, len(requests), options.stored, before)


def _run(found: Installation, server: int, requests: list, clients: int) -> Run:
    before = cpu_seconds(server), found.database_cpu()
    sent = send(found.config.port, requests, clients, keep=len(requests))
    after = cpu_seconds(server), found.database_cpu()
    used = [(end - start) * 1000 / len(requests) for start, end in zip(before, after, strict=True)]
    return Run("postgresql" if found.cluster else "sqlite", clients, sent, used[0], used[1])


def _check(sent: Sent) -> int:
    """Answers that are not 200, or that do not acknowledge what was sent."""
    for failure in sent.failures[:3]:
        print(failure, file=sys.stderr)
    answers = [msgspec.json.decode(zlib.decompress(body, wbits=31), type=wire.Answer) for body in sent.bodies]
    unacknowledged = [a for a in answers if not a.chains or a.chains[0].ack != a.chains[0].head or a.chains[0].verdicts]
    read_back = [a for a in answers if a.resets or a.more]
    for answer in (unacknowledged + read_back)[:2]:
        print(answer.chains, answer.resets, answer.more, file=sys.stderr)
    return len(sent.failures) + len(unacknowledged) + len(read_back)


def _report_disk(found: Installation, visits: int, stored: int, before: int) -> int:
    """Bytes a visit on disk, indexes included; and whether every visit is there with all its answers."""
    with found.app().app_context():
        whole = select(func.count()).where(Visit.answered == ANSWERS, Visit.findings == FINDINGS)
        complete, segments = db.session.scalar(whole), db.session.scalar(select(func.count(Segment.id)))
        size = history.bytes_used() - before
        history.compact()
        kept = history.bytes_used() - before
        db.engine.dispose()
    # The history's template is one more.
    expected = visits + stored + bool(stored)
    print(f"  {complete} visits whole of {expected}, {segments} segments; ", end="")
    print(f"{kept / expected:,.0f} B a visit kept, {size / expected:,.0f} B with what was written anew")
    return int(complete != expected)


if __name__ == "__main__":
    print(f"yardstick {yardstick():.1f} ms")
    main()
