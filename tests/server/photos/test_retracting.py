"""A photo that was retracted is counted no more, at once and everywhere; its bytes stay."""

from media.digest import sha256_of, storage_key
from server.services import photo_processing
from server.services.photo_views import view_device, view_visit
from server.storage import current_storage
from sync import bodies
from sync import operations as ops
from sync.phone import edits
from tests.counties import supervisor
from tests.server.photos.scene import carrier, photo, uid


def retract_later(one, named):
    one.phone.edit(edits.photo, one.person, bodies.PhotoRetraction(named, "visit", "拍错了"), one.visit)


def retract(one, digest):
    shown = view_visit(supervisor(), one.visit)["photos"]
    retract_later(one, next(row["id"] for row in shown if row["sha256"] == digest))
    one.tell()


def told(one):
    """What the team's phones know of the visit's photos."""
    return one.phone.state.rows[f"team:{one.row().team_id}"][f"photos/{one.visit}"].other


def counted(declared, arrived, processed, refused):
    return {"declared": declared, "arrived": arrived, "processed": processed, "refused": refused}


def test_a_retracted_photo_leaves_every_count_at_once(county):
    one = carrier(county)
    kept, gone = one.bring(photo(1)), one.bring(photo(2))
    for digest in (kept, gone):
        photo_processing.process(digest, county.clock())
    one.declare(photo(3))
    assert one.counts() == (3, 2, 2, 0)

    retract(one, gone)

    assert one.counts() == (2, 1, 1, 0)
    shown = view_visit(supervisor(), one.visit)
    assert shown["counts"] == counted(2, 1, 1, 0)
    assert shown["phones"] == [{"device_id": one.device, **counted(2, 1, 1, 0)}]
    assert view_device(supervisor(), one.device) == counted(2, 1, 1, 0)
    assert current_storage().size(storage_key(gone)) == len(photo(2))


def test_the_phones_hear_of_it_with_the_same_exchange(county):
    one = carrier(county)
    gone = one.bring(photo(1))
    one.tell()
    before = one.row().photos_seq

    retract(one, gone)

    assert one.row().photos_seq > before
    assert '"declared":0,"arrived":0,"processed":0,"refused":0' in told(one)


def test_another_phone_hears_of_it_too(county):
    one, other = carrier(county), carrier(county, "p2", 4, opening=False)
    gone = one.bring(photo(1))
    other.tell()
    assert '"declared":1,"arrived":1' in told(other)

    retract(one, gone)
    other.tell()

    assert '"declared":0,"arrived":0' in told(other)


def test_another_phone_hears_of_what_was_declared_since(county):
    one, other = carrier(county), carrier(county, "p2", 4, opening=False)
    one.bring(photo(1))
    other.tell()
    before = one.row().photos_seq

    one.declare(photo(2))
    other.tell()

    assert one.row().photos_seq > before
    assert '"declared":2,"arrived":1' in told(other)


def test_bytes_that_come_after_the_retraction_are_not_counted(county):
    one = carrier(county)
    digest = one.declare(photo(1))
    one.declare(photo(2))
    retract(one, digest)
    assert one.counts() == (1, 0, 0, 0)

    assert one.patch(digest, photo(1)).status_code == 204
    photo_processing.process(digest, county.clock())

    assert one.counts() == (1, 0, 0, 0)


def test_a_photo_declared_and_retracted_with_no_network_is_never_counted(county):
    one = carrier(county)
    one.declare_later(photo(1), photo="A" * 22)
    retract_later(one, "A" * 22)
    one.tell()
    assert one.counts() == (0, 0, 0, 0)


def test_a_visit_whose_missing_photo_is_retracted_is_complete(county):
    one = carrier(county)
    one.bring(photo(1))
    missing = one.declare(photo(2))
    one.submit()
    assert one.row().status == "submitted_incomplete"

    retract(one, missing)

    assert (one.row().status, one.counts()) == ("submitted", (1, 1, 0, 0))


def test_a_photo_that_stood_on_a_finding_alone_leaves_its_phone_s_counts_and_comes_back_when_it_is_not_given_up(county):
    one = carrier(county)
    finding, named = uid(one.rng), uid(one.rng)
    one.phone.edit(edits.edit_finding, one.person, finding, bodies.FindingFields(text="支架歪斜"), one.visit)
    body = bodies.Photo(
        named, sha256_of(photo(1)), len(photo(1)), "image/jpeg", 640, 480, f"finding/{finding}", "stream"
    )
    first = one.phone.edit(edits.write, one.person, ops.PhotoAdd, body)
    one.tell()
    assert view_device(supervisor(), one.device) == counted(1, 0, 0, 0)

    gone = bodies.PhotoRetraction(named, f"finding/{finding}", "拍错了")
    second = one.phone.edit(edits.write, one.person, ops.PhotoRetract, gone, parents=[first])
    one.tell()
    assert view_device(supervisor(), one.device) == counted(0, 0, 0, 0)

    one.phone.edit(edits.write, one.person, ops.PhotoAdd, body, parents=[second])
    one.tell()
    assert view_device(supervisor(), one.device) == counted(1, 0, 0, 0)
