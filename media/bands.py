"""Finding the stored hashes near a given one without looking at all of them.

Pigeonhole (multi-index hashing, Norouzi 2012): cut 64 bits into four bands of sixteen. If two hashes
differ in at most six bits, some band differs in at most one. So a database keeps four small columns,
each indexed, and asks for the 17 values within one bit of each band: about 1,040 candidates among a
million, where eight bands of eight bits, of which two must be equal, give 31,000.
"""

from array import array
from collections.abc import Iterable, Iterator
from functools import cache

from media.similarity import ALIKE_DISTANCE, HASH_BITS, distance

BANDS = 4
BAND_BITS = HASH_BITS // BANDS

_MASK = (1 << BAND_BITS) - 1


def bands_of(stored: int) -> tuple[int, ...]:
    """Return the four bands, 0 to 65535 each, the highest bits first: the columns of a row."""
    return tuple(stored >> shift & _MASK for shift in range(HASH_BITS - BAND_BITS, -1, -BAND_BITS))


@cache
def neighbours(band: int) -> tuple[int, ...]:
    """Return the 17 bands at most one bit away, the band itself first."""
    return band, *(band ^ 1 << bit for bit in range(BAND_BITS))


def probes(views: Iterable[int]) -> tuple[frozenset[int], ...]:
    """Return for each of the four columns the values that a row alike to any view may have in it.

    As SQL: `band_0 IN (…) OR band_1 IN (…) OR …`; then measure the candidates' distance.
    """
    columns = zip(*(bands_of(view) for view in views), strict=True)
    return tuple(frozenset(value for band in set(column) for value in neighbours(band)) for column in columns)


def signed(stored: int) -> int:
    """Return the hash as a signed 64-bit integer, which is what both databases' BIGINT holds."""
    return stored - (1 << HASH_BITS) if stored >> (HASH_BITS - 1) else stored


def unsigned(column: int) -> int:
    """Return the hash from a signed 64-bit column."""
    return column & ((1 << HASH_BITS) - 1)


class LikenessIndex:
    """Stored hashes in memory, found by band; positions are in order of adding, from 0."""

    def __init__(self) -> None:
        self._hashes = array("Q")
        self._buckets: list[dict[int, array[int]]] = [{} for _ in range(BANDS)]

    def __len__(self) -> int:
        return len(self._hashes)

    def add(self, stored: int) -> int:
        """Add a hash and return its position."""
        position = len(self._hashes)
        self._hashes.append(stored)
        for bucket, band in zip(self._buckets, bands_of(stored), strict=True):
            bucket.setdefault(band, array("I")).append(position)
        return position

    def alike(self, views: Iterable[int]) -> dict[int, int]:
        """Return position → distance of every stored hash at most ALIKE_DISTANCE from any view."""
        found: dict[int, int] = {}
        for view in set(views):
            for position in self._candidates(view):
                apart = distance(self._hashes[position], view)
                if apart <= ALIKE_DISTANCE and apart < found.get(position, HASH_BITS):
                    found[position] = apart
        return found

    def _candidates(self, view: int) -> Iterator[int]:
        for bucket, band in zip(self._buckets, bands_of(view), strict=True):
            for value in neighbours(band):
                yield from bucket.get(value, ())
