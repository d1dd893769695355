"""Three hundred hostile files: each ends in its refusal or in a harmless photo, within bounds."""

import json
import subprocess
import sys
import time
import tracemalloc
from collections import Counter

import pytest

from media.decoding import CHILD_SECONDS
from media.inspection import inspect
from media.refusals import Refusal, RefusalCode
from tests.media.hostile import KEPT, corpus

#: What the web process may grow by, whatever arrives.
WEB_BYTES = 64_000_000
DECODER_MAY_SAY = {KEPT, RefusalCode.UNDECODABLE, RefusalCode.TOO_COSTLY}


@pytest.fixture(scope="module")
def files():
    return corpus()


def outcome_of(result):
    return result.code if isinstance(result, Refusal) else KEPT


def test_there_are_three_hundred_and_they_are_the_same_every_time(files):
    assert len(files) == len({file.name for file in files}) == 300
    assert [file.data for file in corpus()] == [file.data for file in files]


def test_inspection_ends_as_it_must_for_every_file(files):
    wrong = {file.name: result for file in files if outcome_of(result := inspect(file.data)) not in file.expected}
    assert not wrong


def test_every_reason_that_inspection_has_is_met_in_the_corpus(files):
    met = {outcome_of(inspect(file.data)) for file in files}
    assert met == {KEPT, *RefusalCode} - {RefusalCode.UNDECODABLE, RefusalCode.TOO_COSTLY}


def test_inspection_is_quick_and_needs_little_memory_for_every_file(files):
    tracemalloc.start()
    try:
        for file in files:
            tracemalloc.reset_peak()
            before = tracemalloc.get_traced_memory()[0]
            started = time.process_time()
            inspect(file.data)
            assert time.process_time() - started < 2, file.name
            assert tracemalloc.get_traced_memory()[1] - before < WEB_BYTES / 2, file.name
    finally:
        tracemalloc.stop()


def test_decoding_every_file_under_the_childs_limits_neither_crashes_nor_hangs(files):
    command = [sys.executable, "-W", "error", "-m", "tests.media.develop_under_limits"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    *lines, _peak = map(json.loads, done.stdout.splitlines())
    assert [line["name"] for line in lines] == [file.name for file in files]
    for file, line in zip(files, lines, strict=True):
        allowed = file.expected | DECODER_MAY_SAY if KEPT in file.expected else file.expected
        assert line["outcome"] in allowed, line
        assert line["seconds"] < CHILD_SECONDS / 4, line
    outcomes = Counter(line["outcome"] for line in lines)
    assert outcomes[KEPT] > 30
    assert outcomes[RefusalCode.UNDECODABLE] > 3
