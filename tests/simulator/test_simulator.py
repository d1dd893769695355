"""The simulator: two thousand seeds hold, the same seed is the same run, every planted defect is noticed."""

import pytest

from simulation.campaign import notice, play_range, smallest
from simulation.defects import DEFECTS, planted
from simulation.runs import is_real, play
from simulation.shrinking import shrink

SEEDS, PART = 2000, 100
#: What a defect may need: the campaign found every one far earlier.
PATIENCE = 120


@pytest.mark.parametrize("start", range(0, SEEDS, PART))
def test_every_promise_holds_in_every_seed(start):
    report = play_range(start, PART)
    assert report.failing == {}
    assert report.seeds == PART
    assert {"forks", "late", "parked", "no_scope", "revoked", "concurrent", "county restores"} <= set(+report.story)


@pytest.mark.parametrize("seed", [0, 24, 77, 1234])
def test_a_seed_played_twice_is_the_same_run(seed):
    first, second = play(seed), play(seed)
    assert first == second
    assert len(first.trace) == 64


def test_seeds_differ():
    assert len({play(seed).trace for seed in range(6)}) == 6


def test_some_seeds_are_played_with_real_signatures():
    assert [seed for seed in range(100) if is_real(seed)] == [24, 49, 74, 99]


@pytest.mark.parametrize("seed", range(30))
def test_tm_1_iv_17_no_clock_changes_what_is_stored(seed):
    assert play(seed).ending == play(seed, still=True).ending


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_planted_defect_is_noticed(defect):
    found = notice(defect, range(PATIENCE))
    assert found.seed is not None, f"{defect} went unnoticed"
    assert play(found.seed).broken is None, "the seed holds again without the defect"


def test_a_failing_run_is_shrunk_to_what_it_needs():
    with planted("last_write_wins"):
        found = play(1)
        assert found.rule
        events = smallest(1)
        assert play(1, events).rule == found.rule
        assert len(events) <= 12
        assert all(play(1, events[:n] + events[n + 1 :]).rule != found.rule for n in range(len(events)))


def test_shrinking_leaves_only_what_fails():
    events = [("answer", n, 0, 0) for n in range(50)]
    needed = {7, 31}
    kept = shrink(events, lambda given: needed <= {n for _, n, _, _ in given})
    assert {n for _, n, _, _ in kept} == needed
