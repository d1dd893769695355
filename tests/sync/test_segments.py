"""The log's rows: each proves itself (SPEC, part SG)."""

from dataclasses import replace

import pytest

from sync import segments
from sync.segments import SegmentDamagedError
from tests.sync.phones import enter, sync, team


def in_three_parts():
    """(county, phone) whose chain came in three exchanges."""
    county, (phone,) = team(1)
    visit = enter(phone, "p1")
    for part in range(3):
        phone.answer("p1", visit, f"answer/GAS-00{part}/-", "pass")
        sync(phone, county)
    return county, phone


def test_sg_4_a_segment_from_the_middle_is_checked_with_the_key_and_nothing_else():
    county, phone = in_three_parts()
    log, middle = phone.state.chains[0].log, county.store.segments[1]
    key = county.store.chains[middle.chain].key
    county.store.segments.clear()
    county.store.chains.clear()
    assert segments.check_segment(middle, "ES256", key) == [held.data for held in log[middle.first - 1 : middle.last]]


def test_sg_4_a_segment_that_somebody_else_signed_or_rewrote_is_damaged():
    county, phone = in_three_parts()
    first, middle, last = county.store.segments
    key = county.store.chains[middle.chain].key
    said = segments.operations_of(middle)
    other = [said[0].replace(b'"pass"', b'"fail"'), *said[1:]]
    rewritten = replace(
        middle, data=segments.pack_run(tuple(other), (middle.before,)), hash=segments.SUITES["ES256"].hash_of(other[0])
    )
    assert segments.operations_of(rewritten) == other
    for damaged in (rewritten, replace(middle, signature=first.signature), replace(middle, signature=last.signature)):
        with pytest.raises(SegmentDamagedError):
            segments.check_segment(damaged, "ES256", key)
    with pytest.raises(SegmentDamagedError):
        segments.check_segment(middle, "ES256", phone.state.device_key)
