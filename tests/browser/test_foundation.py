"""The browser and the server that other tests of pages stand on, and that they notice what they should."""

import pytest

from tests.browser.conftest import listen


def test_the_app_shows_in_a_phone(phone):
    phone.goto("/app/")

    assert phone.title() == "前哨"
    assert phone.evaluate("() => [innerWidth, devicePixelRatio]") == [360, 2]


def test_the_demo_county_has_people_who_can_sign_in(site):
    assert {"demo-admin", "demo-supervisor", "demo-leader", "demo-member", "demo-mine"} <= set(site.passwords)


@pytest.mark.parametrize("script", ["throw new Error('planted')", "console.error('planted')"])
def test_what_a_page_complains_of_is_heard(browser, script):
    with browser.new_context() as context:
        complaints = listen(context)
        page = context.new_page()
        page.set_content(f"<script>setTimeout(() => {{ {script} }})</script>")
        page.wait_for_timeout(200)

    assert any("planted" in complaint for complaint in complaints)
