"""What is read but not written over HTTP: visits, findings, duties, coverage, checklists, phones, the trail."""

import hashlib
from collections import Counter
from datetime import timedelta

import pytest

from patrol.deadlines import is_overdue
from patrol.findings import ENDED, Status
from server.db import db, transaction
from server.models.finding import Finding
from server.models.visit import Visit
from tests.patrol.factories import finding
from tests.server.api import rows, world


def ids(answer):
    return {row["id"] for row in answer.json["items"]}


def test_visits_are_listed_newest_first_and_filtered(as_role):
    supervisor = as_role("supervisor")
    assert ids(supervisor.get("/visits")) == {"visit-own", "visit-shared", "visit-sibling"}
    assert ids(supervisor.get("/visits", query_string={"team": "team-2", "mine": "mine-1"})) == {"visit-shared"}
    assert ids(supervisor.get("/visits", query_string={"kind": "full"})) == {"visit-shared"}
    assert ids(supervisor.get("/visits", query_string={"from": "2026-11-24"})) == set()
    assert ids(supervisor.get("/visits", query_string={"week": "2026-W48", "until": "2026-11-23"}))


def test_a_team_sees_its_own_visits_and_those_at_its_mines(as_role):
    assert ids(as_role("member").get("/visits")) == {"visit-own", "visit-shared"}


def test_a_record_of_a_visit_without_work_is_empty(as_role):
    record = as_role("supervisor").get("/visits/visit-own/record").json
    assert record["visit"]["id"] == "visit-own"
    assert (record["state"], record["answers"], record["missing"]) == ("open", [], [])


def test_the_mine_is_not_shown_a_visit_that_is_not_signed(made, as_role):
    assert as_role("mine_user").get("/visits/visit-own/record").status_code == 200
    with made.app_context(), transaction():
        db.session.get_one(Visit, "visit-own").status = "open"
    assert as_role("mine_user").get("/visits/visit-own/record").status_code == 404
    assert as_role("mine_user").get("/visits").status_code == 403


def test_findings_are_filtered_by_where_they_stand(as_role):
    supervisor = as_role("supervisor")
    assert ids(supervisor.get("/findings", query_string={"mine": "mine-2"})) == {"finding-sibling"}
    assert ids(supervisor.get("/findings", query_string={"open": "false"})) == set()
    assert ids(supervisor.get("/findings", query_string={"overdue": "true"})) == set()
    assert len(ids(supervisor.get("/findings", query_string={"overdue": "false"}))) == 3


def test_the_mine_sees_a_finding_once_it_was_told(made, as_role):
    assert ids(as_role("mine_user").get("/findings")) == {"finding-own", "finding-shared"}
    with made.app_context(), transaction():
        db.session.get_one(Finding, "finding-own").status = "recorded"
    assert ids(as_role("mine_user").get("/findings")) == {"finding-shared"}
    assert as_role("mine_user").get("/findings/finding-own").status_code == 404


def test_a_findings_life_is_read_whole(as_role):
    life = as_role("supervisor").get("/findings/finding-own").json
    assert (life["id"], life["overdue"], life["timeline"], life["disputed"]) == ("finding-own", False, [], [])


@pytest.mark.parametrize("status", Status)
def test_lists_pages_and_the_board_call_the_same_findings_overdue(made, as_role, status):
    with made.app_context(), transaction():
        row = db.session.get_one(Finding, "finding-own")
        row.status, row.due_on = status, world.TODAY - timedelta(days=1)
        row.closed_at = world.NOW if status in ENDED else None
    expected = is_overdue(finding(status=status, deadline=world.TODAY - timedelta(days=1)), world.TODAY)
    supervisor = as_role("supervisor")
    listed = ids(supervisor.get("/findings", query_string={"overdue": "true"}))
    assert listed == ({"finding-own"} if expected else set())
    assert supervisor.get("/findings/finding-own").json["overdue"] is expected
    board = supervisor.get("/board", query_string={"month": "2026-11"}).json
    assert board["totals"]["overdue_findings"] == int(expected)


def test_duties_of_a_week_and_of_a_month_are_derived(as_role):
    supervisor = as_role("supervisor")
    week = supervisor.get("/duties", query_string={"period": "2026-W48"}).json["items"]
    assert [(d["mine_id"], d["team_id"], d["state"]) for d in week] == [
        ("mine-1", "team-1", "under_way"),
        ("mine-2", "team-2", "under_way"),
    ]
    march = supervisor.get("/duties", query_string={"period": "2026-03"}).json["items"]
    assert {d["state"] for d in march} == {"excused"}
    april = supervisor.get("/duties", query_string={"period": "2026-04"}).json["items"]
    assert {d["state"] for d in april} == {"missed"}
    assert march[0]["excuse_id"] in {"excuse-own", "excuse-shared"}


@pytest.mark.parametrize("role", ["supervisor", "leader", "member"])
@pytest.mark.parametrize("month", ["2026-03", "2026-04"])
def test_the_board_says_of_each_duty_what_the_list_of_duties_says(as_role, role, month):
    caller = as_role(role)
    board = caller.get("/board", query_string={"month": month}).json
    duties = {
        period: {
            row["mine_id"]: row["state"] for row in caller.get("/duties", query_string={"period": period}).json["items"]
        }
        for period in (month, *(week["week"] for week in board["weeks"]))
    }
    told = {month: {row["mine_id"]: row["state"] for row in board["items"]}}
    for row in board["items"]:
        for week in row["weeks"]:
            told.setdefault(week["week"], {})[row["mine_id"]] = week["state"]
    assert told[month]
    assert told == {period: states for period, states in duties.items() if states}
    for row in (*board["totals"]["weekly"], board["totals"]["monthly"] | {"week": month}):
        counted = Counter(duties[row["week"]].values())
        assert {state: row[state] for state in row if state != "week" and row[state]} == counted


def test_the_board_walked_page_by_page_shows_every_mine_once(made, as_role):
    with made.app_context(), transaction():
        rows.add_many(9)
    supervisor = as_role("supervisor")
    whole = [row["mine_id"] for row in supervisor.get("/board?month=2026-10&limit=200").json["items"]]
    walked, cursor = [], ""
    for _ in whole:
        page = supervisor.get(f"/board?month=2026-10&limit=4{cursor}").json
        walked += [row["mine_id"] for row in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert walked == whole
    assert len(set(walked)) == len(walked) >= 9


@pytest.mark.parametrize(("period", "status"), [("2026-W60", 422), ("2026-13", 422), ("soon", 422)])
def test_a_period_that_there_is_not_is_refused(as_role, period, status):
    assert as_role("supervisor").get("/duties", query_string={"period": period}).status_code == status


def test_a_mine_that_nobody_visited_has_all_of_its_pairs_left(as_role):
    supervisor = as_role("supervisor")
    figures = supervisor.get("/mines/mine-1/coverage/2026-11").json
    # The proposed place does not count: both items fall back on the mine itself.
    assert (figures["applicable"], figures["judged"], figures["ratio"]) == (2, 0, 0.0)
    assert figures["expected"] == 2 * 23 // 30
    left = supervisor.get("/mines/mine-1/coverage/2026-11/left").json
    assert [(pair["item"], pair["place"]) for pair in left["items"]] == [("GAS-001", "-"), ("GAS-002", "-")]
    none = supervisor.get("/mines/mine-1/coverage/2026-11/left", query_string={"specialty": "mining"})
    assert none.json["items"] == []
    assert supervisor.get("/mines/mine-1/coverage/2026-W47").status_code == 404
    assert supervisor.get("/coverage", query_string={"month": "2026-11"}).json["items"] == []


def test_an_edition_is_given_as_the_bytes_of_its_digest_and_kept_for_ever(as_role):
    member = as_role("member")
    (edition,) = member.get("/checklists").json["items"]
    assert (edition["digest"], edition["number"]) == (world.DIGEST, 1)
    read = member.get(f"/checklists/{world.DIGEST}")
    assert hashlib.sha256(read.data).hexdigest() == world.DIGEST
    assert "immutable" in read.headers["Cache-Control"]
    again = member.get(f"/checklists/{world.DIGEST}", headers={"If-None-Match": read.headers["ETag"]})
    assert again.status_code == 304
    assert member.get(f"/checklists/{'0' * 64}").status_code == 404


def test_applicability_says_why(as_role):
    member = as_role("member")
    told = member.get("/mines/mine-1/applicability").json
    assert told["pairs"] == 2
    assert [(i["item"], i["because"], i["placing"]) for i in told["items"]] == [
        ("GAS-001", "always", "mine"),
        ("GAS-002", "always", "no_open_place"),
    ]
    round_ = member.get("/mines/mine-1/applicability", query_string={"cadence": "round"}).json
    assert [i["because"] for i in round_["items"]] == ["always", "not_in_round"]


def test_phones_are_listed_and_revoked_at_once(as_role):
    phone = as_role("phone")
    assert ids(phone.get("/devices")) == {"device-own"}
    leader = as_role("leader")
    done = leader.post("/devices/device-own/revoke", {"reason": "丢失"})
    assert (done.status_code, done.json["revoked_by"]) == (200, "leader-own")
    refused = phone.get("/devices")
    assert (refused.status_code, refused.json["code"]) == (401, "device_revoked")


def test_the_trail_is_read_by_auditors_alone_and_names_before_and_after(as_role):
    as_role("admin").patch("/mines/mine-1", {"name": "改名"}, version=1)
    trail = as_role("auditor").get("/audit", query_string={"subject_kind": "mine"}).json["items"]
    assert (trail[0]["actor_id"], trail[0]["before"]["name"], trail[0]["after"]["name"]) == (
        "admin-a",
        "canary-own",
        "改名",
    )
    assert as_role("admin").get("/audit").status_code == 403
