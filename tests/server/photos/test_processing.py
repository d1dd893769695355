"""Photos that arrived are developed once, in a child, and what does not fit about them is shown with its evidence."""

import hashlib
import os
import random
import signal
from datetime import UTC, timedelta
from io import BytesIO

import pytest
from PIL import Image, ImageEnhance
from sqlalchemy import select

from media.development import develop
from media.digest import Rendition, sha256_of, storage_key
from media.headers.parts import Header
from media.inspection import inspect
from media.refusals import Refusal
from server import decoding_child, folder
from server.db import db as the_db
from server.db import transaction
from server.decoding_child import Outcome
from server.models.mine import Mine
from server.models.photo import PhotoFile, PhotoFlag
from server.queue import current_queue
from server.services import photo_processing, photo_sweep
from server.storage import current_storage
from server.worker import JobWorker
from sync import bodies
from tests.media.hostile import corpus
from tests.media.pictures import encoded, scene
from tests.server.photos.scene import carrier, photo, uid

DATA = photo()


def file_of(digest):
    the_db.session.rollback()
    return the_db.session.get_one(PhotoFile, digest, populate_existing=True)


def flags():
    """Code → evidence of every flag there is."""
    the_db.session.rollback()
    return [(flag.code, flag.evidence) for flag in the_db.session.scalars(select(PhotoFlag).order_by(PhotoFlag.code))]


def process(county, *digests):
    for digest in digests:
        assert photo_processing.process(digest, county.clock())


def test_a_worker_develops_what_arrived(county, app):
    one = carrier(county)
    digest = one.bring(DATA)

    JobWorker(app).work(burst=True, logging_level="CRITICAL")

    assert one.counts() == (1, 1, 1, 0)
    for rendition, side in ((Rendition.SCREEN, 640), (Rendition.THUMBNAIL, 320)):
        copy = Image.open(BytesIO(current_storage().get(storage_key(digest, rendition))))
        assert (max(copy.size), dict(copy.getexif())) == (side, {})
    camera = file_of(digest).camera
    assert (camera["model"], camera["taken_at"]) == ("KT-7", "2026-11-23T04:10:00Z")
    assert (current_storage().get(storage_key(digest)), flags()) == (DATA, [])


def test_processing_twice_changes_nothing(county):
    one = carrier(county)
    digest = one.bring(DATA)
    process(county, digest)
    before = one.row().photos_seq

    assert not photo_processing.process(digest, county.clock())

    assert (one.row().photos_seq, one.counts()) == (before, (1, 1, 1, 0))


def test_what_the_queue_lost_is_found_again(county):
    one = carrier(county)
    digests = [one.bring(photo(seed)) for seed in (1, 2)]
    current_queue().empty()
    assert photo_sweep.sweep(county.clock()) == 0, "the doorbell has precedence"

    assert photo_sweep.sweep(county.clock() + photo_sweep.GRACE + timedelta(seconds=9)) == 2

    assert one.counts() == (2, 2, 2, 0)
    assert all(file_of(digest).processed_at for digest in digests)


def test_a_photo_declared_after_its_bytes_were_processed_is_counted_by_the_sweep(county):
    one, other = carrier(county), carrier(county, "p2", 4, opening=False)
    process(county, one.bring(DATA))
    other.declare(DATA)

    photo_sweep.sweep(county.clock())

    assert one.counts() == (2, 2, 2, 0)
    assert [code for code, _ in flags()] == ["same_bytes"]


def _undecodable():
    """A file whose header is good."""
    good_headers = (file.data for file in corpus() if isinstance(inspect(file.data), Header))
    return next(data for data in good_headers if isinstance(develop(data, UTC), Refusal))


def test_what_no_decoder_can_read_is_refused_in_the_end(county):
    one = carrier(county)
    digest = one.bring(_undecodable())

    process(county, digest)

    assert file_of(digest).refusal == "undecodable"
    assert one.counts() == (1, 1, 0, 1)
    assert current_storage().size(storage_key(digest, Rendition.SCREEN)) is None


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        (lambda *_: os.kill(os.getpid(), signal.SIGSEGV), "undecodable"),
        (lambda *_: bytearray(2_000_000_000), "too_costly"),
        (lambda *_: os.kill(os.getpid(), signal.SIGXCPU), "too_costly"),
        (lambda *_: os.write(3, b"\x00" * 2000) and os._exit(0), "undecodable"),
    ],
)
def test_a_decoder_gone_mad_takes_nobody_with_it(county, monkeypatch, deed, refusal):
    monkeypatch.setattr(decoding_child, "develop", deed)
    one = carrier(county)
    digest = one.bring(DATA)
    process(county, digest)
    assert file_of(digest).refusal == refusal


def test_the_child_has_no_files_no_sockets_and_cannot_write(county, monkeypatch):
    def look(*_):
        try:
            os.open("/dev/null", os.O_RDONLY)
        except OSError:
            raise MemoryError from None

    monkeypatch.setattr(decoding_child, "develop", look)
    found = decoding_child.develop_in_child(DATA, photo_processing.ZONE)
    assert found.refusal is not None
    assert (found.refusal.code, found.refusal.detail) == ("too_costly", "child 3")


def test_a_child_that_somebody_killed_is_tried_again(county, monkeypatch):
    one = carrier(county)
    digest = one.bring(DATA)
    with monkeypatch.context() as patched:
        patched.setattr(decoding_child, "develop", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
        for _ in range(4):
            with pytest.raises(decoding_child.ChildKilled):
                photo_processing.process(digest, county.clock())
    assert file_of(digest).attempts == 4
    process(county, digest)
    assert one.counts() == (1, 1, 1, 0)


def test_the_same_bytes_elsewhere_are_shown_on_the_later_photo(county):
    one, other = carrier(county), carrier(county, "p2", 4, opening=False)
    digest = one.bring(DATA)
    other.declare(DATA)
    process(county, digest)
    ((code, evidence),) = flags()
    assert (code, list(evidence)) == ("same_bytes", ["photo"])


def test_a_photo_that_looks_like_an_earlier_one_is_shown_with_how_far_it_is(county):
    one = carrier(county)
    first = one.bring(DATA)
    brighter = encoded(ImageEnhance.Brightness(scene(1).resize((500, 375))).enhance(1.1), quality=60)
    second = one.bring(brighter, source="file")
    process(county, first, second)
    found = dict(flags())
    assert set(found) == {"alike", "from_file"}
    assert found["alike"]["distance"] <= 6


def test_a_time_outside_the_visit_is_shown_with_how_long(county):
    one = carrier(county)
    process(county, one.bring(photo(1, "2026:11:20 12:00:00")))
    ((code, evidence),) = flags()
    assert (code, evidence["side"]) == ("time_outside_visit", "before")
    assert evidence["seconds"] == pytest.approx(3 * 86400, rel=0.01)


def test_a_position_far_from_the_mine_is_shown_with_how_far(county):
    with transaction():
        mine = the_db.session.get_one(Mine, "mine")
        mine.latitude, mine.longitude, mine.datum = 35.5, 112.8, "wgs84"
    one = carrier(county)
    at = bodies.Location(kind="gnss", lat=35.55, lon=112.8, accuracy=8.0, at=1_763_870_000_000, source="gps")
    process(county, one.bring(DATA, location=at))
    ((code, evidence),) = flags()
    assert (code, evidence["radius"]) == ("far_from_mine", 2000)
    assert evidence["metres"] == pytest.approx(5548, rel=0.01)


def test_a_phone_that_usually_writes_exif_and_once_does_not(county):
    one = carrier(county)
    process(county, *(one.bring(photo(seed)) for seed in range(10, 20)))
    process(county, one.bring(photo(30, taken=None)))
    assert ("no_exif", {"photos": 10, "with_exif": 10}) in flags()


def test_the_api_shows_the_flags_with_their_evidence(county):
    from server.services.photo_views import view_visit
    from tests.counties import supervisor

    one = carrier(county)
    process(county, one.bring(DATA, source="file"))
    one.declare(photo(2))
    shown = view_visit(supervisor(), one.visit)
    assert shown["counts"] == {"declared": 2, "arrived": 1, "processed": 1, "refused": 0}
    assert [(p["state"], [f["code"] for f in p["flags"]]) for p in shown["photos"]] == [
        ("processed", ["from_file"]), ("declared", []),
    ]  # fmt: skip
    assert [p["device_id"] for p in shown["phones"]] == [one.device]


ORIGINALS, SMALL = 40, (192, 144)


def _recompressed(picture, rng):
    return encoded(picture, quality=rng.randrange(35, 70))


def _resized(picture, rng):
    share = rng.uniform(0.4, 1.6)
    return encoded(picture.resize((round(picture.width * share), round(picture.height * share))), quality=75)


def _cropped(picture, rng):
    left, top, right, bottom = (rng.uniform(0, 0.05) for _ in range(4))
    across, down = picture.size
    box = (round(across * left), round(down * top), round(across * (1 - right)), round(down * (1 - bottom)))
    return encoded(picture.crop(box), quality=80)


def _brightened(picture, rng):
    return encoded(ImageEnhance.Brightness(picture).enhance(rng.uniform(0.75, 1.25)), quality=80)


ALTERED = (_recompressed, _resized, _cropped, _brightened)


def _generated(rng):
    """(bytes, which scene) of 320 photos in no order: scenes once, altered copies of 40 of them, exact copies of 20."""
    scenes = [scene(seed, SMALL) for seed in range(500, 500 + 100 + ORIGINALS)]
    whole = [encoded(picture, quality=88) for picture in scenes]
    altered = [(change(scenes[at], rng), at) for at in range(ORIGINALS) for change in ALTERED]
    made = [*((data, at) for at, data in enumerate(whole)), *altered, *((whole[at], at) for at in range(20))]
    rng.shuffle(made)
    return made


def test_on_a_generated_set_copies_are_flagged_and_hardly_anything_else(county, monkeypatch):
    """Through the database and its index: 320 photos of one mine. Decoded in this process; no disk is waited for."""
    monkeypatch.setattr(photo_processing, "develop_in_child", lambda data, zone: Outcome(develop(data, zone)))
    monkeypatch.setattr(folder, "sync_to_disk", lambda _: None)
    one = carrier(county)
    made = _generated(random.Random(8))  # noqa: S311
    shows, named = {}, []
    for data, at in made:
        named.append((name := uid(one.rng), at, sha256_of(data)))
        shows[name] = at
        one.declare_later(data, photo=name)
    one.tell()
    for data in {sha256_of(data): data for data, _ in made}.values():
        assert one.patch(sha256_of(data), data).status_code == 204
    process(county, *dict.fromkeys(digest for _, _, digest in named))

    the_db.session.rollback()
    found = the_db.session.execute(select(PhotoFlag.photo_id, PhotoFlag.code, PhotoFlag.other)).all()
    exact = {shows[row.photo_id] for row in found if row.code == "same_bytes"}
    alike = [(row.photo_id, shows[row.photo_id], shows[row.other]) for row in found if row.code == "alike"]
    copies = ORIGINALS * len(ALTERED)
    caught = {row[0] for row in alike if row[1] == row[2]}
    assert exact == set(range(20))
    # Of each scene whichever photo was processed first is like none before it.
    assert len(caught) >= 0.95 * copies
    strangers = {photo for photo, own, other in alike if own != other}
    assert len(strangers) <= 0.005 * len(made)


def test_digests_name_what_is_stored(county):
    one = carrier(county)
    digest = one.bring(DATA)
    assert hashlib.sha256(current_storage().get(storage_key(digest))).hexdigest() == digest
