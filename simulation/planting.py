"""How a planted defect takes the place of the real part, and gives it back."""

from typing import Any
from unittest.mock import patch

Patches = list[Any]


def put(target: object, name: str, wrong: object) -> Patches:
    """One replacement: `wrong` in the place of `target.name`."""
    return [patch.object(target, name, wrong)]
