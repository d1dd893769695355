import random
import sqlite3

from hypothesis import given
from hypothesis import strategies as st

from media.bands import BANDS, bands_of, neighbours, probes, signed, unsigned
from media.similarity import ALIKE_DISTANCE, distance

HASHES = st.integers(0, 2**64 - 1)
FEW_BITS = st.sets(st.integers(0, 63), max_size=ALIKE_DISTANCE)


def flipped(stored, bits):
    for bit in bits:
        stored ^= 1 << bit
    return stored


def test_the_bands_are_the_hash_in_four_pieces():
    assert bands_of(0x0123_4567_89AB_CDEF) == (0x0123, 0x4567, 0x89AB, 0xCDEF)


@given(HASHES, FEW_BITS)
def test_whatever_is_alike_shares_a_probe(stored, bits):
    """Pigeonhole: six bits over four bands leave one band with at most one."""
    columns = probes({flipped(stored, bits)})
    assert any(band in column for band, column in zip(bands_of(stored), columns, strict=True))


def test_a_band_has_itself_and_sixteen_neighbours():
    near = neighbours(0xFFFF)
    assert near[0] == 0xFFFF
    assert len(set(near)) == 17
    assert all((near[0] ^ other).bit_count() <= 1 for other in near)


@given(HASHES)
def test_a_hash_fits_a_signed_column_and_comes_back(stored):
    assert -(2**63) <= signed(stored) < 2**63
    assert unsigned(signed(stored)) == stored


def test_the_bands_as_columns_of_a_table_find_the_same():
    rng = random.Random(7)  # noqa: S311 - the same every time
    table = sqlite3.connect(":memory:")
    names = [f"band_{number}" for number in range(BANDS)]
    table.execute(f"CREATE TABLE photo (likeness INTEGER, {', '.join(names)})")
    stored = [rng.getrandbits(64) for _ in range(5_000)]
    table.executemany("INSERT INTO photo VALUES (?, ?, ?, ?, ?)", [(signed(each), *bands_of(each)) for each in stored])
    view = flipped(stored[77], rng.sample(range(64), ALIKE_DISTANCE))
    wanted = " OR ".join(
        f"{name} IN ({', '.join(map(str, column))})" for name, column in zip(names, probes({view}), strict=True)
    )
    rows = table.execute(f"SELECT likeness FROM photo WHERE {wanted}")  # noqa: S608 - numbers only
    alike = [unsigned(likeness) for (likeness,) in rows if distance(unsigned(likeness), view) <= ALIKE_DISTANCE]
    table.close()
    assert alike == [stored[77]]
