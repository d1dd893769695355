"""Cursors, pages, resets, digests (SPEC, part FD)."""

import pytest

from sync import feed
from sync.wire import Cursor, Row

HEADS = {"mine:m": feed.StreamHead(9, floor=4), "visit:v": feed.StreamHead(5)}


def pull(epoch="e1", **streams):
    cursor = Cursor(epoch, {name.replace("_", ":"): seq for name, seq in streams.items()})
    return feed.pull(cursor, "e1", HEADS)


def test_fd_3_what_has_more_is_read_from_the_cursor_on():
    found = pull(mine_m=7, visit_v=5)
    assert (found.after, found.resets, found.added, found.dropped) == ({"mine:m": 7}, (), (), ())
    assert found.marks == {"mine:m": 9, "visit:v": 5}


@pytest.mark.parametrize(("seq", "reset"), [(3, True), (4, False), (9, False), (10, True)])
def test_fd_5_below_the_floor_and_beyond_the_head_a_stream_is_reset(seq, reset):
    found = pull(mine_m=seq, visit_v=5)
    assert found.resets == (("mine:m",) if reset else ())
    assert found.after.get("mine:m", 9) == (0 if reset else seq)


def test_fd_5_another_epoch_resets_everything():
    found = pull("e0", mine_m=9, visit_v=5)
    assert found.resets == ("mine:m", "visit:v")
    assert found.after == {"mine:m": 0, "visit:v": 0}


def test_sc_1_and_sc_2_scope_that_changed_is_named():
    found = pull(mine_m=9, visit_gone=2)
    assert (found.added, found.dropped) == (("visit:v",), ("visit:gone",))
    assert found.after == {"visit:v": 0}


@pytest.mark.parametrize(("held", "digest", "reset"), [(5, "a", False), (5, "b", True), (4, "b", False)])
def test_fd_8_a_digest_counts_at_an_equal_cursor_only(held, digest, reset):
    cursor = Cursor("e1", {"visit:v": held, "mine:m": 9})
    found = feed.pull(cursor, "e1", HEADS, {"visit:v": "a"}, {"visit:v": digest})
    assert found.resets == (("visit:v",) if reset else ())


def test_fd_4_a_page_that_is_cut_moves_to_its_last_row_and_a_whole_one_to_the_head():
    rows = [Row(n, f"k{n}") for n in (2, 5, 6)]
    cut, more = feed.page("visit:v", 1, 8, rows, 2)
    assert (cut.after, cut.upto, len(cut.rows), more) == (1, 5, 2, True)
    whole, more = feed.page("visit:v", 1, 8, rows, 3)
    assert (whole.upto, len(whole.rows), more) == (8, 3, False)


def test_fd_8_the_digest_depends_on_every_key_seq_and_head_and_on_no_order():
    rows = [("a", 1, ["x", "y"]), ("b", 2, ["z"])]
    same = [("b", 2, ["z"]), ("a", 1, ["y", "x"])]
    assert feed.digest(rows) == feed.digest(same)
    others = [[("a", 1, ["x"]), rows[1]], [("a", 3, ["x", "y"]), rows[1]], [("c", 1, ["x", "y"]), rows[1]], rows[:1]]
    assert len({feed.digest(one) for one in [rows, *others]}) == 5
