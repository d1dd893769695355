"""A form that is sent twice does its thing once; a form that says something else is another one."""

import re
from threading import Barrier, Thread

import pytest
from sqlalchemy import func, select

from server.db import db, transaction
from server.models.audit import AuditEntry
from server.models.contract import Contract, Excuse
from server.models.device import EnrolmentCode
from server.models.segment import WithheldOperation
from server.models.team import Certificate, Team
from server.models.user import ConsoleSession, OneTimeLink, RecoveryCode, User
from server.models.visit import Visit
from tests.server.api.test_scope import fingerprint
from tests.server.api.world import Browser
from tests.server.console.pages import see
from tests.server.console.rounds import FINDING, begin, make_round, post
from tests.server.console.test_setting_up import withheld

_MARK = re.compile(r'name="once" value="([^"]+)"')
DAYS = {"from_date": "2026-11-01", "until_date": "2026-11-30"}
#: Role, page, action, what is typed, and the table of which one row more is there afterwards.
FORMS = {
    "a person": ("admin", "/users", "/users", {"name": "同名人"}, User),
    "a paper": (
        "admin",
        "/users/member-own",
        "/users/member-own/certificates",
        {"kind": "合格证", "number": "7", "issued_on": "2026-01-01"},
        Certificate,
    ),
    "a team": ("admin", "/teams", "/teams", {"name": "第九组"}, Team),
    "an excuse": (
        "supervisor",
        "/excuses",
        "/excuses",
        {"mine_id": "mine-1", "duty_kind": "both", "reason": "停产", **DAYS},
        Excuse,
    ),
    "a hand-over": (
        "admin",
        "/contracts/contract-own/hand-over?team_id=team-2&from_date=2026-12-03",
        "/contracts/contract-own/hand-over",
        {"team_id": "team-2", "from_date": "2026-12-03"},
        Contract,
    ),
}

_WAITING = "/phones/waiting?team=team-1"
#: What answers with a secret, shown once: page, action, what is typed, the table, and where a second sending leads.
SHOWN_ONCE = {
    "a phone's code": (
        "/phones/enrol",
        "/phones/enrol",
        {"team": "team-1"},
        EnrolmentCode,
        "/phones/waiting?team=team-1",
    ),
    "a link": ("/users/auditor-a", "/users/auditor-a/link", {}, OneTimeLink, "/users/auditor-a"),
    "another link": ("/users/auditor-a", "/users/auditor-a/second-factor-link", {}, OneTimeLink, "/users/auditor-a"),
    "recovery codes": ("/account", "/account/recovery-codes", {}, RecoveryCode, "/account"),
}


@pytest.fixture
def made(made):
    """The world, in its first epoch."""
    begin(made)
    return made


def rows(app, model):
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(model))


def everything(app):
    """All rows of all tables but the sessions', whose forms are noted there."""
    with app.app_context():
        return fingerprint()


def mark_on(browser, page):
    """The mark of a form as the page shows it."""
    return _MARK.findall(see(browser.client, page))[-1]


@pytest.mark.parametrize("name", FORMS)
def test_twice_the_same_form_is_one_thing(made, as_role, name):
    role, page, address, typed, model = FORMS[name]
    browser, before = as_role(role), rows(made, model)
    typed = typed | {"once": mark_on(browser, page)}
    first, state = post(browser, address, typed), everything(made)
    second = post(browser, address, typed)

    assert (first.status_code, second.status_code) == (303, 303), first.text
    assert first.headers["Location"] == second.headers["Location"]
    assert rows(made, model) == before + 1
    assert everything(made) == state
    assert "没有重复办理" in see(browser.client, second.headers["Location"])


@pytest.mark.parametrize("name", SHOWN_ONCE)
def test_a_secret_that_was_shown_is_not_made_anew_by_a_page_loaded_again(made, as_role, name):
    page, address, typed, model, further = SHOWN_ONCE[name]
    with made.app_context(), transaction():
        db.session.get_one(User, "auditor-a").password_hash = "set"
    admin, before = as_role("admin"), rows(made, model)
    typed = typed | {"once": mark_on(admin, page)}
    first, state, count = post(admin, address, typed), everything(made), rows(made, model)
    second = post(admin, address, typed)

    assert (first.status_code, second.status_code) == (200, 303), first.text
    assert count > before
    assert everything(made) == state
    assert second.headers["Location"] == further
    assert "内容只显示一次" in see(admin.client, further)


def test_a_step_for_many_is_taken_once(made, as_role):
    make_round(made, as_role)
    leader = as_role("leader")
    typed = {"step": "notify", "findings": FINDING, "handed_to": "矿长", "answer": "signed"}
    typed |= {"once": mark_on(leader, "/findings"), "back": "/findings?open=true"}
    first, state = post(leader, "/findings/steps", typed), everything(made)
    second = post(leader, "/findings/steps", typed)

    assert (first.status_code, second.status_code) == (200, 303), first.text
    assert "成功" in first.text or "1 条" in first.text
    assert second.headers["Location"] == "/findings?open=true"
    assert everything(made) == state


def test_another_word_in_the_same_form_is_another_thing(made, as_role):
    admin, before = as_role("admin"), rows(made, User)
    mark = mark_on(admin, "/users")
    for name in ("甲", "乙", "甲"):
        assert post(admin, "/users", {"name": name, "once": mark}).status_code == 303

    assert rows(made, User) == before + 2


def test_a_form_that_was_refused_is_sent_again(made, as_role):
    admin, before = as_role("admin"), rows(made, Team)
    typed = {"name": "第九组", "once": mark_on(admin, "/teams")}
    assert post(admin, "/teams", typed | {"name": ""}).status_code == 422
    assert post(admin, "/teams", typed).status_code == 303

    assert rows(made, Team) == before + 1


def test_every_form_of_a_page_has_a_mark_of_its_own_and_every_load_another(as_role):
    admin = as_role("admin")
    first, second = (_MARK.findall(see(admin.client, "/users/supervisor-a")) for _ in range(2))

    assert len(first) == len(set(first)) > 5
    assert not set(first) & set(second)


def test_two_at_the_same_instant_are_one(made, as_role):
    admin, before = as_role("admin"), rows(made, User)
    cookie, typed = admin.client.get_cookie("qianshao"), {"name": "同名人", "once": mark_on(admin, "/users")}
    start, told = Barrier(2), []

    def send():
        twin = Browser(made.test_client(), dict(admin.headers))
        twin.client.set_cookie("qianshao", cookie.value)
        start.wait()
        told.append(post(twin, "/users", typed).status_code)

    twins = [Thread(target=send) for _ in range(2)]
    for twin in twins:
        twin.start()
    for twin in twins:
        twin.join()

    assert told == [303, 303]
    assert rows(made, User) == before + 1


def test_only_the_newest_forms_are_remembered_with_the_session(made, as_role):
    admin = as_role("admin")
    for number in range(15):
        post(admin, "/teams", {"name": f"组 {number}", "once": "mark"})
    with made.app_context():
        sent = [row.forms_sent for row in db.session.scalars(select(ConsoleSession)) if row.forms_sent]

    assert [len(one) for one in sent] == [12]


def test_a_visit_is_sent_back_once_and_its_trail_says_so_once(made, as_role):
    visit, supervisor = make_round(made, as_role).visit, as_role("supervisor")
    typed = {"reason": "请补查", "once": mark_on(supervisor, f"/visits/{visit}")}
    answers = [post(supervisor, f"/visits/{visit}/send-back", typed) for _ in range(2)]
    state = everything(made)
    unmarked = post(supervisor, f"/visits/{visit}/send-back", {"reason": "请补查"})

    assert [answer.status_code for answer in answers] == [303, 303]
    with made.app_context():
        assert db.session.get_one(Visit, visit).status == "open"
    # Nor without the mark: what was sent back is under way, and is not sent back again.
    assert unmarked.status_code == 409
    assert everything(made) == state


def test_a_step_of_a_finding_is_taken_once(made, as_role):
    make_round(made, as_role)
    leader = as_role("leader")
    typed = {"step": "notify", "handed_to": "矿长", "answer": "signed", "once": mark_on(leader, f"/findings/{FINDING}")}
    first = post(leader, f"/findings/{FINDING}/steps", typed)
    state = everything(made)
    second = post(leader, f"/findings/{FINDING}/steps", typed)

    assert (first.status_code, second.status_code) == (303, 303), second.text
    assert everything(made) == state


def test_what_is_kept_aside_twice_is_told_once(made, as_role):
    uid, supervisor = withheld(made), as_role("supervisor")
    typed = {"reason": "先问清", "once": mark_on(supervisor, "/phones/withheld")}
    for _ in range(2):
        assert post(supervisor, f"/phones/withheld/{uid}/keep", typed).status_code == 303

    assert rows(made, WithheldOperation) == 1
    with made.app_context():
        kept = select(AuditEntry).where(AuditEntry.verb == "operation.keep")
        assert len(db.session.scalars(kept).all()) == 1
