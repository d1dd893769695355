"""What the app writes, the server holds: the same operations, byte for byte under their chain, and the same answers."""

import json

from playwright.sync_api import Page, expect
from sqlalchemy import select

from server.db import db
from server.models.segment import Chain
from server.models.visit import Visit, VisitSheet
from server.queries.log import segments_from
from sync import operations, sheets
from sync.segments import check_segment
from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.round import Round, Thumb
from tests.browser.site import Site
from tests.browser.visiting import Visiting


def begin(page: Page, office: Office) -> None:
    """Enrolled, somebody at work, everything fetched, a round begun."""
    handset = Handset(page)
    handset.start()
    handset.enrol(office, office.teams()[0])
    handset.add_person()
    handset.prepare()
    page.locator("main .mine").filter(has_not_text="免检").first.tap()
    page.locator("footer .primary").tap()
    page.locator("footer .primary").tap()
    expect(page.locator("main .list .bar").first).to_be_visible(timeout=PATIENCE_MS)


def answer_some(page: Page, count: int) -> None:
    page.locator("main .list li").first.locator("button, a").first.tap()
    walk = Round(Thumb(page))
    for _ in range(count):
        walk.item()
        walk.passes()


def deliver(page: Page) -> None:
    """From the bar to what is on its way, and out with it."""
    Visiting(page).go("/sync")
    page.get_by_role("button", name="马上上传").tap()
    expect(page.get_by_text("本机的工作都已到县里")).to_be_visible(timeout=PATIENCE_MS)


def test_what_a_thumb_answers_stands_in_the_server_s_record_signed_by_the_phone(phone: Page, site: Site) -> None:
    office = office_of(site)
    begin(phone, office)
    visit = phone.url.rstrip("/").split("/")[-1]
    answer_some(phone, 4)
    deliver(phone)
    with office.app.app_context():
        sheet = sheets.decode(db.session.scalars(select(VisitSheet.data).where(VisitSheet.visit_id == visit)).one())
        answers = {key: register.heads() for key, register in sheet.under("answer/")}
        assert len(answers) == 4
        assert {json.loads(head.value)["outcome"] for heads in answers.values() for head in heads} == {"pass"}
        assert all(json.loads(head.value).get("judged") is None for heads in answers.values() for head in heads)
        (device,) = {head.stamp.device for heads in answers.values() for head in heads}
        assert db.session.get_one(Visit, visit).status == "open"
        _verify(device, set(answers))


def _verify(device: str, keys: set[str]) -> None:
    """From the log alone: links, hashes and the phone's signatures (CH-10), and the registers that were seen."""
    written = []
    for chain in db.session.scalars(select(Chain).where(Chain.device_id == device)):
        for segment in segments_from(chain.id, 1):
            written += [operations.decode(data) for data in check_segment(segment, "ES256", chain.public_key)]
    assert [one.seq for one in written] == list(range(1, len(written) + 1))
    assert {one.reg for one in written if isinstance(one, operations.AnswerSet)} == keys
