"""What looks like a photo, among a million that are stored: the product's own search.

`python -m bench.likeness [--database postgresql sqlite] [--mines 100]` prints milliseconds from asking to knowing.
A photo is sought among those of its mine and those of its author; the fewer the mines, the more each holds.
"""

import argparse
import random
import statistics
import time
from contextlib import closing

from PIL import Image

from bench.installation import DATABASES, installation
from bench.processes import yardstick
from media.similarity import Likeness, likeness_of
from server.db import db
from server.services import photo_flags

PHOTOS, PERSONS_A_MINE, SEARCHES = 1_000_000, 2, 60
_COLUMNS = "photo_id, mine_id, person_id, likeness, band_0, band_1, band_2, band_3"
_SERIES = {
    "postgresql": f"generate_series(1, {PHOTOS}) AS n",
    "sqlite": f"(WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {PHOTOS}) SELECT n FROM s)",
}
_KEYS_OFF = {"postgresql": "SET session_replication_role = replica", "sqlite": "PRAGMA foreign_keys = OFF"}
_ANY = {
    "postgresql": ("(random() * 9e18)::bigint", "(random() * 65535)::int"),
    "sqlite": ("random()", "abs(random()) % 65536"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=DATABASES)
    parser.add_argument("--mines", type=int, default=100)
    asked = parser.parse_args()
    for database in asked.database:
        with installation(database) as found, found.app().app_context():
            _fill(database, asked.mines)
            took = sorted(_search(number, asked.mines) for number in range(SEARCHES))
            print(
                f"{database:<11} {PHOTOS:,} photos, {asked.mines} mines: median {statistics.median(took):.1f} ms, "
                f"p95 {took[int(SEARCHES * 0.95)]:.1f} ms, yardstick {yardstick():.1f} ms"
            )
            db.session.remove()
            db.engine.dispose()


def _fill(database: str, mines: int) -> None:
    """Rows as the worker writes them, of photos that nobody took: past the foreign keys, which both databases allow."""
    hash_, band = _ANY[database]
    rows = (
        f"INSERT INTO photo_likeness ({_COLUMNS}) SELECT 'p' || n, 'm' || (n % {mines}), "
        f"'u' || (n % {mines * PERSONS_A_MINE}), {hash_}, {band}, {band}, {band}, {band} FROM {_SERIES[database]}"
    )
    with closing(db.engine.raw_connection()) as connection:
        cursor = connection.cursor()
        for statement in (_KEYS_OFF[database], rows, "ANALYZE"):
            cursor.execute(statement)
            connection.commit()
        connection.detach()


def _search(number: int, mines: int) -> float:
    likeness = _likeness(number)
    began = time.perf_counter()
    photo_flags.search(likeness, f"m{number * 37 % mines}", f"u{number * 11 % (mines * PERSONS_A_MINE)}", "nobody's")
    return (time.perf_counter() - began) * 1000


def _likeness(number: int) -> Likeness:
    """Of a picture of shades and grain, another for every number."""
    rng = random.Random(number)
    cells = Image.frombytes("L", (40, 30), rng.randbytes(1200)).resize((320, 240), Image.Resampling.BICUBIC)
    found = likeness_of(cells)
    if found is None:
        raise ValueError("a picture that shows nothing")
    return found


if __name__ == "__main__":
    main()
