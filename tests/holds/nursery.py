"""Starts the web server as `python -m server.wsgi` does, from a process that has its modules loaded already.

A start costs tenths of a second instead of seconds, so hundreds fit into a test. Reads a line on its input for
each server wanted, prints the process id of its master, which leads a session of its own.
"""

import os
import signal
import sys

from server import create_app
from server.config import Config
from server.supervision import die_with_parent
from server.wsgi import main as serve


def main() -> None:
    """Serve until the input ends."""
    die_with_parent()
    # Nobody waits for masters that were killed.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    create_app(Config.from_env())  # fills what is made once in a process
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            _become_server()
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def _become_server() -> None:
    os.setsid()
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    serve()
    sys.exit()


if __name__ == "__main__":
    main()
