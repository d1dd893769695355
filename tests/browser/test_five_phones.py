"""Five browsers fill one visit under ground and are killed twenty times: nothing is lost, and everybody agrees."""

import pytest

from tests.browser.campaign import play
from tests.browser.site import running_site

KILLS = 20


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A county of its own: the round of its mine is counted from the first answer on."""
    with running_site(tmp_path_factory.mktemp("county")) as running:
        yield running


def test_five_phones_are_killed_twenty_times_and_the_county_counts_what_the_five_saw(chromium, site, tmp_path):
    report = play(chromium, site, tmp_path, KILLS)

    assert report.holds, report.line()
    assert report.kills == KILLS
    assert report.tapped > KILLS
