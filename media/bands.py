"""Finding the stored hashes near a given one without looking at all of them.

Pigeonhole (multi-index hashing, Norouzi 2012): cut 64 bits into four bands of sixteen. If two hashes
differ in at most six bits, some band differs in at most one. So a database keeps four small columns,
each indexed, and asks for the 17 values within one bit of each band: about 1,040 candidates among a
million, where eight bands of eight bits, of which two must be equal, give 31,000.
"""

from collections.abc import Iterable
from functools import cache

from media.similarity import HASH_BITS

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
