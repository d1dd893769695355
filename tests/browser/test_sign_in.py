"""Signing in in a browser: from the first link to the board, wrong codes, recovery, and a session that ran out."""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from patrol.periods import local_date
from server.db import db, transaction
from server.models.user import User
from server.queries import actors
from server.services import teams
from tests.browser.chromium import DESK
from tests.browser.conftest import listen
from tests.browser.desks import Desks, desks_of
from tests.browser.site import Site

PASSWORD = "井下风大，人人带好自救器"
#: Where each role's work begins, and a word of its first page.
HOMES = {"supervisor": "/", "auditor": "/", "admin": "/", "mine_user": "/findings"}
NEED_CODE = ("supervisor", "admin", "mine_user")


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture
def office(browser: Browser, desks: Desks) -> Iterator[Page]:
    """The administrator's page."""
    with browser.new_context(base_url=desks.site.url, **DESK) as context:
        desks.sit_down(context, "admin")
        heard = listen(context)
        yield context.new_page()
        assert heard == []


@pytest.fixture
def person(browser: Browser, desks: Desks) -> Iterator[Page]:
    """Somebody's own computer, on which nobody has signed in."""
    with browser.new_context(base_url=desks.site.url, **DESK) as context:
        yield context.new_page()


def add(office: Page, name: str) -> str:
    """The administrator adds a person; gives the login."""
    login = f"{name}-{secrets.token_hex(3)}"
    office.goto("/users")
    office.get_by_role("button", name="新增人员").click()
    dialog = office.get_by_role("dialog")
    dialog.get_by_label("姓名").fill(f"新人 {login}")
    dialog.get_by_label("用户名").fill(login)
    dialog.get_by_role("button", name="新增人员").click()
    expect(office.get_by_role("heading", level=1)).to_have_text(f"新人 {login}")
    return login


def grant(office: Page, role: str) -> None:
    """On the page of a person: give a role, and for a mine's user the first mine."""
    office.get_by_role("button", name="授予岗位").click()
    dialog = office.get_by_role("dialog")
    dialog.get_by_label("岗位").select_option(role)
    if role == "mine_user":
        dialog.get_by_label("煤矿").select_option(index=1)
    dialog.get_by_role("button", name="授予岗位").click()
    expect(office.get_by_role("table", name="岗位与范围")).to_contain_text("长期")


def link_of(office: Page, button: str) -> str:
    """On the page of a person: make a link, and read it where it is shown, once."""
    office.get_by_role("button", name=button).click()
    office.get_by_role("dialog").get_by_role("button", name="生成链接").click()
    return office.locator("main code").inner_text()


def choose_password(person: Page, link: str, code: str = "") -> None:
    person.goto(link)
    expect(person).to_have_url(re.compile("/set-password$"))
    person.get_by_label("新密码").fill(PASSWORD)
    if code:
        person.get_by_label("验证码或恢复码").fill(code)
    person.get_by_role("button", name="设置密码").click()


def enter(person: Page, login: str, password: str = PASSWORD) -> None:
    person.get_by_label("用户名").fill(login)
    person.get_by_label("密码").fill(password)
    person.get_by_role("button", name="登录").click()


def enrol(person: Page) -> tuple[str, list[str]]:
    """Take the seed that is shown into an authenticator; (seed, recovery codes)."""
    expect(person).to_have_url(re.compile("/account/second-factor$"))
    person.goto("/users")
    expect(person).to_have_url(re.compile("/account/second-factor$"))
    person.get_by_role("button", name="开始绑定").click()
    seed = person.locator("main code").inner_text()
    person.get_by_label(re.compile("6 位验证码")).fill("000000")
    person.get_by_role("button", name="完成绑定").click()
    expect(person.locator(".error")).to_contain_text("验证码不正确")
    person.get_by_label(re.compile("6 位验证码")).fill(pyotp.TOTP(seed).now())
    person.get_by_role("button", name="完成绑定").click()
    expect(person.locator("ol.codes li")).to_have_count(10)
    codes = person.locator("ol.codes li").all_inner_texts()
    assert len(codes) == 10
    person.get_by_role("link", name="已妥善保存").click()
    return seed, codes


def leave(person: Page) -> None:
    person.get_by_role("button", name="退出登录").click()
    expect(person.get_by_role("heading", level=1)).to_have_text("登录")


@pytest.mark.parametrize("role", HOMES)
def test_from_the_first_link_to_the_first_page(office, person, role):
    login = add(office, role)
    grant(office, role)
    choose_password(person, link_of(office, "发起首次设置"))
    if role in NEED_CODE:
        enter(person, login)
        _, codes = enrol(person)
        expect(person).to_have_url(re.compile(f"{HOMES[role]}$"))
        leave(person)
        enter(person, login)
        person.get_by_label(re.compile("6 位验证码")).fill(codes[0])
        person.get_by_role("button", name="登录").click()
    else:
        assert person.locator("ol.codes li").count() == 10
        person.get_by_role("link", name="已妥善保存").click()
        enter(person, login)
    expect(person).to_have_url(re.compile(f"{HOMES[role]}$"))
    expect(person.get_by_role("navigation", name="主导航")).to_be_visible()


def test_a_leader_who_joins_a_team_needs_a_code_too(office, person, desks):
    login = add(office, "leader")
    with desks.at_work(), transaction():
        now = datetime.now(UTC)
        today = local_date(now)
        new = db.session.scalars(select(User).where(User.login == login)).one()
        admin = actors.find_actor(db.session.scalars(select(User).where(User.login == "demo-admin")).one(), today)
        team = teams.found_team(admin, {"name": "新组"}, now)
        given = {"user_id": new.id, "role": "leader", "specialty": "safety", "from_date": today, "until_date": None}
        teams.add_member(admin, team.id, given, now)
    office.reload()
    choose_password(person, link_of(office, "发起首次设置"))
    enter(person, login)
    enrol(person)
    expect(person.locator(".person")).to_contain_text("组长")


def test_wrong_passwords_and_codes_are_told_and_nothing_typed_is_lost(person, desks):
    person.goto("/sign-in")
    enter(person, "demo-supervisor", "不是这个密码不是这个密码")
    expect(person.get_by_role("alert")).to_contain_text("用户名或密码不正确")
    expect(person.get_by_label("用户名")).to_have_value("demo-supervisor")
    enter(person, "demo-supervisor", desks.site.passwords["demo-supervisor"])
    expect(person).to_have_url(re.compile("/sign-in/code"))
    person.get_by_label(re.compile("6 位验证码")).fill("000000")
    person.get_by_role("button", name="登录").click()
    expect(person.locator(".error")).to_contain_text("验证码不正确")
    person.goto("/findings")
    expect(person).to_have_url(re.compile("/sign-in/code"))


def test_a_reset_needs_what_only_the_person_has(office, person, browser, desks):
    login = add(office, "forgetful")
    grant(office, "supervisor")
    address = office.url
    choose_password(person, link_of(office, "发起首次设置"))
    enter(person, login)
    _, codes = enrol(person)
    leave(person)
    office.goto(address)
    link = link_of(office, "发起密码重设")
    with browser.new_context(base_url=desks.site.url, **DESK) as elsewhere:
        thief = elsewhere.new_page()
        choose_password(thief, link)
        expect(thief.locator(".error")).to_contain_text("还需要")
        choose_password(thief, link, "000000")
        expect(thief.locator(".error")).to_contain_text("验证码不正确")
    choose_password(person, link, codes[1])
    expect(person.get_by_role("heading", level=1)).to_have_text("登录")
    expect(person.locator("#said")).to_contain_text("密码已设置")


def test_whoever_was_away_too_long_signs_in_and_is_back_where_they_were(person, desks):
    desks.sit_down(person.context, "auditor")
    person.goto("/users?role=leader")
    desks.leave_alone("demo-auditor", minutes=31)
    person.goto("/users?role=leader")
    expect(person).to_have_url(re.compile(r"/sign-in\?next="))
    enter(person, "demo-auditor", desks.site.passwords["demo-auditor"])
    expect(person).to_have_url(re.compile(r"/users\?role=leader$"))


def test_a_session_is_ended_from_another_computer(person, browser: Browser, desks):
    desks.sit_down(person.context, "member")
    person.goto("/account")
    with browser.new_context(base_url=desks.site.url, **DESK) as other:
        desks.sit_down(other, "member")
        lost = other.new_page()
        lost.goto("/account")
        person.reload()
        person.get_by_role("button", name="退出这一处").first.click()
        expect(person.locator("#said")).to_contain_text("已退出")
        lost.goto("/account")
        expect(lost).to_have_url(re.compile("/sign-in"))


def test_the_theme_is_kept(person: Page):
    person.goto("/sign-in")
    person.context.add_cookies([{"name": "qianshao_theme", "value": "dark", "url": person.url}])
    person.reload()
    assert person.evaluate("() => document.documentElement.dataset.theme") == "dark"
