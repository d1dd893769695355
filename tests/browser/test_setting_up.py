"""The administrator's work in a browser: a hand-over shown before it is made, an edition from its file, papers that run
out, excuses, what was set aside from phones, and the trail of it all.
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import select

from checklists.definition import Checklist
from checklists.editions import Edition, compile_edition
from patrol.periods import local_date
from server.db import db
from server.models.checklist import ChecklistEdition
from server.models.mine import Mine
from server.queries.checklists import definition_bytes
from tests.browser.axe import complaints
from tests.browser.desks import Desks, desks_of
from tests.browser.hands import Hands, hands_of
from tests.browser.office import Office, office_of
from tests.browser.patrol import Ground, Walker, ground_of, walk
from tests.browser.site import Site


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture(scope="module")
def office(site: Site) -> Office:
    return office_of(site)


@pytest.fixture(scope="module")
def ground(desks: Desks) -> Ground:
    return ground_of(desks)


@pytest.fixture
def hands(browser: Browser, desks: Desks) -> Iterator[Hands]:
    with hands_of(browser, desks) as made:
        yield made


def day(ahead: int) -> str:
    """A day of the county's, so many ahead."""
    return (local_date(datetime.now(UTC)) + timedelta(days=ahead)).isoformat()


def done(page: Page, word: str) -> None:
    """What the corner says was done."""
    expect(page.get_by_role("status").filter(has_text=word)).to_be_visible()


def opened(page: Page, button: str) -> Locator:
    """The dialog behind a button."""
    page.get_by_role("button", name=button, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def row_of(page: Page, *words: str) -> Locator:
    """The row that says all of it."""
    rows = page.locator("tbody tr")
    for word in words:
        rows = rows.filter(has_text=word)
    return rows


def test_a_hand_over_shows_what_it_changes_before_anything_changes(hands: Hands) -> None:
    admin, taking_over = hands.sit("admin"), hands.sit("demo-leader-2")
    taking_over.goto("/mines")
    expect(taking_over.get_by_role("link", name="示例六矿")).to_have_count(0)
    admin.goto("/contracts")
    row_of(admin, "示例六矿").get_by_role("link").first.click()
    admin.get_by_role("link", name="移交").click()
    admin.get_by_label("接手的小组").select_option(label="示例乙组")
    admin.get_by_label("接手的第一天").fill("2020-01-01")
    admin.get_by_role("button", name="看会有哪些变化").click()
    expect(admin.locator("#when-error")).to_be_visible()
    expect(admin.get_by_label("接手的第一天")).to_have_value("2020-01-01")
    assert complaints(admin) == []

    admin.get_by_label("接手的第一天").fill(day(0))
    admin.get_by_role("button", name="看会有哪些变化").click()
    changes = admin.locator("#changes")
    expect(changes).to_contain_text(f"示例丙组，到 {day(-1)}")
    expect(changes).to_contain_text(f"示例乙组，从 {day(0)} 起")
    expect(changes).to_contain_text("周检由谁负责")
    expect(changes).to_contain_text("由 示例乙组 复查")
    assert complaints(admin) == []
    taking_over.reload()
    expect(taking_over.get_by_role("link", name="示例六矿")).to_have_count(0)

    admin.get_by_role("button", name="移交", exact=True).click()
    done(admin, "已移交，两份包保均已变更。")
    history = admin.locator(".timeline li")
    expect(history.filter(has_text="示例丙组").filter(has_text=f"– {day(-1)}")).to_have_count(1)
    expect(history.filter(has_text="示例乙组").filter(has_text="有效")).to_have_count(1)
    taking_over.reload()
    expect(taking_over.get_by_role("link", name="示例六矿")).to_be_visible()


def newest(desks: Desks) -> Checklist:
    """What the newest edition of the county asks."""
    with desks.at_work():
        query = select(ChecklistEdition).order_by(ChecklistEdition.number.desc()).limit(1)
        return Edition(definition_bytes(db.session.scalars(query).one())).checklist


def changed(before: Checklist) -> bytes:
    """An edition after it: one item more, one less, one asked of other people, from tomorrow on."""
    section = before.sections[0]
    first, second, *others = section.items
    more = msgspec.structs.replace(first, key="GAS-901", title="抽采管路负压表完好")
    specialty = next(one for one in ("safety", "mining") if one != second.specialty)
    other = msgspec.structs.replace(second, specialty=specialty)
    sections = (msgspec.structs.replace(section, items=(other, *others, more)), *before.sections[1:])
    since = local_date(datetime.now(UTC)) + timedelta(days=1)
    after = msgspec.structs.replace(before, number=before.number + 1, since=since, sections=sections)
    return compile_edition(after)


def bad_files(good: bytes, before: Checklist) -> dict[str, bytes]:
    """What is chosen by mistake, or made by hand."""
    plain = json.loads(good)
    return {
        "empty.json": b"",
        "words.json": "检查表".encode(),
        "page.html": b"<!doctype html><title>x</title>",
        "other.json": json.dumps({"format": 99}).encode(),
        "cut.json": good[: len(good) // 2],
        "typed.json": json.dumps(plain | {"number": "三"}).encode(),
        "loose.json": json.dumps(plain | {"sections": []}).encode(),
        "long.json": b"[" + b"1," * (3 * 1024 * 1024),
        "again.json": compile_edition(before),
    }


def test_an_edition_is_published_from_its_file_once_its_changes_were_seen(
    hands: Hands, desks: Desks, tmp_path: Path
) -> None:
    admin, before = hands.sit("admin"), newest(desks)
    good = changed(before)
    for name, content in bad_files(good, before).items():
        (tmp_path / name).write_bytes(content)
        admin.goto("/checklists")
        dialog = opened(admin, "发布新版本")
        dialog.get_by_label("检查表文件").set_input_files(tmp_path / name)
        dialog.get_by_role("button", name="看会有哪些变化").click()
        expect(admin.locator(".error, [role=alert]").first, name).to_be_visible()
    assert newest(desks).number == before.number

    (tmp_path / "next.json").write_bytes(good)
    admin.goto("/checklists")
    dialog = opened(admin, "发布新版本")
    dialog.get_by_label("检查表文件").set_input_files(tmp_path / "next.json")
    dialog.get_by_role("button", name="看会有哪些变化").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text(f"第 {before.number + 1} 版的变化")
    first, second = before.sections[0].items[:2]
    expect(admin.locator("main")).to_contain_text("抽采管路负压表完好")
    expect(admin.locator("main")).to_contain_text(first.key)
    expect(row_of(admin, second.key)).to_contain_text("specialty")
    mine = row_of(admin, "示例一矿").last
    expect(mine).to_contain_text("抽采管路负压表完好")
    assert complaints(admin) == []
    assert newest(desks).number == before.number

    admin.get_by_role("button", name="发布新版本").click()
    done(admin, f"第 {before.number + 1} 版已发布。")
    expect(admin.locator("main")).to_contain_text("抽采管路负压表完好")
    admin.goto("/checklists")
    expect(row_of(admin, f"第 {before.number + 1} 版")).to_contain_text("未生效")
    expect(row_of(admin, f"第 {before.number} 版")).to_contain_text("现行")


def test_papers_that_run_out_are_told_where_people_and_teams_are(hands: Hands) -> None:
    admin = hands.sit("admin")
    admin.goto("/users?name=示例甲三")
    admin.get_by_role("link", name="示例甲三").click()
    for number, until in (("A-1", day(-1)), ("A-2", day(20))):
        dialog = opened(admin, "登记证件")
        dialog.get_by_label("证件名称").fill("安全管理人员考核合格证")
        dialog.get_by_label("证件编号").fill(number)
        dialog.get_by_label("发证日期").fill(day(-900))
        dialog.get_by_label("有效期至").fill(until)
        dialog.locator("form button.primary").click()
        expect(row_of(admin, number)).to_be_visible()
    expect(row_of(admin, "A-1")).to_contain_text("已过期")
    expect(row_of(admin, "A-2")).to_contain_text("即将到期")


def test_an_excuse_counts_on_the_board_until_it_is_withdrawn(hands: Hands) -> None:
    supervisor = hands.sit("supervisor")
    supervisor.goto("/excuses")
    dialog = opened(supervisor, "准予免检")
    dialog.get_by_label("煤矿").select_option(label="示例四矿")
    today = local_date(datetime.now(UTC))
    dialog.get_by_label("起始日期").fill(today.replace(day=1).isoformat())
    dialog.get_by_label("终止日期").fill(day(40))
    dialog.get_by_label("理由").fill("全矿停产，井口封闭")
    dialog.get_by_role("button", name="准予免检").click()
    done(supervisor, "已准予免检。")
    supervisor.goto("/")
    expect(supervisor.get_by_role("row", name=re.compile("示例四矿")).locator("a.cell.month")).to_contain_text("免检")
    supervisor.goto("/excuses")
    row_of(supervisor, "示例四矿").get_by_role("button", name="撤回免检").click()
    supervisor.get_by_role("dialog").get_by_role("button", name="撤回免检").click()
    done(supervisor, "免检已撤回。")
    supervisor.goto("/")
    month = supervisor.get_by_role("row", name=re.compile("示例四矿")).locator("a.cell.month")
    expect(month).not_to_contain_text("免检")


@pytest.fixture(scope="module")
def stranger(site: Site, office: Office, ground: Ground, desks: Desks) -> Walker:
    """One of the team, at a mine that another team is contracted to."""
    with desks.at_work():
        elsewhere = db.session.scalars(select(Mine.id).where(Mine.name == "示例五矿")).one()
    walker = walk(site, office, Ground(elsewhere, ground.team, ground.people, ground.edition), 2)
    walker.enter(71)
    walker.find("借调期间所见：避难硐室门封条脱落")
    walker.sync()
    return walker


def decide(page: Page, one: Locator, button: str, reason: str) -> None:
    """Keep or release one of what was set aside, with the reason."""
    one.get_by_role("button", name=button).first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("理由").fill(reason)
    dialog.get_by_role("button", name=button).click()


def test_what_was_set_aside_is_kept_or_released_with_a_reason(hands: Hands, stranger: Walker) -> None:
    supervisor = hands.sit("supervisor")
    supervisor.goto("/findings?q=避难硐室门封条脱落&open=false")
    expect(supervisor.locator("[data-row]")).to_have_count(0)
    supervisor.goto("/phones/withheld")
    one = supervisor.locator("[data-row]").filter(has_text="避难硐室门封条脱落")
    expect(one).to_contain_text("等待所属检查")
    expect(one).to_contain_text("一般")
    expect(one).not_to_contain_text("{")
    visit = supervisor.locator("[data-row]").filter(has=supervisor.get_by_role("heading", name="开始检查"))
    expect(visit).to_contain_text("超出包保范围")
    expect(visit).to_contain_text("示例五矿")
    assert complaints(supervisor) == []
    decide(supervisor, visit, "继续隔离", "先问清借调手续")
    done(supervisor, "已决定继续隔离")
    expect(visit).to_contain_text("先问清借调手续")
    decide(supervisor, visit, "准予生效", "借调有文件")
    done(supervisor, "已准予生效。")
    expect(visit).to_have_count(0)
    decide(supervisor, one, "准予生效", "借调有文件")
    expect(one).to_have_count(0)
    supervisor.goto("/findings?q=避难硐室门封条脱落")
    expect(supervisor.locator("[data-row]")).to_have_count(1)


def test_the_trail_tells_each_change_with_before_and_after(hands: Hands, stranger: Walker) -> None:
    admin, auditor = hands.sit("admin"), hands.sit("auditor")
    admin.goto("/users?name=示例乙三")
    admin.get_by_role("link", name="示例乙三").click()
    dialog = opened(admin, "修改")
    dialog.get_by_label("姓名").fill("示例乙三（更名）")
    dialog.locator("form button.primary").click()
    expect(admin.get_by_role("heading", level=1)).to_have_text("示例乙三（更名）")
    auditor.goto("/audit?subject_kind=user_account")
    row = auditor.locator("[data-row]").first
    expect(row.locator("table.changes tr").filter(has_text="示例乙三（更名）")).to_contain_text("示例乙三")
    auditor.get_by_label("操作人").fill("没有这个人")
    auditor.keyboard.press("Enter")
    expect(auditor.locator("[data-row]")).to_have_count(0)
    assert complaints(auditor) == []
