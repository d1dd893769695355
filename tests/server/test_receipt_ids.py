from datetime import UTC, datetime, timedelta

import pytest

from server import keys
from server.receipt_ids import issued_at, new_receipt_id

NOW = datetime(2026, 11, 23, 4, 0, 0, 123000, tzinfo=UTC)


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return keys.load_or_create(tmp_path_factory.mktemp("keys") / "server.pem")


def test_rc_3_a_receipt_s_id_says_when_it_was_given(key):
    ids = {new_receipt_id(key, NOW) for _ in range(100)}
    assert len(ids) == 100
    assert {issued_at(key, receipt) for receipt in ids} == {NOW}
    assert all(len(receipt) == 30 for receipt in ids)


def test_rc_3_an_id_of_another_server_or_one_made_up_says_nothing(key, tmp_path):
    other = keys.load_or_create(tmp_path / "other.pem")
    assert issued_at(key, new_receipt_id(other, NOW)) is None
    for invented in ("", "x", "A" * 30, "!" * 30, "A" * 31, "r_88123"):
        assert issued_at(key, invented) is None


def test_rc_3_no_character_of_an_id_can_be_changed(key):
    receipt = new_receipt_id(key, NOW + timedelta(days=1))
    for place in range(29):  # the last one holds bits that nobody reads
        changed = receipt[:place] + ("A" if receipt[place] != "A" else "B") + receipt[place + 1 :]
        assert issued_at(key, changed) is None
