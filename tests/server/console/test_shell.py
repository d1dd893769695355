"""The console's frame: policies, mistakes told to people, forms that come back, and where the way leads."""

import re

import pytest

from server.console.answers import own_path
from tests.server.api.world import NOW, Browser
from tests.server.console.desks import ask, places, send


def test_each_answer_has_a_mark_of_its_own_and_scripts_carry_it(as_role):
    admin = as_role("admin")
    marks = set()
    for _ in range(3):
        answer = ask(admin, "/users")
        policy = answer.headers["Content-Security-Policy"]
        mark = re.search(r"script-src 'nonce-([\w-]+)' 'strict-dynamic'", policy).group(1)
        assert f'nonce="{mark}"' in answer.text
        marks.add(mark)
    assert len(marks) == 3
    assert "unsafe-inline" not in policy
    for word in (
        "object-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    ):
        assert word in policy
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_no_page_carries_a_style_or_a_script_of_its_own(as_role):
    browsers = {role: as_role(role) for role in ("admin", "supervisor", "auditor", "leader", "mine_user")}
    looked = 0
    for place in places():
        for role, browser in browsers.items():
            if place.method == "GET" and place.may(role, "own") == "yes":
                text = ask(browser, place.path("own")).text
                assert not re.search(
                    r"<script(?![^>]*(?:nonce=|application/json))|\sstyle=|\son[a-z]+=\"|<style(?![^>]*nonce=)", text
                ), place
                looked += 1
    assert looked > 60


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        ({"Accept": "application/json"}, "application/problem+json"),
        ({"Accept": "*/*"}, "application/problem+json"),
        ({"Accept": "text/html,application/xhtml+xml,image/avif,*/*;q=0.8"}, "text/html"),
    ],
)
def test_people_get_a_page_and_programs_a_problem(made, headers, kind):
    answer = made.test_client().get("/nowhere", headers=headers)

    assert (answer.status_code, answer.mimetype) == (404, kind)


def test_the_api_answers_with_problems_whoever_asks(as_role):
    answer = ask(as_role("admin"), "/api/v1/users/unknown")

    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_the_front_door_shows_in_whoever_does_not_say_what_they_read(made):
    answer = made.test_client().get("/", headers={"Accept": "*/*"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in?next=/")


def test_htmx_is_sent_to_sign_in_by_a_header(made):
    answer = made.test_client().get("/users", headers={"HX-Request": "true", "Accept": "*/*"})

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, "/sign-in?next=/")


def test_filters_that_cannot_be_meant_are_told_and_can_be_dropped(as_role):
    answer = ask(as_role("admin"), "/users?role=emperor")

    assert answer.status_code == 422
    assert "筛选条件不正确" in answer.text
    assert 'href="/users"' in answer.text


def test_filters_that_nobody_knows_are_passed_over(as_role):
    assert ask(as_role("admin"), "/users?utm_source=x").status_code == 200


def test_a_refused_form_comes_back_with_what_was_typed(as_role):
    admin = as_role("admin")
    answer = send(admin, "/users", {"name": "张三", "login": "不是用户名"})

    assert answer.status_code == 422
    assert 'value="张三"' in answer.text
    assert re.search(r'name="login"[^>]*aria-invalid="true"', answer.text)
    assert "data-refused" in answer.text

    taken = send(admin, "/users", {"name": "张三", "login": "admin-a"})
    assert taken.status_code == 409
    assert re.search(r'name="login"[^>]*aria-invalid="true"', taken.text)


def test_what_much_depends_on_asks_for_a_code_on_the_form_itself(as_role, made, monkeypatch):
    from datetime import timedelta

    from server.db import transaction
    from server.services import second_factor

    with made.app_context(), transaction():
        second_factor.add_confirmed("admin-a", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", NOW)
    admin = as_role("admin")
    assert 'name="proof"' not in ask(admin, "/users").text
    monkeypatch.setitem(made.extensions, "qianshao_clock", lambda: NOW + timedelta(minutes=6))
    assert 'name="proof"' in ask(admin, "/users").text

    refused = send(admin, "/users", {"name": "张三"})
    assert refused.status_code == 422
    assert "再输入一次验证器" in refused.text
    wrong = send(admin, "/users", {"name": "张三", "proof": "000000"})
    assert "验证码不正确" in wrong.text


def test_a_word_about_what_was_done_is_said_once(as_role):
    admin = as_role("admin")
    made = send(admin, "/users", {"name": "张三"})

    assert made.status_code == 303
    assert "已新增 张三" in ask(admin, made.headers["Location"]).text
    assert "已新增 张三" not in ask(admin, made.headers["Location"]).text


def test_a_word_that_was_not_ours_is_not_said(made):
    nobody = Browser(made.test_client())
    for planted in ("nonsense", "WyI8Yj4iLCB7fV0=", "bnVsbA==", "e30="):
        nobody.client.set_cookie("qianshao_said", planted)
        assert ask(nobody, "/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/users?role=leader", "/users?role=leader"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("/a\\b", "/"),
        ("javascript:alert(1)", "/"),
        ("/\r\nSet-Cookie: x", "/"),
        ("/api/v1/me", "/"),
        ("", "/"),
        (None, "/"),
    ],
)
def test_nobody_is_led_to_a_strangers_page(wanted, led):
    assert own_path(wanted) == led


def test_the_theme_is_kept_in_the_browser_alone(made):
    nobody = Browser(made.test_client())
    dark = send(nobody, "/theme", {"theme": "dark", "back": "/sign-in?next=/users"})
    assert dark.headers["Location"] == "/sign-in?next=/users"
    assert 'data-theme="dark"' in ask(nobody, "/sign-in").text
    send(nobody, "/theme", {"theme": "auto", "back": "//evil.example"})
    assert "data-theme" not in ask(nobody, "/sign-in").text
