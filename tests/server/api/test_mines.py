"""Mines, attributes and places over HTTP."""

import json

import pytest

from server.queries import streams

NEW_MINE = {"code": "M-9", "name": "新矿", "township": "北乡"}


def test_an_admin_registers_a_mine_and_reads_it_back(as_role):
    admin = as_role("admin")
    made = admin.post("/mines", NEW_MINE)
    assert made.status_code == 201
    assert made.headers["ETag"] == '"1"'
    read = admin.get(f"/mines/{made.json['id']}")
    assert read.json == made.json
    assert read.json["radius_m"] == 2000
    assert read.headers["ETag"] == '"1"'


def test_a_code_is_taken_once_a_county(as_role):
    admin = as_role("admin")
    admin.post("/mines", NEW_MINE)
    again = admin.post("/mines", NEW_MINE)
    assert again.status_code == 409
    assert again.json["code"] == "mine_code_taken"
    assert again.mimetype == "application/problem+json"


def test_half_a_position_is_refused(as_role):
    answer = as_role("admin").post("/mines", NEW_MINE | {"latitude": 35.5})
    assert (answer.status_code, answer.json["code"]) == (422, "position_incomplete")


def test_every_mistake_in_a_body_is_named_at_once(as_role):
    answer = as_role("admin").post("/mines", {"code": "坏", "name": 3, "feed_seq": 1})
    assert answer.status_code == 422
    found = {error["pointer"]: error["code"] for error in answer.json["errors"]}
    assert found == {
        "#/code": "pattern",
        "#/name": "not_text",
        "#/township": "required",
        "#/feed_seq": "unknown",
    }
    assert all(error["detail"] and "（" not in error["detail"] for error in answer.json["errors"])


def test_a_change_needs_the_version_that_it_was_prepared_on(as_role):
    admin = as_role("admin")
    assert admin.patch("/mines/mine-1", {"name": "甲"}).status_code == 428
    first = admin.patch("/mines/mine-1", {"name": "甲"}, version=1)
    assert (first.status_code, first.json["version"], first.headers["ETag"]) == (200, 2, '"2"')
    stale = admin.patch("/mines/mine-1", {"name": "乙"}, version=1)
    assert (stale.status_code, stale.json["code"]) == (412, "precondition_failed")
    assert admin.get("/mines/mine-1").json["name"] == "甲"


@pytest.mark.parametrize("tag", ['""', '"x"', '"1", "2"', 'W/"1"', '"99999999999999999999"', ",", '"'])
def test_a_precondition_that_fits_no_version_changes_nothing(as_role, tag):
    admin = as_role("admin")
    refused = admin.patch("/mines/mine-1", {"name": "甲"}, headers={"If-Match": tag})
    assert refused.status_code == 412
    assert admin.get("/mines/mine-1").json["version"] == 1


def test_who_has_the_newest_version_is_sent_nothing(as_role):
    admin = as_role("admin")
    tag = admin.get("/mines/mine-1").headers["ETag"]
    again = admin.get("/mines/mine-1", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    listed = admin.get("/mines").headers["ETag"]
    assert admin.get("/mines", headers={"If-None-Match": listed}).status_code == 304
    admin.patch("/mines/mine-1", {"name": "甲"}, version=1)
    assert admin.get("/mines", headers={"If-None-Match": listed}).status_code == 200


def test_mines_are_paged_by_code_without_gap_or_repeat(as_role):
    admin = as_role("admin")
    for number in range(5):
        admin.post("/mines", NEW_MINE | {"code": f"P-{number}"})
    codes, cursor = [], None
    for _ in range(10):
        page = admin.get("/mines", query_string={"limit": 2} | ({"cursor": cursor} if cursor else {}))
        codes += [mine["code"] for mine in page.json["items"]]
        cursor = page.json["next"]
        if cursor is None:
            break
    assert codes == sorted(codes)
    assert len(codes) == len(set(codes)) == 7


@pytest.mark.parametrize("cursor", ["x", "W10", "WyJcdTAwMDAiLCJhIl0", "bnVsbA", "WzEsMl0", "WyJhIl0"])
def test_a_cursor_that_is_not_ours_is_refused(as_role, cursor):
    answer = as_role("admin").get("/mines", query_string={"cursor": cursor})
    assert (answer.status_code, answer.json["code"]) == (422, "cursor_invalid")


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"colour": "red"}, {"closed": "1"}])
def test_a_query_is_held_to_its_shape(as_role, query):
    assert as_role("admin").get("/mines", query_string=query).status_code == 422


def test_filters_take_their_text_literally(as_role):
    admin = as_role("admin")
    assert [m["id"] for m in admin.get("/mines", query_string={"name": "own"}).json["items"]] == ["mine-1"]
    assert admin.get("/mines", query_string={"name": "%"}).json["items"] == []


def test_attributes_keep_their_history(as_role):
    admin = as_role("admin")
    given = {"name": "gas_grade", "value": "突出", "from_date": "2026-06-01", "source": "鉴定报告 12 号"}
    assert admin.post("/mines/mine-2/attributes", given).status_code == 201
    history = admin.get("/mines/mine-2/attributes").json["items"]
    assert [entry["value"] for entry in history] == ["高瓦斯", "突出"]
    on = admin.get("/mines/mine-2/attributes", query_string={"on": "2026-05-31"}).json["items"]
    assert [entry["value"] for entry in on] == ["高瓦斯"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"name": "colour", "value": "red"}, "attribute_unknown"),
        ({"name": "gas_grade", "value": "很高"}, "attribute_value"),
        ({"name": "gas_grade", "value": ["突出"]}, "attribute_value"),
        ({"name": "depth_m", "value": "620"}, "attribute_value"),
        ({"name": "depth_m", "value": True}, "attribute_value"),
    ],
)
def test_attributes_are_held_to_the_checklists_vocabulary(as_role, given, code):
    body = given | {"from_date": "2026-06-01", "source": "报告"}
    answer = as_role("admin").post("/mines/mine-1/attributes", body)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_a_proposed_place_is_confirmed_once(as_role):
    supervisor = as_role("supervisor")
    done = supervisor.post("/places/place-own/confirm", version=1)
    assert (done.status_code, done.json["status"]) == (200, "confirmed")
    again = supervisor.post("/places/place-own/confirm", version=2)
    assert (again.status_code, again.json["code"]) == (409, "place_not_proposed")


def test_a_place_is_registered_corrected_and_closed_but_its_code_only_once(as_role):
    admin = as_role("admin")
    given = {"kind": "face", "name": "3108 工作面", "code": "F-3108", "opened_on": "2026-02-01"}
    made = admin.post("/mines/mine-1/places", given)
    assert (made.status_code, made.json["status"]) == (201, "confirmed")
    assert admin.post("/mines/mine-1/places", given).json["code"] == "place_code_taken"
    place = f"/places/{made.json['id']}"
    assert admin.patch(place, {"name": "3108"}, version=1).json["name"] == "3108"
    early = admin.post(f"{place}/close", {"closed_on": "2026-01-01"}, version=2)
    assert (early.status_code, early.json["code"]) == (422, "place_closed_before_opened")
    closed = admin.post(f"{place}/close", {"closed_on": "2026-10-31"}, version=2)
    assert closed.json["closed_on"] == "2026-10-31"
    reused = admin.post("/mines/mine-1/places", given | {"opened_on": "2026-11-01"})
    assert reused.status_code == 201


def test_a_kind_of_place_must_be_known(as_role):
    given = {"kind": "moon", "name": "x", "code": "x", "opened_on": "2026-02-01"}
    assert as_role("admin").post("/mines/mine-1/places", given).json["code"] == "place_kind_unknown"


def test_a_mines_row_tells_phones_whom_to_ring_first(made, as_role):
    mine = as_role("admin").post("/mines", NEW_MINE).json["id"]
    with made.app_context():
        rows = {row.key: json.loads(bytes(row.data)) for row in streams.rows(f"mine:{mine}", 0, 10)}
    assert rows["mine"]["county_telephone"] == "0356-0000000"
