"""Kills the real server under load, again and again, and counts what was lost: a set checker.

`python -m tests.holds.killing [cuts]` runs both databases; the suite runs fewer cuts. On PostgreSQL every fifth also
takes the database, without a checkpoint.
"""

import random
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select

from server.db import db
from server.models.feed import ServerEpoch
from tests.field import FIRST, pairs
from tests.holds.installation import Installation, installed
from tests.holds.rider import Rider, rides
from tests.recount import faults, logged_operations

RIDERS = 5
DATABASE_EVERY = 5


@dataclass
class Report:
    """What came of the cuts. `strange`: answers that are neither 200 nor 503."""

    database: str
    cuts: int
    seconds: float
    attempted: int
    acknowledged: int
    answered: int
    interrupted: int
    lost: set[str]
    invented: set[str]
    doubled: set[str]
    faults: list[str]
    strange: list[str]
    epochs: int

    @property
    def holds(self) -> bool:
        """Whether nothing was lost, invented or doubled, and everything can be worked out anew from the log."""
        wrong = (self.lost, self.invented, self.doubled, self.faults, self.strange)
        return self.epochs == 1 and not any(wrong)

    def line(self) -> str:
        return (
            f"{self.database:<11}{self.cuts:>5} cuts {self.seconds:>6.1f} s{self.attempted:>8} attempted"
            f"{self.acknowledged:>8} acknowledged{self.answered:>7} answers{self.interrupted:>7} interrupted"
            f"{len(self.lost):>4} lost{len(self.invented):>4} invented{len(self.doubled):>4} doubled"
            f"{len(self.faults):>4} faults{self.epochs:>3} epoch {self.strange[:2]} {self.faults[:3]}"
        )


def kill_often(database: str, cuts: int, folder: Path, seed: int = 1) -> Report:
    """Cut that often at random moments under load."""
    dice = random.Random(seed)  # noqa: S311 - the same moments in every run, as far as a clock allows
    began = time.monotonic()
    with installed(database, folder) as found:
        riders = _riders(found)
        for rider in riders:
            rider.start()
        for cut in range(1, cuts + 1):
            _let_work(riders, dice.uniform(0.02, 0.4))
            _cut(found, cut)
        _come_to_rest(riders)
        found.stop()
        return _report(found, database, cuts, riders, time.monotonic() - began)


def _riders(found: Installation) -> list[Rider]:
    return [
        Rider(phone, found.tokens[phone.state.device], found.config.port, rides(1 + number % 2, FIRST.digest))
        for number, phone in enumerate(found.phones(RIDERS))
    ]


def _let_work(riders: list[Rider], seconds: float) -> None:
    """At least one answer since the server came back, and then a moment that nobody chose."""
    before, until = _answers(riders), time.monotonic() + 30
    while _answers(riders) == before:
        if time.monotonic() > until:
            raise TimeoutError("the server answers nobody")
        time.sleep(0.005)
    time.sleep(seconds)


def _answers(riders: list[Rider]) -> int:
    return sum(rider.journal.answered for rider in riders)


def _cut(found: Installation, number: int) -> None:
    if found.cluster is not None and number % DATABASE_EVERY == 0:
        found.cluster.crash()
    found.kill()
    found.start()


def _come_to_rest(riders: list[Rider]) -> None:
    for rider in riders:
        rider.stop.set()
    for rider in riders:
        rider.join(60)
        if rider.is_alive():
            raise TimeoutError("a phone does not come to rest")


def _report(found: Installation, database: str, cuts: int, riders: list[Rider], seconds: float) -> Report:
    attempted = set().union(*(rider.journal.attempted for rider in riders))
    acknowledged = set().union(*(rider.journal.acknowledged for rider in riders))
    with found.looking():
        logged = logged_operations()
        stored = set(logged)
        wrong = faults(pairs)
        epochs = db.session.scalar(select(func.count(ServerEpoch.number))) or 0
    return Report(
        database, cuts, seconds, len(attempted), len(acknowledged), _answers(riders),
        sum(rider.journal.failed for rider in riders), acknowledged - stored, stored - attempted,
        {uid for uid in stored if logged.count(uid) > 1} if len(logged) > len(stored) else set(), wrong,
        [line for rider in riders for line in rider.journal.strange], epochs,
    )  # fmt: skip


def main() -> None:
    """Both databases; ends non-zero when anything was lost."""
    cuts = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    held = True
    for database in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory(prefix="qs-kill-") as folder:
            report = kill_often(database, cuts, Path(folder))
        sys.stdout.write(f"{report.line()}\n")
        sys.stdout.flush()
        held &= report.holds
    sys.exit(0 if held else 1)


if __name__ == "__main__":
    main()
