"""The pages about people and the trail: roles and their scope, papers that run out, links, before and after."""

import re
from datetime import timedelta

from sqlalchemy import event, func, select

from server.db import db, transaction
from server.models.mine import Mine
from server.models.team import Certificate
from server.models.user import ConsoleSession, OneTimeLink, RoleGrant, User
from tests.server.api.world import TODAY
from tests.server.console.desks import ask, send


def row_of(page, name):
    """The table row that leads to somebody."""
    return next(row for row in re.findall(r"<tr data-row>.*?</tr>", page.text, re.DOTALL) if f">{name}</a>" in row)


def test_the_list_says_who_has_which_role_where_and_filters_by_it(as_role):
    admin = as_role("admin")
    everybody = ask(admin, "/users?limit=200")
    assert "矿方" in row_of(everybody, "mine_user")
    assert "canary-own" in row_of(everybody, "mine_user")
    leaders = ask(admin, "/users?role=leader")
    assert "组长" in leaders.text
    assert "supervisor-a" not in leaders.text


def test_papers_that_ran_out_or_soon_will_are_told(as_role, made):
    with made.app_context(), transaction():
        for number, (days, user) in enumerate(((-1, "admin-a"), (30, "auditor-a"), (300, "supervisor-a"))):
            expires = TODAY + timedelta(days=days)
            paper = Certificate(id=f"c{number}", user_id=user, kind="证", number="1", issued_on=TODAY)
            paper.expires_on = expires
            db.session.add(paper)
    page = ask(as_role("admin"), "/users?limit=200")

    assert "已过期" in row_of(page, "admin")
    assert "即将到期" in row_of(page, "auditor")
    assert not re.search("已过期|即将到期", row_of(page, "supervisor"))


def test_a_role_is_given_with_its_scope_ended_and_signs_its_holder_out(as_role, made):
    admin = as_role("admin")
    auditor = as_role("auditor")
    assert send(admin, "/roles/role-auditor-a/end", {"until_date": "2026-11-22"}).status_code == 303
    assert ask(auditor, "/users").status_code == 303
    without = send(admin, "/users/auditor-a/roles", {"role": "mine_user", "from_date": "2026-11-23"})
    assert without.status_code == 422
    assert "必须指定煤矿" in without.text
    given = {"role": "mine_user", "from_date": "2026-11-23", "mine_id": "mine-1"}
    assert send(admin, "/users/auditor-a/roles", given).status_code == 303
    page = ask(admin, "/users/auditor-a").text
    assert "canary-own" in page
    assert "2026-11-22" in page
    with made.app_context():
        held = select(RoleGrant.role).where(RoleGrant.user_id == "auditor-a", RoleGrant.until_date.is_(None))
        assert db.session.scalars(held).all() == ["mine_user"]


def test_a_form_that_was_filled_with_an_older_state_changes_nothing(as_role):
    admin = as_role("admin")
    first = {"name": "改一", "login": "auditor-a", "version": "1"}
    assert send(admin, "/users/auditor-a", first).status_code == 303
    late = send(admin, "/users/auditor-a", first | {"name": "改二"})
    assert late.status_code == 409
    assert "已被他人修改" in late.text
    assert "改二" in late.text
    assert "改二" not in ask(admin, "/users/auditor-a").text


def test_a_link_is_shown_once_and_stored_as_a_hash_only(as_role, made):
    admin = as_role("admin")
    page = send(admin, "/users/auditor-a/link")
    token = re.search(r"/set-password#([\w-]{40,})", page.text).group(1)
    assert page.status_code == 200
    assert "<svg" in page.text
    with made.app_context():
        assert token not in repr([vars(row) for row in db.session.scalars(select(OneTimeLink))])
    again = send(admin, "/users/auditor-a/link")
    assert token not in again.text
    with made.app_context():
        assert db.session.scalar(select(func.count()).select_from(OneTimeLink)) == 1


def test_whoever_is_disabled_is_signed_out_and_told_so_on_their_page(as_role, made):
    admin, auditor = as_role("admin"), as_role("auditor")
    assert send(admin, "/users/auditor-a/disable").status_code == 303
    assert ask(auditor, "/users").status_code == 303
    assert "已于 2026-11-23 停用" in ask(admin, "/users/auditor-a").text
    with made.app_context():
        left = select(func.count()).select_from(ConsoleSession).where(ConsoleSession.user_id == "auditor-a")
        assert db.session.scalar(left) == 0
    own = send(admin, "/users/admin-a/disable")
    assert (own.status_code, "不能停用自己的账号" in own.text) == (409, True)


def test_the_trail_tells_before_and_after_and_can_be_narrowed(as_role):
    admin, auditor = as_role("admin"), as_role("auditor")
    send(admin, "/users/supervisor-a", {"name": "王监管", "login": "supervisor-a", "version": "1"})
    trail = ask(auditor, "/audit").text
    rows = re.findall(r"<tr data-row>.*?</tr>\s*(?=<tr data-row|</tbody>)", trail, re.DOTALL)
    change = next(row for row in rows if "王监管" in row)
    assert "人员管理" in change
    assert "<td>supervisor</td><td>王监管</td>" in change
    assert "王监管" in ask(auditor, "/audit?who=admin&since=2026-11-23&until=2026-11-23").text
    for narrowed in ("who=nobody", "subject_kind=mine", "since=2026-11-24", "until=2026-11-22"):
        assert "<td>supervisor</td><td>王监管</td>" not in ask(auditor, f"/audit?{narrowed}").text


def test_the_trail_speaks_of_people_mines_roles_and_times_as_people_do(as_role, made):
    admin, auditor = as_role("admin"), as_role("auditor")
    send(admin, "/users", {"name": "新人"})
    with made.app_context():
        person = db.session.scalars(select(User.id).where(User.name == "新人")).one()
        place, mine = db.session.execute(select(Mine.id, Mine.name).order_by(Mine.id)).first()
    given = {"role": "mine_user", "mine_id": place, "from_date": "2026-11-23"}
    assert send(admin, f"/users/{person}/roles", given).status_code == 303
    send(admin, "/users/supervisor-a/disable")
    trail = ask(auditor, "/audit?who=admin").text
    said = set(re.findall(r"<td>([^<]+|<time[^>]*>[^<]+</time>)</td>", trail))
    assert {"矿方", mine, "新人"} <= said
    assert "mine_user" not in said
    assert not any(re.fullmatch(r"\d{4}-\d\d-\d\dT.*", one) for one in said)
    assert any(one.startswith("<time") for one in said)


def selects(made, browser, path):
    """How many SELECTs a page costs."""
    seen = []

    def hear(_connection, _cursor, statement, *_rest):
        seen.append(statement)

    with made.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        assert ask(browser, path).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    return sum(statement.lstrip().upper().startswith("SELECT") for statement in seen)


def test_the_list_costs_the_same_however_long_it_is(as_role, made):
    admin = as_role("admin")
    few = selects(made, admin, "/users?limit=200")
    for number in range(30):
        send(admin, "/users", {"name": f"新人{number}"})

    assert selects(made, admin, "/users?limit=200") == few <= 12
