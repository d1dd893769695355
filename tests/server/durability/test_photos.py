"""The store of photos is read again and compared with its names."""

import pytest

from media.digest import storage_key
from server.durability.photos import prove_photos
from server.storage import current_storage
from tests.server.photos.conftest import county  # noqa: F401 - a fixture
from tests.server.photos.scene import carrier, photo


@pytest.fixture
def brought(county):  # noqa: F811 - the fixture
    one = carrier(county)
    return [one.bring(photo(number)) for number in (1, 2, 3)]


def test_photos_that_are_as_they_came_hold(brought):
    found = prove_photos(current_storage())
    assert (found.photos, found.faults) == (3, ())
    assert found.bytes == sum(current_storage().size(storage_key(digest)) or 0 for digest in brought)


def test_a_photo_that_is_gone_and_one_that_was_changed_are_named(brought):
    folder = current_storage().folder
    assert folder
    (folder / storage_key(brought[0])).unlink()
    changed = folder / storage_key(brought[1])
    changed.write_bytes(changed.read_bytes()[:-1] + b"?")
    said = {str(fault) for fault in prove_photos(current_storage()).faults}
    assert said == {f"photo {brought[0]}: missing", f"photo {brought[1]}: changed"}
