"""What users read, in one catalogue by stable code. The rest of the code speaks in codes only.

The catalogue is a folder a language: a file a room of the house, so that the phone takes its own files alone.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import yaml

CATALOGUE = Path(__file__).parent.parent / "catalogue" / "zh_CN"


def text(code: str, details: Mapping[str, object] | None = None) -> str:
    """The sentence for `code`, with its `{…}` filled in from `details`.

    A code without a sentence gives the general one with the code in it: an error must be told
    even when the catalogue was forgotten.
    """
    sentence = catalogue().get(code)
    if sentence is None:
        return catalogue()["unknown_code"].format(code=code)
    return sentence.format_map(_Facts(details or {}))


@functools.cache
def catalogue() -> Mapping[str, str]:
    """Code → sentence. The files' codes are apart; a guard holds it."""
    return {code: sentence for path in sorted(CATALOGUE.glob("*.yaml")) for code, sentence in sentences(path).items()}


def sentences(path: Path) -> Mapping[str, str]:
    """What one file of the catalogue says."""
    return cast(Mapping[str, str], yaml.safe_load(path.read_text(encoding="utf-8")) or {})


class _Facts(dict[str, object]):
    """Shows a missing fact as a dash: a sentence with a gap is better than no sentence."""

    def __missing__(self, _name: str) -> str:
        return "—"
