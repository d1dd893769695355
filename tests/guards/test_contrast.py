"""Every colour that carries a meaning can be read, in every theme (WCAG 2.2, 1.4.3 and 1.4.11)."""

import re
from collections.abc import Iterator

import pytest

from tests.guards.tree import ROOT

TEXT = 4.5
EDGE = 3.0
STATES = ("covered", "under-way", "due", "missed", "excused", "nothing")
GROUNDS = ("ground", "surface", "sunk")
PAIRS = [
    *((ink, ground, TEXT) for ink in ("ink", "soft", *STATES) for ground in GROUNDS),
    *((state, f"{state}-ground", TEXT) for state in (*STATES, "grave")),
    *((f"{state}-mark", "surface", EDGE) for state in STATES if state != "nothing"),
    *(("accent", ground, TEXT) for ground in ("ground", "surface", "accent-ground")),
    *(("accent-ink", ground, TEXT) for ground in ("accent", "accent-strong")),
    *((edge, ground, EDGE) for edge in ("edge", "focus") for ground in ("ground", "surface")),
]


def themes() -> Iterator[tuple[str, dict[str, str]]]:
    """Selector → the colours that it sets."""
    css = (ROOT / "design" / "tokens.css").read_text(encoding="utf-8")
    for selector, body in re.findall(r"(:root[^{]*)\{([^}]*)\}", css):
        colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", body))
        if colours:
            yield selector.strip(), colours


def contrast(one: str, other: str) -> float:
    """The ratio of two colours' lightness, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_on_white_is_twenty_one_to_one():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


def test_every_theme_sets_the_same_colours():
    named = [set(colours) for _, colours in themes()]

    assert len(named) == 4
    assert all(names == named[0] for names in named)


@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_a_colour_can_be_read_on_its_ground_in_every_theme(ink: str, ground: str, least: float):
    too_weak = {name for name, colours in themes() if contrast(colours[ink], colours[ground]) < least}

    assert too_weak == set()


def test_the_two_dark_themes_are_the_same():
    dark = [colours for name, colours in themes() if "lamp" not in name][1:]

    assert dark[0] == dark[1]
