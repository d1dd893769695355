"""An open desk is not enough for what much depends on; and what is shown once is made once, whatever the mouse does."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy import func, select

from patrol.periods import local_date
from server.db import db
from server.models.contract import Contract
from server.models.device import EnrolmentCode
from server.models.finding import Finding
from tests.browser.chromium import DESK
from tests.browser.conftest import PATIENCE_MS, listen
from tests.browser.desks import Desks, desks_of
from tests.browser.site import Site

LONG_AGO = timedelta(minutes=6)


@pytest.fixture(scope="module")
def desks(site: Site) -> Desks:
    return desks_of(site)


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    with browser.new_context(base_url=site.url, **DESK) as context:
        context.set_default_timeout(PATIENCE_MS)
        heard = listen(context)
        yield context.new_page()
        assert heard == []


def prove(form: Locator, code: str) -> None:
    form.get_by_label("验证码").fill(code)
    form.locator("button:not([type=button])").click()


def test_the_end_of_a_contract_asks_for_the_second_factor(page, desks, site):
    with desks.at_work():
        contract = db.session.scalars(select(Contract.id).where(Contract.until_date.is_(None))).first()
    desks.sit_down(page.context, "admin", proved_before=LONG_AGO)
    page.goto(f"/contracts/{contract}")
    page.locator("[data-opens]").filter(has_text="终止包保").click()
    form = page.locator("dialog[open] form")
    last = (local_date(datetime.now(UTC)) + timedelta(days=30)).isoformat()
    form.locator("input[type=date]").fill(last)
    prove(form, "000000")
    expect(page.locator("dialog[open] .error")).to_contain_text("验证码不正确")

    prove(page.locator("dialog[open] form"), pyotp.TOTP(site.seeds["demo-admin"]).now())
    expect(page.get_by_role("main")).to_contain_text(last)
    expect(page.locator("dialog[open]")).to_have_count(0)


def test_who_voids_a_major_hazard_gives_the_second_factor(page, desks, site):
    with desks.at_work():
        grave = select(Finding.id).where(Finding.severity == "major", Finding.closed_at.is_(None))
        finding = db.session.scalars(grave).one()
    desks.sit_down(page.context, "supervisor", proved_before=LONG_AGO)
    page.goto(f"/findings/{finding}")
    page.locator("#step-void > summary").click()
    page.locator("#step-void textarea[name=reason]").fill("误报")
    prove(page.locator("#step-void form"), "000000")
    expect(page.locator("#step-void .error")).to_contain_text("验证码不正确")
    expect(page.locator("#step-void textarea[name=reason]")).to_have_value("误报")

    prove(page.locator("#step-void form"), pyotp.TOTP(site.seeds["demo-supervisor"]).now())
    expect(page.locator("header .chip").filter(has_text="作废")).to_be_visible()


def test_a_double_click_shows_the_code_that_it_made_and_loading_it_again_makes_no_other(page, desks):
    def made() -> int:
        with desks.at_work():
            return db.session.scalar(select(func.count()).select_from(EnrolmentCode)) or 0

    desks.sit_down(page.context, "admin")
    before = made()
    page.goto("/phones/enrol")
    page.locator("select[name=team]").select_option(index=1)
    page.get_by_role("button", name="二维码").dblclick()
    expect(page.locator(".picture svg")).to_be_visible()
    assert made() == before + 1

    page.reload()
    expect(page.get_by_role("status").filter(has_text="内容只显示一次")).to_be_visible()
    assert made() == before + 1
