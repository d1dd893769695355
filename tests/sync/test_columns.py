"""Columns come back as they were, or are an error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import columns, sheets
from sync.chain import b64
from sync.registers import Entry, Stamp

numbers = st.lists(st.integers(-(2**63), 2**63 - 1) | st.integers(-130, 130), max_size=9)
uids = st.binary(min_size=16, max_size=16).map(b64)


@given(numbers)
def test_numbers_come_back_whatever_their_width(given_numbers):
    assert list(columns.unpack_numbers(columns.pack_numbers(given_numbers))) == given_numbers


@given(st.lists(st.integers(0, 2**53), min_size=1, max_size=9))
def test_clocks_come_back_from_their_steps(walls):
    assert columns.unpack_first_and_steps(*columns.pack_first_and_steps(walls)) == walls


@given(st.lists(uids, max_size=9))
def test_uids_take_sixteen_bytes_each(some):
    packed = columns.pack_uids(some)

    assert len(packed) == 16 * len(some)
    assert columns.unpack_uids(packed) == some


@given(st.lists(st.text("aA-_/wQ", max_size=24) | uids, max_size=9))
def test_keys_come_back_with_uids_and_slashes_in_them(keys):
    aside: list[str] = []
    packed = columns.pack_keys(keys, aside)

    assert columns.unpack_keys(packed, aside) == keys


def test_a_text_that_is_no_uid_stays_where_it_is():
    aside: list[str] = []
    almost = "A" * 21 + "B"

    assert columns.set_aside([almost, "A" * 22], aside) == [almost, None]
    assert aside == ["A" * 22]


@pytest.mark.parametrize("damaged", [b"\x03abc", b"\x02abc"])
def test_a_damaged_column_is_an_error(damaged):
    with pytest.raises(ValueError, match="damaged"):
        columns.unpack_numbers(damaged)


def test_sh_5_what_the_reader_holds_is_not_stored_and_must_be_the_same_again():
    stamp = Stamp(b64(bytes(16)), b64(bytes(16)), 7, "p1", b64(bytes(16)), 1_767_200_123_456)
    text, sheet = '"支柱漏液，须更换后方可作业。"'.encode(), sheets.Sheet()
    for field, value in (("item", b'"GAS-001"'), ("text", text), ("state", b'"live"')):
        sheet.add(field, Entry(stamp, (), value))
        sheet.registers[field].seq = 12
    row = sheets.encode(sheet, (text, b'"GAS-001"'))

    assert text not in row
    assert len(row) <= 100
    assert sheets.decode(row, (text, b'"GAS-001"')).registers == sheet.registers
    for beside in ((), (text, b'"GAS-002"')):
        with pytest.raises(ValueError, match="damaged"):
            sheets.decode(row, beside)
