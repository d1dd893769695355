"""The first page: the demo county's board, and nothing at all of a real county."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select

from server.arrival import arrive
from server.db import db, transaction
from server.models.contract import Contract, Excuse
from server.models.county import County
from server.models.device import EnrolmentCode
from server.models.mine import Mine
from server.tokens import hash_of
from tests import counties

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def at(app, monkeypatch):
    """Set the application's clock."""

    def set_to(moment):
        monkeypatch.setitem(app.extensions, "qianshao_clock", lambda: moment)

    set_to(NOW)
    return set_to


@pytest.fixture
def demo(app, at):
    """A county that says it is a demo, with two mines under contract, one of them excused."""
    with app.app_context():
        arrive(app.extensions["qianshao_config"], NOW)
        counties.add_county()
        with transaction():
            db.session.get_one(County, counties.COUNTY).is_demo = True
            for code in ("M1", "M2"):
                add_mine(code)
            db.session.add(excuse("M2"))


def add_mine(code):
    db.session.add(Mine(id=code, county_id=counties.COUNTY, code=code, name=f"示例矿{code}", township="示例镇"))
    db.session.flush()
    db.session.add(
        Contract(id=code, county_id=counties.COUNTY, team_id=counties.TEAM, mine_id=code, from_date=date(2026, 1, 1))
    )


def excuse(mine):
    days = {"from_date": date(2026, 10, 1), "until_date": date(2026, 12, 31)}
    who = {"excused_by": counties.SUPERVISOR, "excused_at": NOW}
    return Excuse(id="excuse", county_id=counties.COUNTY, mine_id=mine, duty_kind="both", reason="停产", **days, **who)


def code_of(page):
    return re.search(r"/enrol#1\.[^.<]{43}\.([A-Za-z0-9_-]{22})", page).group(1)


def test_the_demo_countys_month_is_shown(client, demo):
    answer = client.get("/")

    assert answer.status_code == 200
    assert "沁泽县：县、矿、人员和检查结果全部为虚构" in answer.text
    for name in ("示例矿M1", "示例矿M2", "一组", "2026 年 11 月", "免检", "待检查", "未完成", "第 48 周"):
        assert name in answer.text
    assert "<svg" in answer.text
    assert 'href="/api/v1/docs"' in answer.text
    assert 'href="/healthz"' in answer.text


def test_another_month_can_be_read_and_nonsense_shows_this_one(client, demo):
    assert "2026 年 10 月" in client.get("/?month=2026-10").text
    for nonsense in ("2026-W47", "2026-13", "x", ""):
        assert "2026 年 11 月" in client.get("/", query_string={"month": nonsense}).text


def test_it_needs_neither_script_nor_style_in_the_page(client, demo):
    answer = client.get("/")

    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", answer.text)
    assert client.get("/overview.css").mimetype == "text/css"


def test_states_are_told_by_word_and_sign_not_by_colour_alone(client, demo):
    states = re.findall(r'<span class="state (\w+)"><b aria-hidden="true">(.)</b> (\w+)', client.get("/").text)

    assert len({(sign, word) for _, sign, word in states}) == len({name for name, _, _ in states}) >= 2


def test_a_code_is_shown_until_it_is_used_or_nearly_over(app, client, demo, at):
    first = code_of(client.get("/").text)
    assert code_of(client.get("/").text) == first

    with app.app_context(), transaction():
        db.session.get(EnrolmentCode, hash_of(first)).used_at = NOW
    second = code_of(client.get("/").text)
    assert second != first

    at(NOW + timedelta(minutes=10))
    assert code_of(client.get("/").text) not in (first, second)


def test_a_real_county_shows_nothing_and_gets_no_code(app, client, at):
    with app.app_context():
        counties.add_county()

    answer = client.get("/")

    assert answer.status_code == 200
    assert "不显示任何数据" in answer.text
    assert "沁泽县" not in answer.text
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(EnrolmentCode)) == 0


def test_a_demo_county_beside_a_real_one_shows_nothing_either(app, client, demo):
    with app.app_context():
        with transaction():
            counties.add_rows("-2")
        assert db.session.scalar(select(func.count()).select_from(County)) == 2

    assert "示例" not in client.get("/").text


def test_an_empty_database_shows_nothing(client, at):
    assert "不显示任何数据" in client.get("/").text
