"""Where the console's built scripts and styles stand: under the names that the build gave them.

Pages work without them, plainly: where nothing was built yet, that is said in the log and no page breaks.
"""

import functools
import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import g

log = logging.getLogger(__name__)

_MANIFEST = Path(__file__).parent.parent.parent / "build" / "console" / "manifest.json"
_SPRITE = "generated/icons.svg"


def asset(name: str) -> str:
    """The address of what was built from `field/console/<name>`, or of the sprite for "icons.svg"."""
    source = _SPRITE if name == "icons.svg" else f"console/{name}"
    if "assets" not in g:
        # Looked for once a request: a page names pictures by the hundred.
        g.assets = _manifest()
    built = g.assets.get(source)
    return f"/assets/{built['file'] if built else name}"


def _manifest() -> Mapping[str, Any]:
    if not _MANIFEST.exists():
        _say_unbuilt()
        return {}
    return _read(_MANIFEST.stat().st_mtime_ns)


@functools.lru_cache(maxsize=1)
def _read(_changed_at: int) -> Mapping[str, Any]:
    manifest: Mapping[str, Any] = json.loads(_MANIFEST.read_text(encoding="utf-8"))
    return manifest


@functools.cache
def _say_unbuilt() -> None:
    log.warning("the console's scripts and styles are not built; its pages are plain")
