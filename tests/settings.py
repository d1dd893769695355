"""Settings for tests: an installation in a folder of its own, nothing from the environment."""

from pathlib import Path
from typing import Any

from server.config import Config


def make_config(data_dir: Path, **but: Any) -> Config:
    """The settings of an installation in `data_dir`, with everything in `but` otherwise."""
    given = {
        "QIANSHAO_DATA_DIR": str(data_dir),
        # Tests' PostgreSQL runs without fsync; a test of the refusal says "0".
        "QIANSHAO_UNSAFE_DATABASE": "1",
        "QIANSHAO_THREADS": "8",
    }
    return Config.from_env(given | {name: str(value) for name, value in but.items()})
