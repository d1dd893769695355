"""Bytes come in pieces over links that break, and are kept exactly once, as declared, or not at all."""

import base64
import hashlib
import os

import pytest
from sqlalchemy import func, select

from media.digest import storage_key
from server.db import db as the_db
from server.models.photo import Photo, PhotoFile
from server.queue import current_queue
from server.services import photo_parts, photo_uploads
from server.storage import StorageDown, current_storage
from tests.server.photos.scene import TUS, URL, carrier, photo

DATA = photo()


def files() -> int:
    the_db.session.rollback()
    return the_db.session.scalar(select(func.count(PhotoFile.digest)))


def parts() -> list[str]:
    return sorted(path.name for path in photo_parts.folder().glob("*"))


def test_ph_1_a_photo_that_an_operation_names_arrives_in_one_piece(county):
    one = carrier(county)
    digest = one.declare(DATA)
    assert one.offset(digest) == 0
    assert one.counts() == (1, 0, 0, 0)

    answer = one.patch(digest, DATA)

    assert (answer.status_code, answer.headers["Upload-Offset"]) == (204, str(len(DATA)))
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert current_storage().get(storage_key(digest)) == DATA
    assert one.offset(digest) == len(DATA)
    assert (one.counts(), parts(), current_queue().count) == ((1, 1, 0, 0), [], 1)


def test_pieces_of_any_size_are_put_together(county):
    one = carrier(county)
    digest = one.declare(DATA)
    at = 0
    for size in (1, 7, 100, 5_000, len(DATA)):
        piece = DATA[at : at + size]
        answer = one.patch(digest, piece, at)
        at += len(piece)
        assert (answer.status_code, int(answer.headers["Upload-Offset"])) == (204, at)
        if at < len(DATA):
            assert "Upload-Expires" in answer.headers
            assert files() == 0
    assert current_storage().get(storage_key(digest)) == DATA


def test_a_piece_that_does_not_fit_is_told_where_to_go_on(county):
    one = carrier(county)
    digest = one.declare(DATA)
    one.patch(digest, DATA[:100])

    answer = one.patch(digest, DATA[50:], 50)

    assert (answer.status_code, answer.json["code"], answer.json["details"]) == (409, "photo_offset", {"offset": 100})
    assert one.patch(digest, DATA[100:], 100).status_code == 204


def test_ph_4_what_no_operation_of_this_phone_names_is_not_found(county):
    one, other = carrier(county), carrier(county, "p2", opening=False)
    digest = one.declare(DATA)
    for answer in (other.head(digest), other.patch(digest, DATA), one.patch("0" * 64, DATA), one.patch("abc", DATA)):
        assert answer.status_code == 404
    assert parts() == []


def test_nobody_uploads_without_a_token(county):
    one = carrier(county)
    digest = one.declare(DATA)
    assert one.client.head(f"{URL}/{digest}", headers=TUS).status_code == 401
    assert (
        one.client.patch(
            f"{URL}/{digest}", data=b"x", headers=TUS, content_type="application/offset+octet-stream"
        ).status_code
        == 401
    )


def test_two_phones_with_the_same_photo_store_it_once(county):
    one, other = carrier(county), carrier(county, "p2", 4, opening=False)
    digest = one.declare(DATA)
    assert other.declare(DATA) == digest
    assert one.patch(digest, DATA[:500]).status_code == 204
    assert other.offset(digest) == 0

    assert other.patch(digest, DATA).status_code == 204

    assert one.offset(digest) == len(DATA)
    assert files() == 1
    assert one.counts() == (2, 2, 0, 0)


def test_ph_7_bytes_of_another_photo_are_thrown_away_and_it_is_said(county):
    one = carrier(county)
    digest = one.declare(DATA)
    wrong = DATA[:-1] + bytes([DATA[-1] ^ 1])

    answer = one.patch(digest, wrong)

    assert (answer.status_code, answer.json["code"]) == (460, "photo_digest_mismatch")
    assert answer.headers["Upload-Offset"] == "0"
    assert (one.offset(digest), files(), parts()) == (0, 0, [])
    assert one.patch(digest, DATA).status_code == 204


def test_more_than_was_declared_is_refused_before_it_is_read(county):
    one = carrier(county)
    digest = one.declare(DATA)
    assert one.patch(digest, DATA + b"x").json["code"] == "photo_too_long"
    assert one.offset(digest) == 0


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_piece_with_a_wrong_checksum_is_thrown_away_alone(county, algorithm):
    one = carrier(county)
    digest = one.declare(DATA)
    one.patch(digest, DATA[:100])
    good = base64.b64encode(hashlib.new(algorithm, DATA[100:200]).digest()).decode()

    spoilt = one.patch(digest, DATA[101:201], 100, **{"Upload-Checksum": f"{algorithm} {good}"})
    kept = one.patch(digest, DATA[100:200], 100, **{"Upload-Checksum": f"{algorithm} {good}"})

    assert (spoilt.status_code, spoilt.json["code"]) == (460, "photo_checksum_mismatch")
    assert kept.headers["Upload-Offset"] == "200"


@pytest.mark.parametrize("given", ["md5 AAAA", "sha1", "sha1 %%%"])
def test_a_checksum_that_cannot_be_read_is_a_bad_request(county, given):
    one = carrier(county)
    digest = one.declare(DATA)
    assert one.patch(digest, DATA, **{"Upload-Checksum": given}).status_code == 400


def test_the_protocols_version_and_body_type_are_required(county):
    one = carrier(county)
    digest = one.declare(DATA)
    old = one.patch(digest, DATA, **{"Tus-Resumable": "0.2.2"})
    assert (old.status_code, old.headers["Tus-Version"]) == (412, "1.0.0")
    assert one.patch(digest, DATA, **{"Content-Type": "image/jpeg"}).status_code == 415
    assert one.patch(digest, DATA, offset=-1).status_code == 400


def test_a_post_that_stands_for_a_patch_is_taken(county):
    one = carrier(county)
    digest = one.declare(DATA)
    told = TUS | one.authorization | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    kind = "application/offset+octet-stream"
    assert one.client.post(f"{URL}/{digest}", data=DATA, headers=told, content_type=kind).status_code == 204


def test_options_say_what_is_spoken(county):
    answer = county.app.test_client().options(URL)
    assert answer.headers["Tus-Extension"] == "checksum,expiration"
    assert answer.headers["Tus-Max-Size"] == "15000000"


def test_ph_8_what_is_no_photo_is_refused_with_a_reason_and_the_operation_stays(county):
    one = carrier(county)
    page = b"<html><script>alert(1)</script></html>" * 20
    digest = one.declare(page)

    answer = one.patch(digest, page)

    assert (answer.status_code, answer.json["code"]) == (422, "not_a_photo")
    assert answer.json["detail"].startswith("文件内容不是照片")
    assert one.head(digest).status_code == 422
    assert current_storage().size(storage_key(digest)) is None
    assert (one.counts(), parts()) == ((1, 0, 0, 1), [])
    assert one.patch(digest, page).json["code"] == "not_a_photo"


def test_what_is_declared_too_large_is_refused_at_once(county):
    one = carrier(county)
    digest = one.declare(DATA, size=15_000_001)
    assert one.patch(digest, DATA).json["code"] == "too_large"


def test_a_part_is_held_by_one_request_at_a_time(county, monkeypatch):
    monkeypatch.setattr(photo_uploads, "PATIENCE_S", 0.2)
    one = carrier(county)
    digest = one.declare(DATA)
    photo_parts.require_room()
    with photo_parts.held(one.device, digest):
        answer = one.patch(digest, DATA)
    assert (answer.status_code, answer.headers["Retry-After"]) == (423, "1")
    assert one.patch(digest, DATA).status_code == 204


def test_parts_that_nobody_came_back_for_expire(county):
    one = carrier(county)
    digest = one.declare(DATA)
    one.patch(digest, DATA[:100])
    (part,) = photo_parts.folder().glob("*")
    now = county.clock()
    os.utime(part, (now.timestamp(), (now - photo_parts.KEPT).timestamp() + 60))
    assert photo_parts.sweep(now) == 0
    os.utime(part, (now.timestamp(), (now - photo_parts.KEPT).timestamp() - 60))
    assert photo_parts.sweep(now) == 1
    assert one.offset(digest) == 0


def test_a_store_that_is_down_costs_nothing_but_time(county, monkeypatch):
    one = carrier(county)
    digest = one.declare(DATA)

    def down(*_, **__):
        raise StorageDown

    with monkeypatch.context() as patched:
        patched.setattr(type(current_storage()), "adopt", down)
        answer = one.patch(digest, DATA)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert one.head(digest).status_code == 503
    assert one.counts() == (1, 0, 0, 0)

    assert one.offset(digest) == len(DATA)
    assert one.counts() == (1, 1, 0, 0)


def test_bytes_that_were_stored_before_a_crash_are_found_again(county):
    one = carrier(county)
    digest = one.declare(DATA)
    current_storage().put(storage_key(digest), DATA)
    assert one.offset(digest) == len(DATA)
    assert files() == 1


def test_no_room_is_said_and_nothing_is_acknowledged(county, monkeypatch):
    one = carrier(county)
    digest = one.declare(DATA)
    with monkeypatch.context() as patched:
        patched.setattr(photo_parts, "_RESERVE_SHARE", 1)
        patched.setattr(photo_parts, "_RESERVE_BYTES", 2**60)
        answer = one.patch(digest, DATA)
    assert (answer.status_code, answer.json["code"]) == (507, "no_room")
    assert one.patch(digest, DATA).status_code == 204


def test_a_phone_asks_what_is_missing(county):
    one, other = carrier(county), carrier(county, "p2", 4, opening=False)
    page = b"no photo at all"
    here, missing, refused = one.bring(DATA), one.declare(photo(2)), one.declare(page)
    one.patch(refused, page)
    foreign = other.declare(photo(3))
    asked = {"digests": [missing, here, refused, foreign, "0" * 64]}
    answer = one.client.post(f"{URL}/missing", json=asked, headers=one.authorization)
    assert answer.json == {"missing": [missing], "here": [here], "refused": [refused]}


def test_ph_3_the_answer_of_the_exchange_says_what_to_bring(county):
    one = carrier(county)
    first, second = one.declare(DATA), one.declare(photo(2))
    assert one.phone.state.wanted == [first, second]
    one.patch(first, DATA)
    county.exchange(one.phone)
    assert one.phone.state.wanted == [second]


def test_the_answer_says_which_declared_photos_are_here_already(county):
    one, other = carrier(county), carrier(county, "p2", 4, opening=False)
    digest = one.bring(DATA)
    told = []
    exchange = county.exchange
    county.exchange = lambda phone: told.append(exchange(phone)) or told[-1]
    other.declare(DATA)
    assert [answer.photos_here for answer in told if answer.photos_here] == [[digest]]


def test_vs_5_a_visit_is_incomplete_until_its_last_bytes_are_here(county):
    one = carrier(county)
    first, second = one.declare(DATA), one.declare(photo(2))
    one.submit()
    assert one.row().status == "submitted_incomplete"
    one.patch(first, DATA)
    assert one.row().status == "submitted_incomplete"
    before = one.phone.state.cursor[f"team:{one.row().team_id}"]

    one.patch(second, photo(2))

    assert one.row().status == "submitted"
    county.sync(one.phone)
    rows = one.phone.state.rows[f"team:{one.row().team_id}"]
    assert one.phone.state.cursor[f"team:{one.row().team_id}"] > before
    assert '"status":"submitted"' in rows[f"visit/{one.visit}"].other
    assert '"declared":2,"arrived":2' in rows[f"photos/{one.visit}"].other


def test_the_original_of_a_photo_is_brought_beside_it(county):
    from sync.bodies import Original

    one = carrier(county)
    whole = photo(9)
    digest = one.declare(DATA, original=Original(hashlib.sha256(whole).hexdigest(), len(whole)))
    original = the_db.session.scalar(select(Photo.original_digest).where(Photo.digest == digest))
    assert one.patch(original, whole).status_code == 204
    assert one.counts() == (1, 0, 0, 0)
    assert current_storage().get(storage_key(original)) == whole
