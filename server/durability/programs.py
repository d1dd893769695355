"""PostgreSQL's own programs: where they are, and how they are told which database without a password on the line."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from sqlalchemy import URL, make_url

_FOLDERS = Path("/usr/lib/postgresql")


class ProgramFailed(Exception):
    """A program of PostgreSQL's is missing or ended badly; its own words are in the message."""


def run(program: str, arguments: Sequence[str | Path], url: str) -> None:
    """Run one to its end on the database of `url`. Raises ProgramFailed."""
    environment = os.environ | connection_environment(make_url(url))  # noqa: TID251 - handed on, not read
    command = [find(program), "--no-password", *map(str, arguments)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603 - no shell, our own arguments
    if done.returncode != 0:
        raise ProgramFailed(f"{program} failed ({done.returncode}): {done.stderr.strip()}")


def find(program: str) -> str:
    """Its path: the newest installed version, since none may be older than the server. Raises ProgramFailed."""
    versions = sorted(_FOLDERS.glob(f"*/bin/{program}"), key=lambda path: int(path.parent.parent.name), reverse=True)
    found = str(versions[0]) if versions else shutil.which(program)
    if found is None:
        raise ProgramFailed(f"{program} is not installed: on Debian, apt-get install postgresql-client")
    return found


def connection_environment(url: URL) -> Mapping[str, str]:
    """libpq's variables for a SQLAlchemy URL; other users of the machine can read neither."""
    query = {name: value if isinstance(value, str) else value[0] for name, value in url.query.items()}
    named = {
        "PGHOST": url.host or query.get("host"),
        "PGPORT": str(url.port) if url.port else query.get("port"),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("sslmode"),
        "PGSSLROOTCERT": query.get("sslrootcert"),
    }
    return {name: str(value) for name, value in named.items() if value}
