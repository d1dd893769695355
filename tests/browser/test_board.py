"""The board, the map and the books of mines in a browser: what is seen at once, where a click leads, what prints."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.site import Site
from tests.guards.tree import ROOT

_JSQR = ROOT / "field" / "node_modules" / "jsqr" / "dist" / "jsQR.js"
GRAVE_RING = (156, 27, 22)
WIDTHS = ((1280, 800), (1024, 768), (1920, 1080), (2560, 1440))


@pytest.fixture
def reader(desk: Page, site: Site) -> Page:
    """An auditor at the desk: reads everything, and has no second factor to give."""
    desk.goto("/sign-in")
    desk.get_by_label("用户名").fill("demo-auditor")
    desk.get_by_label("密码").fill(site.passwords["demo-auditor"])
    desk.get_by_role("main").get_by_role("button", name="登录").click()
    desk.wait_for_url("**/")
    return desk


def mine_address(page: Page, name: str = "示例三矿") -> str:
    """Where a mine's book is."""
    page.goto("/mines")
    return page.get_by_role("link", name=name).get_attribute("href") or ""


def test_the_three_answers_are_seen_without_moving_the_page(reader):
    for question in ("哪座矿没有查到位", "哪条隐患逾期", "哪部手机有未上报的内容"):
        heading = reader.get_by_role("heading", name=question)
        box = heading.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < 500
    answers = reader.locator(".answer")
    expect(answers.nth(0)).to_contain_text("示例三矿")
    expect(answers.nth(1)).to_contain_text("逾期")
    expect(answers.nth(2)).to_contain_text("部手机")


def test_what_is_suspected_major_stands_on_top(reader):
    band = reader.get_by_role("heading", name=re.compile("重大隐患"))

    top = band.bounding_box()
    assert top is not None
    assert top["y"] < 200


def test_a_week_leads_to_its_visits_and_a_month_to_its_matrix(reader):
    row = reader.get_by_role("row", name=re.compile("示例二矿"))
    row.locator("a.cell.week").nth(2).click()
    expect(reader).to_have_url(re.compile(r"/visits\?mine=.+&week=\d{4}-W\d\d"))
    assert reader.locator("tbody tr").count() >= 1
    reader.go_back()
    reader.get_by_role("row", name=re.compile("示例二矿")).locator("a.cell.month").click()
    expect(reader.get_by_role("heading", level=1)).to_contain_text("示例二矿")
    expect(reader.locator(".pair").first).to_be_visible()


def test_filters_stand_in_the_address_and_the_way_back_works(reader):
    reader.get_by_label("状态", exact=True).select_option("met")
    expect(reader).to_have_url(re.compile("state=met"))
    expect(reader.locator("#matrix-rows")).not_to_contain_text("示例三矿")
    reader.go_back()
    expect(reader.locator("#matrix-rows")).to_contain_text("示例三矿")


def test_another_month_is_one_choice_away(reader):
    before = reader.get_by_role("heading", level=1).inner_text()
    reader.get_by_label("月份").select_option(index=1)

    expect(reader).to_have_url(re.compile(r"month=\d{4}-\d\d"))
    expect(reader.get_by_role("heading", level=1)).not_to_have_text(before)


def colours(page: Page, chart: str) -> int:
    """How many colours a chart's canvas shows."""
    return int(
        page.locator(f"[data-chart={chart}] canvas").evaluate(
            """canvas => {
                const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height)
                const found = new Set()
                for (let i = 0; i < data.length; i += 4) found.add((data[i] << 16) | (data[i + 1] << 8) | data[i + 2])
                return found.size
            }"""
        )
    )


def ring_at(page: Page) -> dict[str, float] | None:
    """The middle of the ring of a grave finding on the map, in the chart's pixels."""
    found: dict[str, float] | None = page.locator("[data-chart=map] canvas").evaluate(
        """(canvas, [r, g, b]) => {
            const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height - 48)
            let n = 0, x = 0, y = 0
            for (let i = 0; i < data.length; i += 4) {
                if (Math.abs(data[i] - r) + Math.abs(data[i + 1] - g) + Math.abs(data[i + 2] - b) > 24) continue
                n += 1; x += (i / 4) % canvas.width; y += Math.floor(i / 4 / canvas.width)
            }
            return n === 0 ? null : { x: x / n, y: y / n }
        }""",
        list(GRAVE_RING),
    )
    return found


def test_map_and_trend_are_drawn_and_follow_the_theme(reader):
    expect(reader.locator("[data-drawn=true]")).to_have_count(2)
    assert colours(reader, "map") > 20
    assert colours(reader, "trend") > 20
    light = reader.locator("[data-chart=map] canvas").evaluate("canvas => canvas.toDataURL()")
    reader.get_by_role("button", name="深色").click()
    reader.wait_for_timeout(300)
    assert reader.locator("[data-chart=map] canvas").evaluate("canvas => canvas.toDataURL()") != light


def test_a_point_of_the_map_leads_to_its_mine(reader):
    reader.get_by_role("button", name="浅色").click()
    reader.goto("/map")
    expect(reader.locator("[data-drawn=true]")).to_have_count(1)
    reader.wait_for_timeout(1200)
    middle = ring_at(reader)
    assert middle is not None
    reader.locator("[data-chart=map] canvas").click(position=middle)

    expect(reader).to_have_url(re.compile("/mines/"))
    expect(reader.get_by_role("heading", level=1)).to_contain_text("示例三矿")


def test_what_the_charts_show_stands_in_tables_too(reader):
    reader.get_by_text("以表格显示各矿状态").click()

    expect(reader.locator(".chart.map table")).to_contain_text("示例六矿")
    expect(reader.locator(".chart.map table")).to_contain_text("免检")
    reader.get_by_text("以表格显示", exact=True).click()
    assert reader.locator(".chart.trend tbody tr").count() == 12


def test_a_cell_of_the_matrix_opens_its_items_below(reader):
    reader.goto(f"{mine_address(reader, '示例二矿')}/coverage")
    cell = reader.get_by_role("link", name=re.compile("^全矿，瓦斯：已判定"))
    cell.click()

    below = reader.locator("#cell")
    expect(below.get_by_role("heading")).to_have_text("全矿 · 瓦斯")
    expect(below).to_contain_text(re.compile(r"示例甲.\s+\d{4}-\d\d-\d\d \d\d:\d\d"))
    below.get_by_role("link", name=re.compile("的周巡查")).first.click()
    expect(reader).to_have_url(re.compile("/visits/"))


def test_the_matrix_is_read_without_colour(reader):
    """Every cell has a sign of its own state and its numbers, and says both aloud."""
    reader.goto(f"{mine_address(reader)}/coverage")
    cells = reader.locator(".pair").evaluate_all(
        """cells => cells.map(cell => [
            [...cell.classList].find(name => name.startsWith("is-")),
            cell.querySelector("use").getAttribute("href").split("#")[1],
            cell.getAttribute("aria-label"),
        ])"""
    )

    signs = {state: {sign for one, sign, _ in cells if one == state} for state, _, _ in cells}
    assert len(signs) >= 3
    assert all(len(found) == 1 for found in signs.values())
    assert len(set.union(*signs.values())) == len(signs)
    assert all(re.fullmatch(r".+，.+：已判定 \d+/\d+，未能查看 \d+，不符合 \d+", said) for _, _, said in cells)


def test_a_sheet_of_plates_prints_and_every_plate_can_be_read(reader):
    reader.goto(f"{mine_address(reader)}/plates")
    reader.emulate_media(media="print")
    expect(reader.locator(".side")).to_be_hidden()
    expect(reader.locator(".plate").first).to_be_visible()
    wanted = reader.locator(".plate .square").evaluate_all("all => all.map(one => one.getAttribute('aria-label'))")
    read = reader.evaluate(f"async () => {{ {_JSQR.read_text(encoding='utf-8')}\n{_READ} }}")

    assert len(wanted) >= 15
    assert read == wanted
    assert all(re.fullmatch(r"QS1\.[\w-]+\.\d{6}", text) for text in wanted)
    assert reader.pdf(format="A4").startswith(b"%PDF")


_READ = """
const found = []
for (const svg of document.querySelectorAll(".plate .square svg")) {
    const image = new Image()
    const copy = svg.cloneNode(true)
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg")
    copy.setAttribute("width", "300")
    copy.setAttribute("height", "300")
    image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(copy.outerHTML)
    await image.decode()
    const canvas = Object.assign(document.createElement("canvas"), { width: 300, height: 300 })
    const paper = canvas.getContext("2d")
    paper.drawImage(image, 0, 0, 300, 300)
    found.push(this.jsQR(paper.getImageData(0, 0, 300, 300).data, 300, 300)?.data ?? null)
}
return found
"""


@pytest.mark.parametrize(("width", "height"), WIDTHS)
def test_no_page_is_wider_than_its_window(reader, width, height):
    book = mine_address(reader)
    reader.set_viewport_size({"width": width, "height": height})
    for address in ("/", "/map", "/mines", "/visits", book, f"{book}/coverage", f"{book}/left", f"{book}/plates"):
        reader.goto(address)
        assert reader.evaluate("() => document.documentElement.scrollWidth <= innerWidth"), address


def test_pages_are_whole_without_scripts(browser, site, reader):
    state = reader.context.storage_state()
    with browser.new_context(
        base_url=site.url, java_script_enabled=False, storage_state=state, locale="zh-CN"
    ) as context:
        page = context.new_page()
        page.goto("/")
        expect(page.get_by_role("button", name="查看")).to_be_visible()
        expect(page.locator(".chart.map noscript, .chart.map")).to_contain_text(["以表格显示各矿状态"])
        page.goto(f"{mine_address(page)}/coverage")
        page.locator(".pair").first.click()
        expect(page.locator("#cell tbody tr").first).to_be_visible()


def test_the_jsqr_that_reads_plates_here_is_the_phones_own():
    package = Path(ROOT / "field" / "package.json").read_text(encoding="utf-8")

    assert '"jsqr"' in package
