"""One contract, kept by a folder and by a bucket."""

import pytest

from media.digest import SHELVES
from server.storage import AlreadyStored, Storage, make_storage
from tests.servers.s3 import new_bucket
from tests.settings import make_config


@pytest.fixture(params=["folder", "bucket"])
def storage(request, tmp_path) -> Storage:
    if request.param == "folder":
        return make_storage(make_config(tmp_path))
    return _bucket(request.getfixturevalue("s3"), tmp_path)


def _bucket(endpoint: str, tmp_path) -> Storage:
    return make_storage(make_config(tmp_path, **new_bucket(endpoint, f"bucket-{abs(hash(tmp_path)):x}")))


def test_what_was_put_comes_back(storage):
    storage.put("ab/cd/photo", b"0123456789")

    assert storage.get("ab/cd/photo") == b"0123456789"
    assert storage.get_range("ab/cd/photo", 3, 4) == b"3456"
    assert storage.size("ab/cd/photo") == 10


def test_a_file_is_put_as_it_is(storage, tmp_path):
    file = tmp_path / "upload"
    file.write_bytes(b"from a file")

    storage.put("k/file", file)

    assert storage.get("k/file") == b"from a file"


def test_nothing_stored_is_ever_overwritten(storage):
    storage.put("k/one", b"first")

    with pytest.raises(AlreadyStored):
        storage.put("k/one", b"second")
    assert storage.get("k/one") == b"first"


def test_what_is_not_there_has_no_size_and_cannot_be_read(storage):
    assert storage.size("k/none") is None
    with pytest.raises(FileNotFoundError):
        storage.get("k/none")


def test_deleting_twice_is_harmless(storage):
    storage.put("k/gone", b"x")

    storage.delete("k/gone")
    storage.delete("k/gone")

    assert storage.size("k/gone") is None


def test_a_store_that_is_there_says_so(storage):
    storage.check()


def test_a_key_cannot_leave_the_folder(tmp_path):
    storage = make_storage(make_config(tmp_path))

    with pytest.raises(Exception, match=r"[Pp]ath"):
        storage.put("../outside", b"x")
    assert not (tmp_path / "outside").exists()


def test_a_folder_with_a_space_in_its_name_is_found(tmp_path):
    storage = make_storage(make_config(tmp_path / "a folder"))

    storage.put("k", b"x")

    assert (tmp_path / "a folder" / "media" / "k").read_bytes() == b"x"


def test_a_file_is_moved_in_and_doing_so_twice_is_harmless(storage, tmp_path):
    for _ in range(2):
        file = tmp_path / "arriving"
        file.write_bytes(b"bytes")
        storage.adopt("original/ab/cd/abcd", file)
        assert not file.exists()

    assert storage.get("original/ab/cd/abcd") == b"bytes"


def test_room_is_made_beforehand_and_doing_so_twice_is_harmless(storage, tmp_path):
    storage.make_room(SHELVES)
    storage.make_room(SHELVES)
    file = tmp_path / "arriving"
    file.write_bytes(b"bytes")
    with file.open("rb") as opened:
        storage.adopt(f"{SHELVES[255]}/ffff", file, opened=opened.fileno())

    assert storage.get("original/ff/ffff") == b"bytes"
    if storage.folder is not None:
        assert len(list((storage.folder / "original").iterdir())) == 256


def test_only_a_bucket_has_addresses_of_its_own(storage):
    assert (storage.signed_url("a", 60) is None) == (storage.folder is not None)
