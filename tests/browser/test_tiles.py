"""A map over the tiles of a server that the installation names: asked for, drawn under the points, and not missed."""

import io
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from shutil import copytree

import pytest
from PIL import Image, ImageStat
from playwright.sync_api import Browser, Page, expect

from tests.browser.chromium import DESK, settle
from tests.browser.conftest import PATIENCE_MS
from tests.browser.desks import Desks, desks_of
from tests.browser.site import Site, running_site

#: What no other thing of the page is coloured like, and the ring around a mine with a suspected major hazard.
GROUND, RING = (90, 200, 210), (156, 27, 22)
Picture = Image.Image


class Tiles(ThreadingHTTPServer):
    """A tile server on loopback; `asked` are the paths that it was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.asked: list[str] = []
        made = io.BytesIO()
        Image.new("RGB", (256, 256), GROUND).save(made, "PNG")
        self.tile = made.getvalue()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class _Answer(BaseHTTPRequestHandler):
    server: Tiles

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/png")
        self.end_headers()
        self.wfile.write(self.server.tile)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@contextmanager
def serving() -> Iterator[Tiles]:
    server = Tiles()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def tiles() -> Iterator[Tiles]:
    with serving() as server:
        yield server


@pytest.fixture(scope="module")
def site(demo_county: Path, tmp_path_factory: pytest.TempPathFactory, tiles: Tiles) -> Iterator[Site]:
    """The demo county, whose installation names the tile server."""
    folder = copytree(demo_county, tmp_path_factory.mktemp("tiled"), dirs_exist_ok=True)
    with running_site(folder, QIANSHAO_MAP_TILES=tiles.origin + "/{z}/{x}/{y}.png") as running:
        yield running


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture
def shown(browser: Browser, site: Site, desks: Desks) -> Iterator[Callable[..., Page]]:
    """Opens the map; what is told of an address comes first."""
    with browser.new_context(base_url=site.url, **DESK) as context:
        context.set_default_timeout(PATIENCE_MS)
        desks.sit_down(context, "supervisor")

        def open_map(*, tiles_answer: bool = True, scheme: str = "light") -> Page:
            page = context.new_page()
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light", reduced_motion="reduce")
            if not tiles_answer:
                page.route("**/*.png", lambda route: route.abort("connectionrefused"))
            page.goto("/map")
            expect(page.locator("[data-drawn=true]")).to_have_count(1)
            settle(page)
            return page

        yield open_map


def picture(page: Page) -> Picture:
    return Image.open(io.BytesIO(page.locator("[data-chart=map]").screenshot())).convert("RGB")


def share(page: Page, colour: tuple[int, int, int]) -> float:
    """How much of the map has the colour, from 0 to 1."""
    found = picture(page)
    near = sum(
        count
        for count, seen in found.getcolors(found.width * found.height) or ()
        if sum(abs(a - b) for a, b in zip(seen, colour, strict=True)) <= 12
    )
    return near / (found.width * found.height)


def wait_for_tiles(page: Page) -> None:
    page.wait_for_function(
        "() => { const all = [...document.querySelectorAll('.tiles img')];"
        " return all.length > 0 && all.every((one) => one.complete && one.naturalWidth > 0) }"
    )


def test_tiles_are_asked_for_and_lie_under_the_points(shown, tiles):
    page = shown()
    wait_for_tiles(page)

    assert len(tiles.asked) >= 4
    assert share(page, GROUND) > 0.5
    assert share(page, RING) > 0
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -400)
    wait_for_tiles(page)
    assert share(page, GROUND) > 0.5


@pytest.mark.parametrize("chosen", [True, False])
def test_in_the_dark_the_tiles_are_dark_too(shown, chosen):
    """The names of the mines are light there, whether the theme was chosen or is the system's."""
    page = shown(scheme="light" if chosen else "dark")
    if chosen:
        page.get_by_role("button", name="深色").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    wait_for_tiles(page)

    middle = ImageStat.Stat(picture(page).convert("L")).median[0]
    assert share(page, GROUND) < 0.01
    assert middle < 110


def test_pictures_may_come_from_that_server_and_from_no_other(shown, tiles):
    page = shown()
    refused = """origin => new Promise((done) => {
        document.addEventListener("securitypolicyviolation", (event) => done(event.blockedURI))
        const image = new Image()
        image.onload = () => done("loaded")
        image.src = `${origin}/0/0/0.png`
        document.body.append(image)
    })"""
    with serving() as other:
        assert page.evaluate(refused, tiles.origin) == "loaded"
        assert page.evaluate(refused, other.origin).startswith(other.origin)
        assert other.asked == []


def test_without_an_answer_the_points_stand_and_lead_on(shown):
    page = shown(tiles_answer=False)
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))

    assert share(page, GROUND) == 0
    assert share(page, RING) > 0
    page.mouse.move(600, 400)
    page.mouse.wheel(0, -200)
    settle(page)
    assert share(page, RING) > 0
    page.get_by_text("以表格显示各矿状态").click()
    expect(page.locator(".chart.map table")).to_contain_text("示例三矿")
    assert thrown == []
