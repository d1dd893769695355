"""The mines and their books: dated attributes, plates, the month as a matrix with who said what, what is left."""

import re
from datetime import date, timedelta

import pytest

from patrol.periods import month_of
from patrol.permissions import Actor, Role
from patrol.plates import plate_of
from server.db import db as the_db
from server.db import transaction
from server.models.coverage import CoverageMonth
from server.models.finding import Finding
from server.models.mine import Mine, MineAttribute, Place
from server.services import coverage_matrix
from server.services.coverage_upkeep import keep_up_mine
from sync import bodies
from sync.phone import edits
from tests.counties import COUNTY, NOON, SUPERVISOR
from tests.field import FIRST, OTHER_MINE, open_field
from tests.patrols import MINE, enter
from tests.server.api import rows, world
from tests.server.console.pages import links, see, statements, words

MONTH = "2026-11"


def change(app, model, key, **values):
    with app.app_context(), transaction():
        for name, value in values.items():
            setattr(the_db.session.get_one(model, key), name, value)


def attribute(app, name, value, from_date, recorded_at=world.NOW):
    with app.app_context(), transaction():
        key = f"{name}-{from_date}-{recorded_at:%H%M}"
        facts = {"name": name, "value": value, "from_date": from_date, "recorded_at": recorded_at}
        the_db.session.add(MineAttribute(id=key, mine_id="mine-1", source="鉴定报告", **facts))


@pytest.fixture
def desk(as_role):
    """A supervisor's browser."""
    return as_role("supervisor").client


@pytest.mark.parametrize(
    ("filters", "shown"),
    [
        ("", {"mine-1", "mine-2"}),
        ("?q=sibling", {"mine-2"}),
        ("?q=%25", set()),
        ("?township=canary-own", {"mine-1"}),
        ("?team=team-2", {"mine-2"}),
        ("?closed=true", set()),
        ("?closed=false", {"mine-1", "mine-2"}),
        ("?uncontracted=true", set()),
    ],
)
def test_the_list_is_filtered_from_its_address(made, desk, filters, shown):
    page = see(desk, f"/mines{filters}")

    assert {mine for mine in ("mine-1", "mine-2", "mine-3") if f"/mines/{mine}" in links(page)} == shown
    assert f"共 {len(shown)} 座" in words(page)


def test_the_list_is_walked_page_by_page(made, desk):
    with made.app_context(), transaction():
        rows.add_many(7)
    address, seen = "/mines?limit=3", []
    while address:
        page = see(desk, address)
        body = page[page.index("<tbody") : page.index("</tbody>")]
        seen += re.findall(r'<th scope="row"><a href="/mines/([\w-]+)"', body)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        address = following and following.group(1)

    assert len(seen) == len(set(seen)) == 9


def test_a_value_in_force_stands_first_and_every_other_is_kept(made, desk):
    attribute(made, "gas_grade", "突出", world.TODAY)
    attribute(made, "gas_grade", "低瓦斯", world.TODAY + timedelta(days=9))
    page = words(see(desk, "/mines/mine-1"))

    assert "瓦斯等级 突出 2026-11-23" in page
    assert "4 次变更" in page
    assert "高瓦斯 canary-own" in page
    assert "2026-12-02 起改为 低瓦斯" in page


def test_of_two_values_since_the_same_day_the_correction_counts(made, desk):
    attribute(made, "depth_m", 610, world.TODAY, world.NOW - timedelta(hours=1))
    attribute(made, "depth_m", 601, world.TODAY)

    assert "开采深度 601 2026-11-23" in words(see(desk, "/mines/mine-1"))


def test_an_attribute_that_begins_later_is_unknown_today(made, desk):
    attribute(made, "depth_m", 610, world.TODAY + timedelta(days=1))

    assert "开采深度 不明" in words(see(desk, "/mines/mine-1"))


def test_the_book_names_places_contracts_excuses_visits_and_findings(made, desk):
    page = words(see(desk, "/mines/mine-1"))

    check = plate_of("place-own", "canary-own").check
    for said in (f"{check[:3]} {check[3:]}", "待确认", "现行", "2026-03-01 – 2026-03-31", "周巡查", "已告知"):
        assert said in page


def test_a_repeat_leads_to_itself_and_to_what_it_repeats(made, desk):
    closed = world.NOW - timedelta(days=20)
    change(made, Finding, "finding-shared", status="closed", closed_at=closed)
    change(made, Finding, "finding-own", repeat_of="finding-shared")
    page = see(desk, "/mines/mine-1")

    assert "重复 2026-11-03 销号的隐患" in page
    assert {"/findings/finding-own", "/findings/finding-shared"} <= links(page)


@pytest.mark.parametrize(
    ("role", "seen", "hidden"),
    [
        ("supervisor", ("包保", "本月全覆盖", "近期检查", "免检"), ()),
        ("leader", ("包保", "本月全覆盖", "近期检查", "免检"), ()),
        ("mine_user", ("包保", "未销号隐患"), ("本月全覆盖", "近期检查", "免检")),
    ],
)
def test_chapters_that_a_role_may_not_read_are_left_out(made, as_role, role, seen, hidden):
    page = words(see(as_role(role).client, "/mines/mine-1"))

    assert [word for word in seen if word not in page] == []
    assert [word for word in hidden if word in page] == []


def test_the_mine_is_not_told_of_findings_that_are_still_being_written(made, as_role):
    change(made, Finding, "finding-own", status="recorded", text="尚未告知")
    change(made, Finding, "finding-shared", status="notified", repeat_of="finding-own")

    assert "尚未告知" not in see(as_role("mine_user").client, "/mines/mine-1")
    assert "尚未告知" in see(as_role("supervisor").client, "/mines/mine-1")


@pytest.mark.parametrize("chapter", ["", "/plates", "/coverage", "/left"])
def test_a_foreign_mine_is_no_mine(made, as_role, chapter):
    for role in ("supervisor", "leader", "admin", "auditor"):
        see(as_role(role).client, f"/mines/mine-3{chapter}", 404)
    see(as_role("leader").client, f"/mines/mine-2{chapter}", 404)


def test_only_confirmed_places_in_use_get_a_plate(made, desk):
    assert "没有在用的地点" in see(desk, "/mines/mine-1/plates")
    change(made, Place, "place-own", status="confirmed", name="1501 综采工作面")
    page = see(desk, "/mines/mine-1/plates")
    plate = plate_of("place-own", "canary-own")
    assert f'aria-label="{plate.text}"' in page
    assert "<svg" in page[page.index(plate.text) :]
    assert "1501 综采工作面" in page
    change(made, Place, "place-own", closed_on=world.TODAY - timedelta(days=1))
    assert plate.text not in see(desk, "/mines/mine-1/plates")


@pytest.mark.parametrize("month", ["2026-13", "2026-W47", "x"])
def test_a_month_that_there_is_not_is_told_in_a_sentence(made, desk, month):
    assert "筛选" in see(desk, f"/mines/mine-1/coverage?month={month}", 422)


@pytest.mark.parametrize("address", ["", "/coverage", "/left", "/plates"])
def test_a_book_costs_the_same_with_forty_places_as_with_one(made, desk, address):
    few = statements(made, desk, f"/mines/mine-1{address}")
    with made.app_context(), transaction():
        rows.add_many(40)

    assert statements(made, desk, f"/mines/mine-1{address}") == few <= 22


@pytest.fixture
def county(app, db, monkeypatch):
    """Phones, and a mine with two faces; the clock is the test's own."""
    monkeypatch.setitem(app.extensions, "qianshao_clock", None)
    return open_field(app)


OFFICE = Actor(SUPERVISOR, Role.SUPERVISOR, COUNTY)
TODAY = NOON.date()


def answered(county, said):
    """A visit of p1 in which each register got its answer."""
    phone = county.phone("p1")
    visit = enter(phone, "p1", edition=FIRST.digest)
    for pair, body in said.items():
        phone.edit(edits.answer, "p1", visit, f"answer/{pair}", body)
    county.sync(phone)
    return visit


def test_the_matrix_counts_places_by_domains_and_adds_up(county):
    unseen = bodies.Answer("unseen", reason="停电")
    answered(
        county, {"SAF-001/-": bodies.Answer("pass"), "SAF-002/-": bodies.Answer("fail"), "DUST-001/face-1": unseen}
    )
    found = coverage_matrix.view_matrix(OFFICE, MINE, MONTH, TODAY)

    cells = {place: (f.judged, f.applicable, f.unseen, f.failed) for (place, _), f in found["cells"].items()}
    assert cells == {"-": (2, 6, 0, 1), "face-1": (0, 2, 1, 0), "face-2": (0, 2, 0, 0)}
    assert [place["id"] for place in found["places"]] == ["-", "face-1", "face-2"]
    assert [one["domain"] for one in found["domains"]] == ["safety"]
    assert found["figures"].applicable == sum(f.applicable for f in found["by_place"].values()) == 10


def test_a_cell_tells_who_said_what_when_and_in_which_visit(county):
    visit = answered(county, {"SAF-001/-": bodies.Answer("unseen", reason="停电")})
    items = coverage_matrix.view_cell(OFFICE, MINE, MONTH, ("-", "safety"), TODAY)["items"]

    said = {item["item"]: item["said"] for item in items}
    (told,) = said["SAF-001"]
    assert (told["person"], told["outcome"], told["reason"], told["visit"]) == ("p1", "unseen", "停电", visit)
    assert abs((told["at"] - NOON).total_seconds()) < 3600
    assert said["SAF-002"] == []
    assert {item["item"]: item["outcome"] for item in items}["SAF-001"] == "unseen"


def test_what_is_left_is_what_the_matrix_has_not(county):
    answered(county, {"SAF-001/-": bodies.Answer("pass")})
    left = coverage_matrix.view_left(OFFICE, MINE, MONTH, {}, TODAY)

    assert left["left"] == 9 == sum(len(place["items"]) for place in left["places"])
    face = coverage_matrix.view_left(OFFICE, MINE, MONTH, {"place": "face-2"}, TODAY)
    assert [one["item"] for one in face["places"][0]["items"]] == ["GAS-001", "DUST-001"]
    assert face["left"] == 9


def test_a_mine_that_nobody_has_visited_has_everything_left(county):
    assert the_db.session.get(CoverageMonth, (MINE, MONTH)) is None
    untouched = coverage_matrix.view_matrix(OFFICE, MINE, MONTH, TODAY)
    with transaction():
        keep_up_mine(MINE, NOON)
    kept = coverage_matrix.view_matrix(OFFICE, MINE, MONTH, TODAY)

    assert untouched["cells"] == kept["cells"]
    assert untouched["figures"].judged == 0 < untouched["figures"].applicable


def test_a_record_that_the_actor_may_not_read_is_not_told_in_a_cell(county):
    answered(county, {"SAF-001/-": bodies.Answer("pass")})
    stranger = Actor("stranger", Role.MEMBER, COUNTY, team="team-2", contracted=frozenset({MINE, OTHER_MINE}))
    outsider = Actor("stranger", Role.MINE_USER, COUNTY, mines=frozenset({OTHER_MINE}))

    def said(actor):
        pairs = ["SAF-001/-"]
        visits = {row.id for row in the_db.session.execute(the_db.text("SELECT id FROM visit"))}
        return coverage_matrix.mine_file.answers_in(actor, visits, pairs)

    assert said(stranger)["SAF-001/-"]
    assert said(outsider) == {}


def test_a_month_before_the_first_edition_has_an_empty_matrix_and_says_why(made, desk):
    assert "本月没有生效的检查表" in see(desk, "/mines/mine-1/coverage?month=2025-06")
    assert "本月没有生效的检查表" in see(desk, "/mines/mine-1/left?month=2025-06")


def test_a_cells_items_stand_below_the_matrix(made, desk):
    change(made, Place, "place-own", status="confirmed")
    page = see(desk, "/mines/mine-1/coverage?place=place-own&domain=gas")

    assert "工作面风流" in page[page.index('id="cell"') :]
    assert "还没有人查" in page[page.index('id="cell"') :]
    empty = see(desk, "/mines/mine-1/coverage?place=nowhere&domain=gas")
    assert "没有该领域的应检项目" in empty


def test_the_list_of_visits_is_filtered_and_leads_on(made, desk):
    page = see(desk, "/visits?mine=mine-1&week=2026-W48")

    assert {"/visits/visit-own", "/visits/visit-shared", "/mines/mine-1"} <= links(page)
    assert "/visits/visit-sibling" not in links(page)
    assert "第 48 周" in words(page)
    assert "/visits/visit-own" not in links(see(desk, "/visits?mine=mine-1&kind=full"))
    assert "没有检查" in words(see(desk, "/visits?until=2020-01-01"))
    assert date(2026, 11, 23) in month_of(world.TODAY)


def test_a_closed_mine_says_so(made, desk):
    change(made, Mine, "mine-1", closed_on=date(2026, 11, 1))

    assert "已于 2026-11-01 关闭" in words(see(desk, "/mines/mine-1"))
    assert "/mines/mine-1" in links(see(desk, "/mines?closed=true"))
