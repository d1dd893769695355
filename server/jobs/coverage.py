"""The daily upkeep of coverage. Idempotent: what is true already is not written."""

from server import clock
from server.services import coverage_upkeep


def keep_up() -> int:
    """Bring this month's row of every contracted mine up to today; returns how many were otherwise."""
    return coverage_upkeep.keep_up(clock.now())
