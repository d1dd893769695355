"""How alike two photos look: a 64-bit difference hash, and views of it that survive cropping.

Alike is a hint for a person, never a verdict. What is stored of a photo is one hash, of the picture
without its outer 5 %; what is searched with are hashes of many windows of the newer photo. If one of
the two is a crop of the other, some window shows what the stored hash shows.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image

HASH_BITS = 64
#: Hashes at most this far apart are alike.
ALIKE_DISTANCE = 6

#: Hashes are taken from a grey copy of this size at most: windows of it cost little.
_GREY_SIDE = 128
_COLUMNS, _ROWS = 9, 8
#: Grey levels between the darkest and the brightest cell, below which there is nothing to compare:
#: a black frame, a wall of dust. All such pictures would be alike.
_LEAST_CONTRAST = 6

_STORED = 5.0
#: What to leave off at the two ends of a side, in per cent, so that a window of a photo which lost
#: up to 5 % of that side shows what the stored hash of the whole photo shows …
_IF_CROPPED = ((5, 5), (0, 5), (5, 0), (2.5, 2.5), (2.5, 5), (5, 2.5), (0, 0))
#: … and the other way round, when the crop arrived before the whole.
_IF_WHOLE = ((5, 5), (10, 5), (5, 10), (7.5, 7.5), (7.5, 5), (5, 7.5), (10, 10))


@dataclass(frozen=True, slots=True)
class Likeness:
    """The hash to store, and the hashes to search stored ones with, the stored one among them."""

    stored: int
    views: frozenset[int]


def likeness_of(picture: Image.Image) -> Likeness | None:
    """Return the likeness of an upright picture, None where it shows too little to compare."""
    grey = picture.convert("L")
    grey.thumbnail((_GREY_SIDE, _GREY_SIDE), Image.Resampling.BILINEAR)
    stored = _cells(grey, (_STORED, _STORED), (_STORED, _STORED))
    if max(stored) - min(stored) < _LEAST_CONTRAST:
        return None
    views = frozenset(_hash(_cells(grey, across, down)) for across, down in _windows())
    return Likeness(_hash(stored), views)


def distance(one: int, other: int) -> int:
    """Return in how many of their 64 bits two hashes differ."""
    return (one ^ other).bit_count()


def nearest(views: frozenset[int], stored: int) -> int:
    """Return the least distance of any view from a stored hash."""
    return min(distance(view, stored) for view in views)


def _windows() -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    for margins in (_IF_CROPPED, _IF_WHOLE):
        for across in margins:
            for down in margins:
                yield across, down


def _cells(grey: Image.Image, across: tuple[float, float], down: tuple[float, float]) -> bytes:
    left, right = (grey.width * margin / 100 for margin in across)
    top, bottom = (grey.height * margin / 100 for margin in down)
    box = (left, top, grey.width - right, grey.height - bottom)
    return grey.resize((_COLUMNS, _ROWS), Image.Resampling.LANCZOS, box=box).tobytes()


def _hash(cells: bytes) -> int:
    """Return one bit for each pair of neighbours in a row: whether the right one is brighter."""
    bits = 0
    for row in range(0, len(cells), _COLUMNS):
        for at in range(row, row + _COLUMNS - 1):
            bits = bits << 1 | (cells[at] < cells[at + 1])
    return bits
