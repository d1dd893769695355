"""Another version of the app, as a new build would put it there, without building."""

import json
import re
import shutil
from pathlib import Path

from tests.guards.tree import ROOT

#: What an installation has of its own, and what no installation has.
_OWN = {"build", ".git", ".venv", "var"}
_SHELL = re.compile(r'\{"version":"([0-9a-f]+)","files":\[[^\]]*\]\}')


def installed(folder: Path) -> Path:
    """An installation in `folder`: this program, with a build of its own that a test replaces."""
    folder.mkdir()
    for entry in ROOT.iterdir():
        if entry.name not in _OWN:
            (folder / entry.name).symlink_to(entry)
    shutil.copytree(ROOT / "build", folder / "build", ignore=shutil.ignore_patterns(".next"))
    return folder


def version_of(app: Path) -> str:
    """The version that the worker of the build in `app` carries."""
    found = _SHELL.search((app / "sw.js").read_text(encoding="utf-8"))
    assert found, "the worker carries no list of files"
    return found[1]


def release(built: Path, app: Path, mark: str) -> str:
    """Put the build of `built` into `app` as another version whose page carries `mark`; its version."""
    shutil.copytree(built, app, dirs_exist_ok=True)
    for squeezed in app.rglob("*.gz"):
        squeezed.unlink()
    page = app / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("<html", f'<html data-mark="{mark}"'), encoding="utf-8")
    worker = app / "sw.js"
    text = worker.read_text(encoding="utf-8")
    shell = json.loads(_SHELL.search(text)[0])  # type: ignore[index]
    shell["version"] = f"{shell['version'][:8]}{sum(map(ord, mark)):04x}"
    worker.write_text(_SHELL.sub(lambda _: json.dumps(shell, separators=(",", ":")), text, count=1), encoding="utf-8")
    return str(shell["version"])
