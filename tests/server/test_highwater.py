import multiprocessing

import pytest

from server.highwater import HighWater, Mark, Unreadable


def test_a_data_directory_without_a_mark_says_so(tmp_path):
    assert HighWater(tmp_path / "mark").read() is None


def test_the_mark_rises_and_never_falls(tmp_path):
    mark = HighWater(tmp_path / "mark")
    mark.write(Mark("e1", "store", received=5, audit=2))
    mark.note(received=9)
    mark.note(received=7, audit=3)
    assert mark.read() == Mark("e1", "store", received=9, audit=3)


def test_a_mark_that_was_never_written_is_not_raised(tmp_path):
    mark = HighWater(tmp_path / "mark")
    mark.note(received=9)
    assert mark.read() is None


def test_a_new_mark_may_be_lower(tmp_path):
    mark = HighWater(tmp_path / "mark")
    mark.write(Mark("e1", "store", received=1_000_000, audit=1_000_000))
    mark.write(Mark("e2", "store", received=5))
    assert mark.read() == Mark("e2", "store", received=5)


@pytest.mark.parametrize("content", [b"{", b"[1]", b'{"epoch": "e"}', b"\xff\xff", b'{"x": 1}'])
def test_a_torn_mark_is_an_error_and_not_an_absence(tmp_path, content):
    path = tmp_path / "mark"
    path.write_bytes(content)
    with pytest.raises(Unreadable):
        HighWater(path).read()
    HighWater(path).note(received=3)
    assert path.read_bytes() == content


def _raise_it(path, start):
    for number in range(start, 4000, 4):
        HighWater(path).note(received=number)


def test_processes_raise_one_mark_together(tmp_path):
    path = tmp_path / "mark"
    HighWater(path).write(Mark("e1", "store"))
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_raise_it, args=(path, start)) for start in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert HighWater(path).read() == Mark("e1", "store", received=3999)
