"""Teams, contracts, excuses, people and roles over HTTP."""

import pytest

from server.db import db
from server.models.audit import AuditEntry
from server.models.contract import Contract
from server.models.feed import StreamHead

HAND_OVER = {"team_id": "team-2", "from_date": "2026-11-16"}


def person(admin, **but):
    return admin.post("/users", {"name": "新人", "login": "newcomer"} | but).json


def test_a_team_is_founded_renamed_and_dissolved(as_role):
    admin = as_role("admin")
    made = admin.post("/teams", {"name": "三组"})
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    team = f"/teams/{made.json['id']}"
    assert admin.patch(team, {"name": "第三组"}, version=1).json["name"] == "第三组"
    assert admin.patch(team, {"dissolved_on": "2026-11-01"}, version=2).status_code == 200
    kept = admin.get("/teams", query_string={"dissolved": "false"}).json["items"]
    assert made.json["id"] not in {row["id"] for row in kept}
    contract = {"team_id": made.json["id"], "mine_id": "mine-1", "from_date": "2027-01-01"}
    assert admin.post("/contracts", contract).json["code"] == "team_dissolved"


def test_a_person_joins_one_team_at_a_time_and_leaves_on_a_day(as_role):
    admin = as_role("admin")
    new = person(admin)
    member = {"user_id": new["id"], "role": "member", "specialty": "mining", "from_date": "2026-02-01"}
    joined = admin.post("/teams/team-1/members", member)
    assert (joined.status_code, joined.json["name"]) == (201, "新人")
    elsewhere = admin.post("/teams/team-2/members", member)
    assert (elsewhere.status_code, elsewhere.json["code"]) == (409, "member_of_another_team")
    second = admin.post(
        "/teams/team-1/members", member | {"role": "leader", "user_id": person(admin, login="two")["id"]}
    )
    assert second.json["code"] == "team_has_a_leader"
    left = admin.post(f"/memberships/{joined.json['id']}/end", {"until_date": "2026-06-30"})
    assert left.json["until_date"] == "2026-06-30"
    assert admin.post("/teams/team-2/members", member | {"from_date": "2026-07-01"}).status_code == 201
    july = admin.get("/teams/team-1/members", query_string={"on": "2026-07-01"}).json["items"]
    assert new["id"] not in {row["user_id"] for row in july}
    early = admin.post(f"/memberships/{joined.json['id']}/end", {"until_date": "2026-01-01"})
    assert early.status_code == 422


def test_an_office_role_and_a_team_exclude_each_other(as_role):
    admin = as_role("admin")
    member = {"role": "member", "specialty": "mining", "from_date": "2026-02-01"}
    clash = admin.post("/teams/team-1/members", member | {"user_id": "supervisor-a"})
    assert clash.json["code"] == "person_has_office_role"
    role = {"role": "supervisor", "from_date": "2026-02-01"}
    assert admin.post("/users/member-own/roles", role).json["code"] == "person_serves_in_team"


def test_a_mine_is_contracted_to_one_team_a_day(as_role):
    admin = as_role("admin")
    second = {"team_id": "team-2", "mine_id": "mine-1", "from_date": "2026-12-01"}
    assert admin.post("/contracts", second).json["code"] == "contract_overlap"
    ended = admin.post("/contracts/contract-own/end", {"until_date": "2026-11-30"}, version=1)
    assert (ended.json["until_date"], ended.headers["ETag"]) == ("2026-11-30", '"2"')
    assert admin.post("/contracts", second).status_code == 201
    longer = admin.post("/contracts/contract-own/end", {"until_date": "2026-12-31"}, version=2)
    assert longer.json["code"] == "contract_overlap"


def test_a_hand_over_changes_both_contracts_or_neither(made, as_role):
    admin = as_role("admin")
    stale = admin.post("/contracts/contract-own/hand-over", HAND_OVER, version=7)
    assert stale.status_code == 412
    with made.app_context():
        assert db.session.query(Contract).filter_by(mine_id="mine-1").count() == 1
    done = admin.post("/contracts/contract-own/hand-over", HAND_OVER, version=1)
    assert done.status_code == 200
    assert done.json["ended"]["until_date"] == "2026-11-15"
    assert (done.json["begun"]["from_date"], done.json["begun"]["until_date"]) == ("2026-11-16", None)
    on = admin.get("/contracts", query_string={"mine": "mine-1", "on": "2026-11-16"}).json["items"]
    assert [row["team_id"] for row in on] == ["team-2"]
    same = {"team_id": "team-2", "from_date": "2026-11-20"}
    again = admin.post(f"/contracts/{on[0]['id']}/hand-over", same, version=1)
    assert (again.status_code, again.json["code"]) == (422, "hand_over_to_the_same_team")


def test_a_hand_over_changes_who_sees_the_mine_from_the_next_request_on(as_role):
    admin, leader = as_role("admin"), as_role("leader")
    assert leader.get("/mines/mine-1").status_code == 200
    admin.post("/contracts/contract-own/hand-over", HAND_OVER, version=1)
    assert leader.get("/mines/mine-1").status_code == 404


def test_a_change_reaches_the_feeds_of_the_teams_concerned(made, as_role):
    as_role("admin").post("/contracts/contract-own/hand-over", HAND_OVER, version=1)
    with made.app_context():
        heads = {row.stream: row.seq for row in db.session.query(StreamHead)}
        row = db.session.query(Contract).filter_by(mine_id="mine-1", team_id="team-2").one()
        assert heads["team:team-1"] >= 1
        assert heads["team:team-2"] == row.feed_seq


def test_excuses_are_granted_by_supervisors_and_withdrawn_not_deleted(as_role):
    supervisor = as_role("supervisor")
    given = {
        "mine_id": "mine-1",
        "duty_kind": "weekly_round",
        "from_date": "2026-11-16",
        "until_date": "2026-11-29",
        "reason": "停产封闭",
    }
    made = supervisor.post("/excuses", given)
    assert (made.status_code, made.json["excused_by"]) == (201, "supervisor-a")
    week = supervisor.get("/duties", query_string={"period": "2026-W48", "mine": "mine-1"}).json
    assert week["items"][0]["state"] == "excused"
    assert supervisor.post(f"/excuses/{made.json['id']}/withdraw").json["withdrawn_at"]
    again = supervisor.post(f"/excuses/{made.json['id']}/withdraw")
    assert (again.status_code, again.json["code"]) == (409, "excuse_withdrawn")
    week = supervisor.get("/duties", query_string={"period": "2026-W48", "mine": "mine-1"}).json
    assert week["items"][0]["state"] == "under_way"
    backwards = supervisor.post("/excuses", given | {"until_date": "2026-11-01"})
    assert backwards.json["code"] == "excuse_ends_before_it_begins"


def test_a_login_is_taken_once_whatever_its_case(as_role):
    admin = as_role("admin")
    assert person(admin)["login"] == "newcomer"
    again = admin.post("/users", {"name": "别人", "login": "NewComer"})
    assert (again.status_code, again.json["code"]) == (409, "login_taken")


def test_a_person_is_disabled_and_let_in_again_but_never_oneself(as_role):
    admin, supervisor = as_role("admin"), as_role("supervisor")
    assert supervisor.get("/me").status_code == 200
    assert admin.post("/users/supervisor-a/disable", version=1).json["disabled_at"]
    assert supervisor.get("/me").status_code == 401
    assert admin.post("/users/supervisor-a/enable", version=2).json["disabled_at"] is None
    assert supervisor.get("/me").status_code == 401  # sessions do not come back
    assert admin.post("/users/admin-a/disable", version=1).json["code"] == "cannot_disable_oneself"


def test_roles_are_given_dated_and_ended(as_role):
    admin = as_role("admin")
    new = person(admin)
    roles = f"/users/{new['id']}/roles"
    lone = admin.post(roles, {"role": "mine_user", "from_date": "2026-11-01"})
    assert (lone.status_code, lone.json["code"]) == (422, "role_needs_mine")
    mine = {"role": "mine_user", "from_date": "2026-11-01"}
    first = admin.post(roles, mine | {"mine_id": "mine-1"})
    assert admin.post(roles, mine | {"mine_id": "mine-2"}).status_code == 201
    assert admin.post(roles, mine | {"mine_id": "mine-2"}).json["code"] == "person_has_role"
    assert admin.post(roles, {"role": "admin", "from_date": "2026-12-01"}).json["code"] == "person_has_role"
    assert admin.post(f"/roles/{first.json['id']}/end", {"until_date": "2026-11-30"}).status_code == 200
    assert len(admin.get(roles).json["items"]) == 2
    assert admin.post("/roles/role-admin-a/end", {"until_date": "2026-11-30"}).json["code"] == "cannot_end_own_role"


def test_a_one_time_link_is_shown_once_and_its_token_is_nowhere(made, as_role):
    admin = as_role("admin")
    link = admin.post("/users/supervisor-a/one-time-link").json
    assert link["path"].endswith(f"#{link['token']}")
    with made.app_context():
        trail = [str(entry.after) + entry.subject_id for entry in db.session.query(AuditEntry)]
        assert not any(link["token"] in line for line in trail)
    nobody = admin.post("/users", {"name": "无账号"}).json
    assert admin.post(f"/users/{nobody['id']}/one-time-link").json["code"] == "user_cannot_sign_in"


def test_certificates_are_recorded_with_their_dates(as_role):
    admin = as_role("admin")
    given = {"kind": "安全生产知识", "number": "A-1", "issued_on": "2026-01-01", "expires_on": "2029-01-01"}
    assert admin.post("/users/member-own/certificates", given).status_code == 201
    backwards = admin.post("/users/member-own/certificates", given | {"expires_on": "2025-01-01"})
    assert backwards.json["code"] == "certificate_expires_before_issue"
    assert len(admin.get("/users/member-own/certificates").json["items"]) == 1


@pytest.mark.parametrize(
    ("path", "body", "version"),
    [
        ("/mines", {"code": "A-1", "name": "矿", "township": "乡"}, None),
        ("/teams", {"name": "组"}, None),
        ("/users", {"name": "人"}, None),
        ("/contracts/contract-own/end", {"until_date": "2026-12-31"}, 1),
        ("/places/place-own/confirm", None, 1),
    ],
)
def test_every_office_change_is_in_the_trail_with_who_and_what(made, as_role, path, body, version):
    with made.app_context():
        before = db.session.query(AuditEntry).count()
    done = as_role("admin").post(path, body, version=version)
    assert done.status_code in (200, 201)
    with made.app_context():
        entries = db.session.query(AuditEntry).order_by(AuditEntry.id).all()[before:]
        assert len(entries) == 1
        assert (entries[0].actor_id, entries[0].county_id) == ("admin-a", "county-a")
        assert entries[0].subject_id == done.json["id"]
        assert (entries[0].before is None) == (done.status_code == 201)
