"""What the demo is made of: the invented county, and the editions of the shipped checklist. Only reads files."""

import functools
from pathlib import Path
from typing import Any, NamedTuple, cast

import yaml

from checklists.editions import compile_edition
from checklists.loading import load
from checklists.shell import LIBRARY, read_folder

_COUNTY = Path(__file__).parent / "county.yaml"


class Registered(NamedTuple):
    """A place of a mine's register, before it has an id."""

    kind: str
    name: str
    code: str


@functools.cache
def county() -> dict[str, Any]:
    """The county as `county.yaml` says it."""
    return cast(dict[str, Any], yaml.safe_load(_COUNTY.read_text(encoding="utf-8")))


def places_of(mine: dict[str, Any]) -> list[Registered]:
    """The register of a mine: its sets of places, numbered in their order."""
    sets = county()["places"]
    listed = [entry for name in mine["places"] for entry in sets[name]]
    return [Registered(kind, name, f"{mine['code']}-{number:02}") for number, (kind, name) in enumerate(listed, 1)]


@functools.cache
def editions() -> tuple[bytes, ...]:
    """The compiled editions of the library, oldest first: as they were published, the last one as the files say it."""
    published = load(read_folder(LIBRARY))
    files = [LIBRARY / "editions" / f"{edition.number}.json" for edition in published.published[:-1]]
    return (*(file.read_bytes() for file in files), compile_edition(published.checklist))
