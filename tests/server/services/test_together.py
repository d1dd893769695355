"""Work asked for by threads at once is done in one go, each gets its own outcome, and nobody waits for ever."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from server.services.together import PATIENCE_S, Together


class Work:
    """Takes its time, notes who came together, and fails for what is spoilt."""

    def __init__(self, seconds=0.0):
        self.groups, self._seconds = [], seconds

    @property
    def done(self):
        return list(chain.from_iterable(self.groups))

    def __call__(self, items):
        self.groups.append(list(items))
        time.sleep(self._seconds)
        if "spoilt" in items:
            raise ValueError("spoilt")


def all_at_once(together, items, before=lambda item: None):
    def ask(item):
        before(item)
        try:
            together.do(item)
        except ValueError as error:
            return error
        return None

    with ThreadPoolExecutor(len(items)) as threads:
        return dict(zip(items, threads.map(ask, items), strict=True))


def test_who_comes_alone_waits_for_nobody():
    work = Work()
    began = time.monotonic()
    Together(work, 16).do("one")
    assert work.groups == [["one"]]
    assert time.monotonic() - began < PATIENCE_S


def test_those_who_come_while_work_is_done_are_done_together_afterwards():
    work = Work(0.1)
    together = Together(work, 16)
    all_at_once(together, list("abcdefgh"))
    assert sorted(work.done) == list("abcdefgh")
    assert len(work.groups) <= 3


def test_never_more_than_so_many_at_once():
    work = Work(0.05)
    all_at_once(Together(work, 3), list("abcdefgh"))
    assert sorted(work.done) == list("abcdefgh")
    assert max(map(len, work.groups)) <= 3


def test_one_who_leads_waits_for_those_who_are_expected():
    work = Work()
    together = Together(work, 16)
    expected, leads = threading.Event(), threading.Event()

    def late():
        with together.expected():
            expected.set()
            leads.wait(5)
            time.sleep(PATIENCE_S / 4)
            together.do("late")

    thread = threading.Thread(target=late)
    thread.start()
    expected.wait(5)
    leads.set()
    together.do("early")
    thread.join(5)
    assert work.groups == [["early", "late"]]


@pytest.mark.parametrize("ends", ["by an error", "without asking"])
def test_nobody_waits_for_one_who_no_longer_comes(ends):
    together = Together(Work(), 16)
    try:
        with together.expected():
            if ends == "by an error":
                raise KeyError
    except KeyError:
        pass
    began = time.monotonic()
    together.do("one")
    assert time.monotonic() - began < PATIENCE_S


def test_one_who_is_expected_and_does_not_come_is_waited_for_a_moment_only():
    together = Together(Work(), 16)
    with ThreadPoolExecutor(1) as other, together.expected():
        began = time.monotonic()
        other.submit(together.do, "one").result(5)
        assert PATIENCE_S <= time.monotonic() - began < 2


def test_what_is_spoilt_fails_alone_and_costs_the_others_nothing():
    work = Work(0.05)
    outcomes = all_at_once(Together(work, 16), ["a", "b", "spoilt", "c"])
    assert [item for item, error in outcomes.items() if error] == ["spoilt"]
    assert {item for group in work.groups for item in group} == {"a", "b", "c", "spoilt"}


def test_many_rounds_lose_nobody():
    work = Work()
    together = Together(work, 4)

    def ask(item):
        for turn in range(50):
            with together.expected():
                together.do((item, turn))

    with ThreadPoolExecutor(12) as threads:
        list(threads.map(ask, range(12)))
    assert sorted(work.done) == [(item, turn) for item in range(12) for turn in range(50)]
    assert together._coming == 0
