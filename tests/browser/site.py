"""A real installation for browsers: `server.serve` with the demo county on a folder of its own. Loopback only."""

import fcntl
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from server.supervision import die_with_parent
from tests.guards.tree import ROOT
from tests.servers.web import free_port, wait_until_alive

#: `  demo-leader      <password>  <seed or —>  组长`, as the first start prints it once.
_SIGN_IN = re.compile(r"^ {2}(demo-\S+) +(\S{12,})  (\S+) ", re.MULTILINE)
STOP_WITHIN_S = 20
#: A first start makes two months of patrols before it answers.
FILLED_WITHIN_S = 600


class NotServing(Exception):
    """The server ended before it answered, or never did; says what it said last."""


@dataclass(frozen=True)
class Site:
    """A server that runs. `passwords`: login → password of the demo county's people; `seeds`: their authenticators'."""

    url: str
    folder: Path
    passwords: dict[str, str]
    seeds: dict[str, str]
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End it as Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(STOP_WITHIN_S)


def filled(shared: Path) -> Path:
    """A folder with the demo county as its first start leaves it; made once for all who share the folder `shared`."""
    made, making = shared / "demo-county", shared / "demo-county.making"
    with (shared / "demo-county.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            shutil.rmtree(making, ignore_errors=True)
            making.mkdir()
            with running_site(making):
                pass
            making.rename(made)
    return made


@contextmanager
def running_site(folder: Path, port: int | None = None, *, program: Path = ROOT, **settings: str) -> Iterator[Site]:
    """A server on `folder`; filled with the demo county if the folder is new. Stopped at the end. `program`: the
    installation that it runs from.
    """
    port = port or free_port()
    said = folder / "said.log"
    environment = {"PORT": str(port), "QIANSHAO_DATA_DIR": str(folder), "QIANSHAO_PROCESSES": "1"} | settings
    with said.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "server.serve"],
            cwd=program, env=environment, preexec_fn=die_with_parent,
            stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
        )  # fmt: skip
    site = Site(f"http://127.0.0.1:{port}", folder, {}, {}, process)
    try:
        try:
            wait_until_alive(port, FILLED_WITHIN_S, lambda: process.poll() is None)
        except OSError as error:
            raise NotServing(said.read_text(encoding="utf-8")[-4000:]) from error
        for login, password, seed in _SIGN_IN.findall(said.read_text(encoding="utf-8")):
            site.passwords[login] = password
            site.seeds.update({login: seed} if seed != "—" else {})
        yield site
    finally:
        if process.poll() is None:
            site.stop()
