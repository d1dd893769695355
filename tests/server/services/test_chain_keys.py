"""Keys of chains are asked once, and never taken from another epoch."""

import pytest

from server.queries import log
from server.services import chain_keys


@pytest.fixture
def asked(monkeypatch):
    """What was asked of the database, which has the chains `a` and `b`."""
    found = []

    def recorded(chains):
        found.append(list(chains))
        return {chain: ("ES256", f"key of {chain}", "p1") for chain in chains if chain in ("a", "b")}

    monkeypatch.setattr(log, "chain_keys", recorded)
    return found


def test_a_key_is_asked_for_once(asked):
    first = chain_keys.keys_of("one time", ["a"])
    assert chain_keys.keys_of("one time", ["a", "b"]) == first | {"b": ("ES256", "key of b")}
    assert asked == [["a"], ["b"]]
    assert chain_keys.people_of("one time", ["a", "unheard"]) == {"p1"}


def test_a_chain_that_is_not_on_record_is_asked_for_again(asked):
    assert chain_keys.keys_of("no record", ["c"]) == chain_keys.keys_of("no record", ["c"]) == {}
    assert asked == [["c"], ["c"]]


def test_another_epoch_knows_nothing_of_what_was_kept(asked):
    chain_keys.keys_of("before", ["a"])
    assert chain_keys.people_of("after", ["a"]) == set()
    chain_keys.keys_of("after", ["a"])
    assert asked == [["a"], ["a"]]
