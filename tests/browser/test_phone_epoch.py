"""The county's server comes back as it was some time ago: the phone gives back what it holds."""

import shutil
import sqlite3
from pathlib import Path

from playwright.sync_api import BrowserType

from tests.browser.handset import Handset
from tests.browser.office import office_of
from tests.browser.pocket import Pocket
from tests.browser.site import running_site
from tests.browser.visiting import Visiting
from tests.servers.web import free_port

DATABASE = "qianshao.sqlite3"


def copied(folder: Path, to: Path) -> None:
    """The database of a server that is at rest, whole in one file."""
    with sqlite3.connect(folder / DATABASE) as source, sqlite3.connect(to) as copy:
        source.backup(copy)


def put_back(copy: Path, folder: Path) -> None:
    """Somebody lays an old copy over the database and tells nobody."""
    for name in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
        (folder / name).unlink(missing_ok=True)
    shutil.copyfile(copy, folder / DATABASE)


def test_what_a_restored_server_lost_comes_back_from_the_phone(
    chromium: BrowserType, demo_county: Path, tmp_path: Path
) -> None:
    folder, port = shutil.copytree(demo_county, tmp_path / "site"), free_port()
    pocket, old = Pocket(chromium, f"http://127.0.0.1:{port}", tmp_path / "phone"), tmp_path / "old.sqlite3"
    with running_site(folder, port) as site:
        office = office_of(site)
        handset = Handset(pocket.start())
        handset.start()
        handset.enrol(office, office.teams()[0])
        handset.add_person()
        handset.prepare()
        hand = Visiting(pocket.page)
        visit = hand.begin("示例五矿")
        stop = max(hand.stops(), key=lambda one: len(hand.at(one)))
        first, second, third = hand.at(stop)[:3]
        hand.say(first, "unseen")
        hand.upload()
    copied(folder, old)
    with running_site(folder, port) as site:
        hand.at(stop)
        hand.say(second, "unseen")
        hand.upload()
        assert {first, second} <= office_of(site).answers(visit).keys()
    put_back(old, folder)
    with running_site(folder, port) as site:
        assert second not in office_of(site).answers(visit)
        hand.at(stop)
        hand.say(third, "unseen")
        hand.upload()
        assert {first, second, third} <= office_of(site).answers(visit).keys()
        assert hand.marks(visit).keys() >= {first, second, third}
    pocket.stop()
