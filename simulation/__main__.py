"""`python -m simulation SEEDS`: play seeds, plant defects, or shrink one seed. Non-zero: a promise is broken."""

import argparse
import sys
import time

from simulation.campaign import Notice, notice_all, play_many, smallest
from simulation.defects import DEFECTS
from simulation.runs import play

TELL_EVERY = 1000


def main() -> int:
    """Read the arguments and do one of the three."""
    parser = argparse.ArgumentParser(prog="python -m simulation")
    parser.add_argument("seeds", type=int, nargs="?", default=2000)
    parser.add_argument("--start", type=int, default=0, help="the first seed: goes on where an earlier run ended")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--defects", action="store_true", help="plant every defect and say which are noticed")
    parser.add_argument("--seed", type=int, help="play one seed and shrink it if it fails")
    given = parser.parse_args()
    if given.seed is not None:
        return one(given.seed)
    if given.defects:
        return defects(range(given.start, given.start + given.seeds))
    return many(given.start, given.seeds, given.workers)


def one(seed: int) -> int:
    """Play a seed; if it fails, print the fewest events that it needs."""
    outcome = play(seed)
    print(f"seed {seed}: {outcome.broken or 'holds'}; trace {outcome.trace[:16]}")
    if outcome.broken:
        for event in smallest(seed):
            print(f"    {event},")
    return outcome.broken is not None


def many(start: int, count: int, workers: int) -> int:
    """Play seeds and print what fails, how fast it goes and what happened."""
    began, told, seen = time.monotonic(), 0, set[int]()
    report = None
    for report in play_many(start, count, workers):
        for seed in sorted(report.failing.keys() - seen):
            print(f"seed {seed} fails: {report.failing[seed][:300]}", flush=True)
        seen |= report.failing.keys()
        if report.seeds - told >= TELL_EVERY or report.seeds == count:
            told, rate = report.seeds, report.seeds / (time.monotonic() - began)
            print(f"{told} seeds, {len(seen)} failing, {rate:.1f}/s; go on with --start {start + told}", flush=True)
    if report is None:
        return 0
    print(", ".join(f"{count} {name}" for name, count in sorted(report.story.items())))
    return bool(report.failing)


def defects(seeds: range) -> int:
    """Plant every defect; print by which seed each was noticed."""

    def tell(found: Notice) -> None:
        seen = f"seed {found.seed}: {found.broken[:100]}" if found.seed is not None else "NOT NOTICED"
        print(f"{found.defect:36} {seen}", flush=True)

    noticed = notice_all(seeds, tell)
    print(f"noticed {noticed} of {len(DEFECTS)} planted")
    return noticed < len(DEFECTS)


if __name__ == "__main__":
    sys.exit(main())
