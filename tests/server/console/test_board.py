"""The board: three questions answered, every figure a way to its records, nothing of another county, few statements."""

import re
from datetime import date, timedelta

import pytest

from server import create_app
from server.config import ConfigError
from server.db import db, transaction
from server.http.headers import console_policy
from server.models.county import County
from server.models.coverage import CoverageMonth, WeekRound
from server.models.device import Device
from server.models.finding import Finding
from server.models.mine import Mine
from server.models.user import RoleGrant, User
from tests.server.api import rows, world
from tests.server.console.pages import chart_data, links, see, statements, words
from tests.settings import make_config

#: With the caller's own look-up; nothing here may grow with the mines.
MOST = 24


def put(app, *made):
    with app.app_context(), transaction():
        for row in made:
            db.session.merge(row)


def change(app, model, key, **values):
    with app.app_context(), transaction():
        for name, value in values.items():
            setattr(db.session.get_one(model, key), name, value)


def kept(mine="mine-1", month="2026-11", **but):
    facts = {"county_id": "county-a", "edition_digest": world.DIGEST, "applicable": 10, "changed_at": world.NOW}
    return CoverageMonth(mine_id=mine, month=month, **(facts | but))


@pytest.fixture
def desk(as_role):
    """A supervisor's browser."""
    return as_role("supervisor").client


def test_a_mine_that_is_behind_and_a_round_that_was_missed_are_named_first(made, desk):
    put(made, kept("mine-1", judged=10), kept("mine-2", judged=1))
    page = words(see(desk, "/"))

    assert page.index("哪座矿没有查到位") < page.index("canary-sibling") < page.index("哪条隐患逾期")
    assert "落后 6 项" in page
    assert "缺 4 周巡查" in page


def test_overdue_findings_are_named_with_their_days_and_lead_to_themselves(made, desk):
    change(made, Finding, "finding-own", due_on=world.TODAY - timedelta(days=3))
    page = see(desk, "/")

    assert "逾期 3 天" in words(page)
    assert "/findings/finding-own" in links(page)
    assert "没有逾期的隐患" not in page


def test_what_the_mine_does_not_owe_just_now_is_not_overdue(made, desk):
    change(made, Finding, "finding-own", due_on=world.TODAY - timedelta(days=3), status="awaiting_recheck")

    assert "没有逾期的隐患" in see(desk, "/")


def test_a_phone_that_holds_work_is_named_as_it_last_told(made, desk):
    told = {"told_at": world.NOW - timedelta(hours=2), "unsent_operations": 131, "unsent_photos": 41}
    change(made, Device, "device-own", app_version="1.4.0", clock_error_ms=47 * 60_000, **told)
    page = words(see(desk, "/"))

    assert "131 条记录、41 张照片" in page
    assert "10:00 上报" in page
    assert "1.4.0" in page
    assert "快 47 分钟" in page


def test_a_revoked_phone_is_no_longer_waited_for(made, desk):
    change(made, Device, "device-own", unsent_operations=131, told_at=world.NOW, revoked_at=world.NOW)

    assert "131 条记录" not in see(desk, "/")


def test_a_suspected_major_stands_above_everything_and_leads_to_itself(made, desk):
    assert "疑似或确认的重大隐患" not in see(desk, "/")
    change(made, Finding, "finding-own", severity="suspected_major", text="瓦斯超限 <b>")
    page = see(desk, "/")

    assert words(page).index("重大隐患 1 条") < words(page).index("哪座矿没有查到位")
    assert "/findings/finding-own" in links(page)
    assert "瓦斯超限 &lt;b&gt;" in desk.get("/").text


def test_what_came_late_and_what_is_excused_are_told(made, desk):
    put(
        made,
        kept("mine-1", judged=10, late_operations=4),
        WeekRound(county_id="county-a", week="2026-W45", mine_id="mine-1", begun=True, met=True, late=True),
    )
    page = words(see(desk, "/?month=2026-11"))

    assert "第 45 周在期限过后才送达" in page
    assert "本月在期限过后才送达" in page
    march = words(see(desk, "/?month=2026-03"))
    assert "canary-own 2026-03-01 至 2026-03-31" in march
    assert "免检" in march


def test_every_cell_leads_to_records_that_there_are(made, desk):
    put(made, kept("mine-1", judged=4))
    change(made, Finding, "finding-own", due_on=world.TODAY - timedelta(days=3))
    to = links(see(desk, "/"))

    assert "/mines/mine-1/coverage?month=2026-11" in to
    assert "/visits?mine=mine-1&week=2026-W48" in to
    assert "/findings?mine=mine-1&open=true" in to
    assert "/findings?mine=mine-1&overdue=true" in to
    for address in sorted(to):
        see(desk, address)


def test_mines_are_grouped_by_team_or_by_township(made, desk):
    change(made, Mine, "mine-1", township="东乡")
    change(made, Mine, "mine-2", township="东乡")

    assert see(desk, "/").count('scope="rowgroup"') == 2
    assert see(desk, "/?group=township").count('scope="rowgroup"') == 1


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ("team=team-1", {"mine-1"}),
        ("township=canary-sibling", {"mine-2"}),
        ("state=met", {"mine-1"}),
        ("state=under_way", set()),
        ("state=due", {"mine-2"}),
        ("state=overdue", {"mine-2"}),
        ("state=major", {"mine-1"}),
        ("team=team-1&state=due", set()),
    ],
)
def test_filters_keep_the_mines_that_they_name(made, desk, filters, shown):
    put(made, kept("mine-1", judged=10))
    change(made, Finding, "finding-own", severity="suspected_major")
    change(made, Finding, "finding-sibling", due_on=world.TODAY - timedelta(days=1))
    page = see(desk, f"/?{filters}")
    matrix = page[page.index('id="matrix-rows"') : page.index("</section>", page.index('id="matrix-rows"'))]

    assert {mine for mine in ("mine-1", "mine-2") if f"/mines/{mine}" in matrix} == shown
    assert ("没有符合筛选条件的矿" in matrix) is (not shown)


@pytest.mark.parametrize("wrong", ["month=2026-13", "month=2026-W47", "month=x", "state=nonsense", "group=mine"])
def test_filters_that_cannot_be_meant_are_told_in_a_sentence(made, desk, wrong):
    assert "筛选" in see(desk, f"/?{wrong}", 422)


def test_another_month_is_another_board(made, desk):
    october = see(desk, "/?month=2026-10")

    assert "看板 · 2026 年 10 月" in october
    assert "第 44 周" in october
    assert "第 49 周" not in october


def test_the_map_has_each_mine_once_with_its_state(made, desk):
    change(made, Mine, "mine-1", latitude=35.5, longitude=113.0, datum="CGCS2000")
    put(made, kept("mine-1", judged=10))
    data = chart_data(see(desk, "/"))

    assert data["points"] == [
        {
            "id": "mine-1", "name": "canary-own", "at": [113.0, 35.5], "datum": "CGCS2000", "state": "met",
            "ratio": 1.0, "grave": False, "overdue": 0,
        }
    ]  # fmt: skip
    assert data["map"] == {"outline": None, "tiles": None}
    assert desk.get("/map/outline").status_code == 404
    assert chart_data(see(desk, "/map"))["points"] == data["points"]


def test_a_county_may_have_an_outline_of_its_own(made, desk):
    change(made, Mine, "mine-1", latitude=35.5, longitude=113.0, datum="CGCS2000")
    folder = made.extensions["qianshao_config"].data_dir / "maps"
    folder.mkdir(exist_ok=True)
    file = folder / "county-a.geojson"
    file.write_text('{"type": "FeatureCollection", "features": []}')
    try:
        assert chart_data(see(desk, "/map"))["map"]["outline"] == "/map/outline"
        assert desk.get("/map/outline").json == {"type": "FeatureCollection", "features": []}
    finally:
        file.unlink()
    change(made, County, "county-a", is_demo=True)
    assert len(desk.get("/map/outline").json["features"]) == 3


def test_the_trend_ends_with_the_boards_own_figures(made, desk):
    put(made, kept("mine-1", judged=10), kept("mine-2", judged=1), kept("mine-3", county_id="county-b", judged=9))
    change(made, Finding, "finding-own", status="closed", closed_at=world.NOW)
    trend = chart_data(see(desk, "/"))["trend"]

    assert [one["month"] for one in trend][::11] == ["2025-12", "2026-11"]
    assert trend[-1] == {"month": "2026-11", "ratio": 11 / 20, "mines": 2, "met": 1, "recorded": 3, "closed": 1}
    assert trend[-2] == {"month": "2026-10", "ratio": 0.0, "mines": 2, "met": 0, "recorded": 0, "closed": 0}
    assert trend[0]["ratio"] is None
    assert "11 / 20" in words(see(desk, "/"))


def test_a_mine_without_a_team_is_told(made, desk):
    put(made, Mine(id="lone", county_id="county-a", code="L", name="孤矿", township="乡"))
    page = see(desk, "/")

    assert "1 座矿没有小组包保" in page
    to = links(see(desk, "/mines?uncontracted=true"))
    assert "/mines/lone" in to
    assert "/mines/mine-1" not in to


@pytest.mark.parametrize("role", ["supervisor", "leader", "member", "admin", "auditor"])
def test_nobody_sees_another_county_and_teams_see_their_own(made, as_role, role):
    put(made, kept("mine-1", judged=4), kept("mine-2", judged=4))
    page = see(as_role(role).client, "/")

    assert "canary-foreign" not in page
    assert "mine-1" in page
    assert ("mine-2" in page) is (role not in ("leader", "member"))


def test_the_mines_people_are_not_shown_the_board(made, as_role):
    client = as_role("mine_user").client

    assert client.get("/").location.endswith("/findings")
    see(client, "/map", 403)


def test_whoever_is_not_signed_in_is_led_to_the_sign_in(made, as_role):
    answer = as_role("anonymous").client.get("/?month=2026-10", headers={"Accept": "text/html"})

    assert answer.status_code == 303
    assert answer.location.startswith("/sign-in")


def test_a_month_without_contracts_says_what_to_do(made, desk):
    page = words(see(desk, "/?month=2020-01"))

    assert "本月没有包保" in page
    assert "还没有煤矿" not in page


def test_a_county_without_mines_says_what_to_do(made):
    client = made.test_client()
    with made.app_context(), transaction():
        db.session.add(County(id="county-c", code="c", name="新县", duty_telephone="0"))
        db.session.flush()
        db.session.add(User(id="first", county_id="county-c", name="甲", login="first", created_at=world.NOW))
        db.session.flush()
        grant = {"user_id": "first", "role": "supervisor", "county_id": "county-c", "from_date": date(2026, 1, 1)}
        db.session.add(RoleGrant(id="first", **grant))
        db.session.flush()
        world.sign_in_as(client, "first")
    page = words(see(client, "/"))

    assert "还没有煤矿" in page
    assert "还没有登记手机" in page
    assert "没有逾期的隐患" in page
    for address in ("/map", "/mines", "/visits"):
        assert "还没有" in words(see(client, address)) or "没有检查" in words(see(client, address))


def test_pages_cost_the_same_with_forty_mines_as_with_two(made, desk):
    put(made, kept("mine-1", judged=4), kept("mine-2", judged=1))
    addresses = ("/", "/?month=2026-10&group=township", "/map", "/mines", "/visits")
    few = {address: statements(made, desk, address) for address in addresses}
    with made.app_context(), transaction():
        rows.add_many(40)
        db.session.add(kept("n-0001", judged=3))
    many = {address: statements(made, desk, address) for address in addresses}

    assert "N0039" in see(desk, "/")
    assert many == few
    assert max(many.values()) <= MOST, many


def test_pace_is_told_while_the_month_runs_and_not_afterwards(made, desk):
    put(made, kept("mine-1", judged=3, applicable=300), kept("mine-1", "2026-10", judged=3, applicable=300))

    assert "按进度应达 230" in words(see(desk, "/"))
    assert "按进度应达" not in words(see(desk, "/?month=2026-10"))


def test_a_mine_of_the_board_weighs_little(made, desk):
    """Hundreds of cells: what they have in common stands in the style, not in each of them."""
    put(made, kept("mine-1", judged=4))
    page = see(desk, "/")
    row = re.search(r'<tr><th scope="row"><a href="/mines/mine-1">.*?</tr>', page, re.DOTALL)

    assert row is not None
    assert row[0].count("/visits?mine=") >= 4
    assert "<use" not in row[0]
    assert len(row[0].encode()) < 1600


def test_tiles_are_named_and_allowed_where_the_installation_names_their_server(config, tmp_path):
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    app = create_app(make_config(tmp_path, QIANSHAO_MAP_TILES=tiles))
    assert "https://tiles.example " in app.extensions["qianshao_headers"]["Content-Security-Policy"] + " "
    with app.test_request_context():
        assert "https://tiles.example;" in console_policy("n").replace(" ;", ";")
    assert "tiles.example" not in create_app(config).extensions["qianshao_headers"]["Content-Security-Policy"]


@pytest.mark.parametrize(
    "wrong", ["ftp://t/{z}/{x}/{y}", "https://t/{z}/{x}.png", "https://t/{z}/{x}/{y};script-src *"]
)
def test_an_address_of_tiles_that_cannot_be_meant_is_refused(tmp_path, wrong):
    with pytest.raises(ConfigError, match="QIANSHAO_MAP_TILES"):
        make_config(tmp_path, QIANSHAO_MAP_TILES=wrong)
