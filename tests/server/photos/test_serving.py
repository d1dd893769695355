"""Photos are shown to those in scope, originals only ever handed over as files, nothing hostile in place."""

import urllib.parse
import urllib.request
from io import BytesIO

import pytest
from PIL import Image

from media.digest import Rendition, storage_key
from patrol.errors import NotFound
from server import create_app
from server.services import photo_processing
from server.services.photo_serving import serve
from server.storage import current_storage, make_storage
from tests.counties import COUNTY, supervisor
from tests.media.hostile import corpus
from tests.server.photos.scene import URL, carrier, photo
from tests.servers.s3 import new_bucket
from tests.settings import make_config

DATA = photo()


@pytest.fixture
def shown(county):
    """A phone of the team and the digest of a processed photo of its visit."""
    one = carrier(county)
    digest = one.bring(DATA)
    photo_processing.process(digest, county.clock())
    return one, digest


def get(one, digest, rendition, **headers):
    return one.client.get(f"{URL}/{digest}/{rendition}", headers=one.authorization | headers, buffered=True)


def test_copies_are_shown_and_kept_for_ever(shown):
    for rendition in ("thumbnail", "screen"):
        answer = get(*shown, rendition)
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert dict(Image.open(BytesIO(answer.data)).getexif()) == {}


def test_an_original_is_a_file_that_can_do_nothing(shown):
    answer = get(*shown, "original")
    assert answer.data == DATA
    assert answer.mimetype == "application/octet-stream"
    assert answer.headers["Content-Disposition"] == f"attachment; filename={shown[1]}.jpg"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_part_of_a_photo_can_be_asked_for(shown):
    answer = get(*shown, "original", Range="bytes=100-199")
    assert (answer.status_code, answer.data) == (206, DATA[100:200])
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(DATA)}"
    assert get(*shown, "original", Range=f"bytes={len(DATA)}-").status_code == 416


def test_who_has_it_already_is_told_so(shown):
    tag = get(*shown, "thumbnail").headers["ETag"]
    answer = get(*shown, "thumbnail", **{"If-None-Match": tag})
    assert (answer.status_code, answer.data) == (304, b"")


def test_nobody_out_of_scope_sees_anything(county, shown):
    one, digest = shown
    for rendition in ("thumbnail", "screen", "original"):
        assert one.client.get(f"{URL}/{digest}/{rendition}").status_code == 401
        assert serve(supervisor(), digest, rendition).file.exists()
    foreign = type(supervisor())("x", supervisor().role, f"{COUNTY}-other")
    with pytest.raises(NotFound):
        serve(foreign, digest, "thumbnail")
    assert get(one, "0" * 64, "thumbnail").status_code == 404
    assert get(one, digest, "anything").status_code == 404


def test_what_is_not_processed_has_no_copies_yet(county):
    one = carrier(county)
    digest = one.bring(DATA)
    assert get(one, digest, "thumbnail").status_code == 404
    assert get(one, digest, "original").status_code == 200


def test_no_hostile_file_is_served_in_place(county):
    """One in six of the corpus (all of it passes through the decoder in tests of media)."""
    one = carrier(county)
    files = corpus()[::6]
    assert len(files) >= 50
    for file in files:
        digest = one.declare(file.data, size=max(1, len(file.data)))
        if not file.data or len(file.data) > 2_000_000:
            continue
        answer = one.patch(digest, file.data)
        assert answer.status_code in (204, 422), (file.name, answer.text)
        if answer.status_code == 204:
            photo_processing.process(digest, county.clock())
        for rendition in ("thumbnail", "screen", "original"):
            given = get(one, digest, rendition)
            assert given.status_code in (200, 404), file.name
            if given.status_code == 200 and rendition == "original":
                assert given.headers["Content-Disposition"].startswith("attachment"), file.name
            elif given.status_code == 200:
                assert given.data[:3] == b"\xff\xd8\xff", file.name


@pytest.fixture
def bucket(county, s3, tmp_path, monkeypatch):
    """The same county, its media in a bucket."""
    name = f"photos-{abs(hash(tmp_path)):x}"
    storage = make_storage(make_config(tmp_path, **new_bucket(s3, name)))
    monkeypatch.setitem(county.app.extensions, "qianshao_storage", storage)
    return county


def test_a_bucket_gives_photos_out_by_short_lived_addresses(bucket):
    one = carrier(bucket)
    digest = one.bring(DATA)
    photo_processing.process(digest, bucket.clock())
    answer = get(one, digest, "original")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "private, no-store")
    url = answer.headers["Location"]
    assert urllib.parse.parse_qs(urllib.parse.urlsplit(url).query)["X-Amz-Expires"] == ["60"]
    with urllib.request.urlopen(url) as fetched:
        assert fetched.read() == DATA
        assert fetched.headers["Content-Type"] == "application/octet-stream"
        assert fetched.headers["Content-Disposition"].startswith("attachment")
    with urllib.request.urlopen(get(one, digest, "thumbnail").headers["Location"]) as fetched:
        assert fetched.headers["Content-Type"] == "image/jpeg"
    assert current_storage().size(storage_key(digest, Rendition.SCREEN))


def test_a_bucket_that_is_down_costs_nothing_but_time(bucket, monkeypatch, tmp_path):
    one = carrier(bucket)
    digest = one.declare(DATA)
    up = bucket.app.extensions["qianshao_storage"]
    away = {"QIANSHAO_MEDIA_URL": "s3://nobody/media", "QIANSHAO_S3_ENDPOINT": "http://127.0.0.1:9",
            "QIANSHAO_S3_ACCESS_KEY": "a", "QIANSHAO_S3_SECRET_KEY": "b"}  # fmt: skip
    monkeypatch.setitem(bucket.app.extensions, "qianshao_storage", make_storage(make_config(tmp_path, **away)))
    answer = one.patch(digest, DATA)
    assert (answer.status_code, answer.json["code"]) == (503, "storage_down")
    assert one.declare(photo(2)), "operations go on"
    monkeypatch.setitem(bucket.app.extensions, "qianshao_storage", up)
    assert one.offset(digest) == len(DATA)
    assert one.counts()[1] == 1


def test_a_page_may_show_pictures_of_the_bucket_and_of_nobody_else(tmp_path):
    named = {"QIANSHAO_MEDIA_URL": "s3://bucket/media", "QIANSHAO_S3_ENDPOINT": "https://store.example:9000"}
    for settings, allowed in (({}, "img-src 'self' data:"), (named, "img-src 'self' https://store.example:9000 data:")):
        app = create_app(make_config(tmp_path, **settings))
        assert allowed in app.test_client().get("/healthz").headers["Content-Security-Policy"]
