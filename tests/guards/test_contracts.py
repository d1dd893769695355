"""The import contracts hold, and each of them notices a planted violation."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.guards.tree import PACKAGES, ROOT

#: Where each planted import lies, what it says, and which contract must break.
PLANTED = {
    "patrol/planted.py": ("import sync.chain", "Dependencies point inward"),
    "sync/planted.py": ("import checklists.definition", "Dependencies point inward"),
    "checklists/planted.py": ("import sqlalchemy", "Only the server knows the framework"),
    "media/planted.py": ("import marshmallow", "The wire's schemas are written in schemas"),
    "schemas/planted.py": ("import PIL.Image", "Photos are opened in media only"),
    "server/planted.py": ("import geopy", "Distances are measured in patrol.places only"),
    "server/services/planted.py": ("import server.api.health", "Inside the server, edges call services"),
}


def lint_imports(root: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--config", root / "pyproject.toml"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def planted(tmp_path_factory) -> str:
    """What import-linter says of a copy of the code with every violation planted."""
    root = tmp_path_factory.mktemp("planted")
    shutil.copy(ROOT / "pyproject.toml", root)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, root / package, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (line, _) in PLANTED.items():
        (root / name).write_text(f'"""Planted."""\n\n{line}\n', encoding="utf-8")
    result = lint_imports(root)
    assert result.returncode == 1
    return result.stdout


def test_the_contracts_hold():
    result = lint_imports(ROOT)

    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_import_breaks_its_contract(planted, name):
    line, contract = PLANTED[name]
    importer = name.removesuffix(".py").replace("/", ".")
    imported = line.removeprefix("import ").removesuffix(".Image")

    assert any(f"{contract}" in said and "BROKEN" in said for said in planted.splitlines())
    assert f"{importer} -> {imported}" in planted
