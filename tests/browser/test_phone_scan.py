"""A plate's own picture before the camera: the phone reads where it is, and takes no other picture for a plate."""

from io import BytesIO
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.sync_api import BrowserType, expect
from sqlalchemy import select

from patrol.plates import plate_of
from server.db import db
from server.models.mine import Mine, Place
from tests.browser.chromium import EXECUTABLE, FLAGS, PHONE
from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.site import Site
from tests.browser.visiting import Visiting

MINE = "示例一矿"
#: What the camera sees, wide and high, as most do.
SIGHT = (640, 480)


def filmed(text: str, to: Path) -> Path:
    """A film of one picture, motion JPEG, as Chromium shows it for a camera: a sign with the text on a grey wall."""
    code, sign = BytesIO(), Image.new("RGB", SIGHT, (128, 128, 128))
    segno.make(text, error="q", micro=False).save(code, kind="png", scale=8, border=4)
    picture = Image.open(code).convert("RGB").resize((400, 400), Image.Resampling.NEAREST)
    sign.paste(picture, (120, 40))
    sign.save(to, format="JPEG", quality=90)
    return to


def a_place(office: Office) -> tuple[str, str]:
    """A place of the mine that has a sign, its name and what the sign's picture says."""
    with office.at_work():
        of = select(Place).join(Mine, Mine.id == Place.mine_id).where(Mine.name == MINE, Place.code != "")
        place = db.session.scalars(of.order_by(Place.id)).first()
        assert place is not None
        assert place.code
        return place.name, plate_of(place.id, place.code).text


@pytest.mark.parametrize("is_plate", [True, False], ids=["our plate", "somebody else's code"])
def test_the_camera_reads_a_plate_and_nothing_else(
    chromium: BrowserType, site: Site, tmp_path: Path, *, is_plate: bool
) -> None:
    office = office_of(site)
    name, said = a_place(office)
    film = filmed(said if is_plate else "https://example.invalid/menu", tmp_path / "camera.mjpeg")
    flags = [*FLAGS, f"--use-file-for-fake-video-capture={film}"]
    with chromium.launch_persistent_context(
        tmp_path / "phone", executable_path=EXECUTABLE, args=flags, base_url=site.url, **PHONE
    ) as context:
        handset = Handset(context.pages[0])
        handset.start()
        handset.enrol(office, office.teams()[-1])
        handset.add_person(int(is_plate))
        handset.prepare()
        hand = Visiting(context.pages[0])
        visit = hand.begin(MINE)
        context.set_offline(True)
        hand.go(f"/visits/{visit}/where")
        hand.button("扫地点牌").tap()
        if is_plate:
            expect(hand.page.get_by_text("位置已存本机")).to_be_visible(timeout=PATIENCE_MS)
            expect(hand.page.get_by_text(f"扫牌确认：{name}")).to_be_visible(timeout=PATIENCE_MS)
        else:
            expect(hand.page.get_by_text("这不是本矿的地点牌。")).to_be_visible(timeout=PATIENCE_MS)
