"""The board's page of a county of 100 mines with five years of history: what the server takes, and when it can be used.

    .venv/bin/python -m bench.console [--database postgresql] [--mines 100] [--years 5] [--browser]

Over real HTTP against the real gunicorn, one request after another, each signed in; median and 95th percentile of
`/`, the mine list, a mine's book, its matrix and the list of visits. With --browser also Chromium: from asking for the
board to its three answers being shown, and to both charts being drawn, with an empty cache and with a warm one.
"""

import argparse
import http.client
import statistics
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bench import world
from bench.board import MINES_A_TEAM, remember
from bench.history import analyse
from bench.installation import DATABASES, Installation, installation
from bench.processes import yardstick
from bench.world import COUNTY, LONG_AGO, TODAY
from server.db import db, run, transaction
from server.models.mine import Mine
from server.models.user import ConsoleSession, RoleGrant, User
from server.tokens import hash_of
from tests.browser.chromium import DESK, chromium_type, launch

REPEATS = 30
OPENED = 8
TOKEN = "qs_bench_auditor"
PAGES = ("/", "/mines", "/mines/mine-7", "/mines/mine-7/coverage", "/visits")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--mines", type=int, default=100)
    parser.add_argument("--years", type=int, default=5)
    parser.add_argument("--browser", action="store_true")
    options = parser.parse_args()
    for database in options.database:
        with installation(database) as found:
            _fill(found, options.mines, options.years)
            with found.serving():
                print(f"{database}, {options.mines} mines, {options.years} years")
                _ask(found.config.port)
                if options.browser:
                    _look(found.config.port)


def _fill(found: Installation, mines: int, years: int) -> None:
    with found.app().app_context():
        world.build(found.config, mines, max(1, mines // MINES_A_TEAM))
        remember(years)
        with transaction():
            _place_mines()
            _sign_in()
        analyse()
        db.engine.dispose()


def _place_mines() -> None:
    for number, mine in enumerate(db.session.query(Mine)):
        mine.latitude, mine.longitude = 35.2 + (number % 11) * 0.06, 112.4 + (number // 11) * 0.09
        mine.datum = "CGCS2000"


def _sign_in() -> None:
    """An auditor, who reads everything, with an open session."""
    # The server's own clock is the machine's: the session must be alive by it, and the role in force.
    now = datetime.now(UTC)
    run(insert(User), {"id": "auditor", "county_id": COUNTY, "name": "审计", "login": "auditor", "created_at": now})
    grant = {"id": "auditor", "user_id": "auditor", "role": "auditor", "county_id": COUNTY, "from_date": LONG_AGO}
    run(insert(RoleGrant), grant)
    times = {"created_at": now, "last_seen_at": now, "expires_at": now + timedelta(hours=8)}
    db.session.add(ConsoleSession(token_hash=hash_of(TOKEN), user_id="auditor", **times))


def _ask(port: int) -> None:
    print(f"{'page':<26}{'median ms':>10}{'95 % ms':>10}{'kB':>8}")
    for page in PAGES:
        address = f"{page}?month={TODAY:%Y-%m}" if page in ("/", "/mines/mine-7/coverage") else page
        taken, size = _timed(lambda address=address: _get(port, address))
        print(f"{page:<26}{statistics.median(taken):>10.1f}{_late(taken):>10.1f}{size / 1000:>8.0f}", flush=True)


def _timed(call: Callable[[], int]) -> tuple[list[float], int]:
    taken, size = [], 0
    for _ in range(REPEATS + 5):
        began = time.perf_counter()
        size = call()
        taken.append((time.perf_counter() - began) * 1000)
    # The first ones open editions and connections.
    return taken[5:], size


def _late(taken: list[float]) -> float:
    return statistics.quantiles(taken, n=20)[-1]


def _get(port: int, address: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", address, headers={"Cookie": f"qianshao={TOKEN}"})
        answer = connection.getresponse()
        body = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise SystemExit(f"{address}: {answer.status}")
    return len(body)


#: From asking for the page to what is seen of it, by the browser's own clock, in milliseconds.
_SEEN = """() => new Promise(done => {
    const drawn = () => document.querySelectorAll("[data-drawn=true]").length === 2
    const tell = () => done([
        performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? performance.now(),
        performance.getEntriesByType("navigation")[0].domInteractive,
        performance.now(),
    ])
    const look = () => drawn() ? requestAnimationFrame(tell) : requestAnimationFrame(look)
    look()
})"""


def _look(port: int) -> None:
    print(f"{'in Chromium':<26}{'painted':>10}{'usable':>10}{'charts':>10}   ms, medians")
    with chromium_type() as kind, launch(kind) as browser:
        for name, warm in (("empty cache", False), ("warm cache", True)):
            seen = []
            context = browser.new_context(base_url=f"http://127.0.0.1:{port}", **DESK)
            for _ in range(OPENED):
                if not warm:
                    context.close()
                    context = browser.new_context(base_url=f"http://127.0.0.1:{port}", **DESK)
                context.add_cookies([{"name": "qianshao", "value": TOKEN, "domain": "127.0.0.1", "path": "/"}])
                page = context.new_page()
                page.goto(f"/?month={TODAY:%Y-%m}")
                seen.append(page.evaluate(_SEEN))
                page.close()
            context.close()
            figures = [statistics.median(column) for column in zip(*seen[1:], strict=True)]
            print(f"{name:<26}" + "".join(f"{figure:>10.0f}" for figure in figures), flush=True)


if __name__ == "__main__":
    print(f"yardstick {yardstick():.1f} ms")
    main()
