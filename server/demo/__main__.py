"""`python -m server.demo`: prove the product with five phones on a server of its own. Exit status 1 on disagreement."""

import argparse
import sys

from server.config import Config
from server.demo.proof import NotEmpty, prove


def main() -> int:
    """Read the arguments and play."""
    parser = argparse.ArgumentParser(prog="python -m server.demo", description=__doc__)
    parser.add_argument("--seed", type=int, default=2022, help="the story's dice (2022)")
    parser.add_argument("--database", help="an empty PostgreSQL database, postgresql://…; else a SQLite file")
    options = parser.parse_args()
    try:
        agrees = prove(Config.from_env(), options.seed, _say, options.database)
    except NotEmpty:
        sys.exit("This database holds a county already; the demo goes into an empty one only.")
    return 0 if agrees else 1


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
