import hashlib

import pytest

from media.digest import Rendition, is_digest, sha256_of, storage_key

DIGEST = hashlib.sha256(b"photo").hexdigest()


def test_the_digest_is_the_sha_256_in_lower_case_hex():
    assert sha256_of(b"photo") == DIGEST


def test_a_key_is_made_of_the_rendition_and_the_digest():
    assert storage_key(DIGEST) == f"original/{DIGEST[:2]}/{DIGEST}"
    assert storage_key(DIGEST, Rendition.THUMBNAIL).startswith("thumbnail/")


@pytest.mark.parametrize(
    "name",
    [
        "",
        "..",
        "../" * 21 + "a",
        DIGEST.upper(),
        DIGEST[:-1],
        DIGEST + "\n",
        DIGEST[:-1] + "\0",
        "\u0661" * 64,
        "g" * 64,
    ],
)
def test_no_other_name_becomes_a_key(name):
    assert not is_digest(name)
    with pytest.raises(ValueError, match="64 lower-case hex digits"):
        storage_key(name)
