"""Five browsers fill one visit under ground and are killed twenty times: nothing is lost, and everybody agrees."""

from tests.browser.campaign import play

KILLS = 20


def test_five_phones_are_killed_twenty_times_and_the_county_counts_what_the_five_saw(chromium, site, tmp_path):
    report = play(chromium, site, tmp_path, KILLS)

    assert report.holds, report.line()
    assert report.kills == KILLS
    assert report.tapped > KILLS
