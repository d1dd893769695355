"""Coverage of one mine, and the board, with one and with five years of history, at county, province and country size.

    .venv/bin/python -m bench.board [--database postgresql] [--mines 100 900 4300] [--years 1 5]

In process, below HTTP; medians of wall time over repeated calls, and the ratio of the years. History lies in the
maintained rows: a month's coverage a mine, a visit a mine and week, ten findings a mine and year.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import insert, literal, select, text

from bench import world
from bench.history import analyse
from bench.installation import DATABASES, installation
from bench.processes import yardstick
from bench.world import COUNTY, NOON, TODAY
from patrol.periods import Period, PeriodKind, month_of, periods_between
from patrol.permissions import Actor, Role
from server.db import Base, db, run, transaction
from server.models.contract import Contract
from server.models.coverage import CoverageMonth, CoverageSheet, WeekRound
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.visit import Visit
from server.services import board, coverage, coverage_views
from server.services.coverage_upkeep import keep_up_mine

REPEATS = 25
MINES_A_TEAM = 4
ACTOR = Actor("supervisor", Role.SUPERVISOR, COUNTY)
MONTH = month_of(TODAY)


def main() -> None:
    options = _options()
    print("database     mines  years   board ms  one mine ms  left ms   rows: months, visits, findings")
    for database in options.database:
        for mines in options.mines:
            figures = [_measure(database, mines, years) for years in options.years]
            if len(figures) > 1:
                ratios = (last / first for first, last in zip(figures[0], figures[-1], strict=True))
                print(f"{'':<19}ratio    {'   '.join(f'{ratio:8.2f}' for ratio in ratios)}", flush=True)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", nargs="+", choices=DATABASES, default=list(DATABASES))
    parser.add_argument("--mines", nargs="+", type=int, default=[100, 900, 4300])
    parser.add_argument("--years", nargs="+", type=int, default=[1, 5])
    return parser.parse_args()


def _measure(database: str, mines: int, years: int) -> tuple[float, ...]:
    with installation(database) as found, found.app().app_context():
        world.build(found.config, mines, max(1, mines // MINES_A_TEAM))
        remember(years)
        analyse()
        asked = {"month": MONTH.id, "limit": 50}
        taken = (
            _median(lambda: board.view_board(ACTOR, asked, TODAY)),
            _median(lambda: coverage_views.get_coverage(ACTOR, "mine-7", MONTH.id, TODAY)),
            _median(lambda: coverage_views.list_left(ACTOR, "mine-7", MONTH.id, {}, TODAY)),
        )
        rows = [db.session.scalar(text(f"SELECT count(*) FROM {t}")) for t in ("coverage_month", "visit", "finding")]
        print(
            f"{database:<11}{mines:>7}{years:>7}{taken[0]:>11.1f}{taken[1]:>13.2f}{taken[2]:>9.2f}   {rows}", flush=True
        )
        db.engine.dispose()
        return taken


def _median(call: Callable[[], object]) -> float:
    """Milliseconds, each call in a session of its own as a request has it."""
    taken = []
    for _ in range(REPEATS):
        db.session.remove()
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken[2:])


def remember(years: int) -> None:
    """The history: one mine's month is kept by the product, the others are copies of it."""
    with transaction():
        keep_up_mine("mine-0", NOON)
        row = db.session.get_one(CoverageMonth, ("mine-0", MONTH.id))
        sheet = db.session.get_one(CoverageSheet, ("mine-0", MONTH.id))
        first = TODAY - timedelta(days=365 * years)
        _copy_months([p.id for p in periods_between(PeriodKind.MONTH, first, TODAY)], row, sheet.data)
        _visits(list(periods_between(PeriodKind.WEEK, first, TODAY)))
        _findings(years)


def _copy_months(months: list[str], row: CoverageMonth, sheet: bytes) -> None:
    kept = coverage.load(sheet)
    pairs = list(kept.applicable)
    kept.apply("visit", TODAY, [(pair, "pass") for pair in pairs[: len(pairs) * 2 // 3]])
    db.session.execute(text("DELETE FROM coverage_sheet"))
    db.session.execute(text("DELETE FROM coverage_month"))
    whole = {
        "county_id": COUNTY, "edition_digest": row.edition_digest, "applicable": len(pairs),
        "judged": len(pairs) * 2 // 3, "changed_at": NOON,
    }  # fmt: skip
    for month in months:
        _for_each_mine(CoverageMonth, {"mine_id": Mine.id}, whole | {"month": month})
        _for_each_mine(CoverageSheet, {"mine_id": Mine.id}, {"month": month, "data": coverage.dump(kept)})


def _visits(weeks: list[Period]) -> None:
    for week in weeks:
        day = min(week.first + timedelta(days=2), TODAY)
        at = NOON - (TODAY - day)
        own = {"id": literal(f"{week.id}-") + Mine.id, "mine_id": Mine.id, "team_id": Contract.team_id}
        same = {
            "county_id": COUNTY, "kind": "round", "local_date": day, "ordinal": 1, "week": week.id,
            "month": month_of(day).id, "edition_digest": "e", "status": "submitted", "opened_at": at,
            "received_at": at, "changed_at": at, "submitted_at": at, "submission_received_at": at,
            "round_required": 64, "round_answered": 64, "answered": 64,
        }  # fmt: skip
        _for_each_mine(Visit, own, same)
        kept = {"county_id": COUNTY, "week": week.id, "begun": True, "met": True, "late": False}
        _for_each_mine(WeekRound, {"mine_id": Mine.id}, kept)


def _findings(years: int) -> None:
    """Ten a mine and year, of which the two newest are still open."""
    for number in range(10 * years):
        at = NOON - timedelta(days=36 * number)
        closed = None if number < 2 else at + timedelta(days=5)
        own = {"id": literal(f"{number}-") + Mine.id, "mine_id": Mine.id}
        same = {
            "county_id": COUNTY, "item_key": "GAS-001", "severity": "general", "text": "t", "recorded_by": "person-0",
            "status": "notified" if closed is None else "closed", "recorded_at": at, "received_at": at,
            "due_on": at.date() + timedelta(days=7), "closed_at": closed, "feed_seq": 0, "registers": b"",
        }  # fmt: skip
        _for_each_mine(Finding, own, same)


def _for_each_mine(table: type[Base], own: Mapping[str, Any], same: Mapping[str, Any]) -> None:
    """One row a mine: columns of its own, and those that are the same for all."""
    columns = table.__table__.columns
    values = [literal(value, columns[name].type).label(name) for name, value in same.items()]
    chosen = select(*own.values(), *values).join(Contract, Contract.mine_id == Mine.id).select_from(Mine)
    run(insert(table).from_select([*own, *same], chosen))


if __name__ == "__main__":
    print(f"yardstick {yardstick():.1f} ms")
    main()
