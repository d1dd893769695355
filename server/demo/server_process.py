"""A real server of this code on a folder and port of its own, started for the demo and stopped with it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from server.config import Config
from server.supervision import die_with_parent

_STOP_WITHIN_S = 15


class ServerDidNotStart(Exception):
    """The server ended before it served; its words are in the message."""


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(config: Config) -> Iterator[None]:
    """`make run` for these settings, until the block is left."""
    settings = {
        "HOST": config.host,
        "PORT": str(config.port),
        "QIANSHAO_DATA_DIR": str(config.data_dir),
        "QIANSHAO_DATABASE_URL": "" if config.uses_sqlite else config.database_url,
        "QIANSHAO_REDIS_URL": "",
        "QIANSHAO_MEDIA_URL": "",
        "QIANSHAO_KEYS_DIR": "",
        "QIANSHAO_PUBLIC_URL": "",
        "QIANSHAO_DEMO": "0",
    }
    # `env` hands on what else this process was given, and these settings over it.
    arguments = ["env", *(f"{name}={value}" for name, value in settings.items()), sys.executable, "-m", "server.serve"]
    process = subprocess.Popen(  # noqa: S603 - our own program
        arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread is running yet
    )  # fmt: skip
    try:
        _wait(process)
        yield
    except Exception as error:
        error.add_note(_stopped(process))
        raise
    finally:
        _stopped(process)


def _stopped(process: subprocess.Popen[str]) -> str:
    """Stop the server; what it has said since it began to serve."""
    process.terminate()
    said, _ = process.communicate(timeout=_STOP_WITHIN_S)
    return said or ""


def _wait(process: subprocess.Popen[str]) -> None:
    said = []
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    for line in process.stdout:
        said.append(line)
        if line.startswith("Ctrl-C"):
            return
    raise ServerDidNotStart("".join(said))
