"""Five phones fill one visit while their browsers are killed at random; then the county and a recount are asked.

The suite kills twenty; `python -m tests.browser.campaign [kills] [seed]` as many as wanted. Loopback only.
"""

import math
import random
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer

from playwright.sync_api import BrowserType, Error, expect

from tests.browser.chromium import chromium_type
from tests.browser.handset import PATIENCE_MS, Handset
from tests.browser.office import Office, office_of
from tests.browser.pocket import PhoneOff, Pocket
from tests.browser.recounted import County, county_of
from tests.browser.site import Site, running_site
from tests.browser.visiting import Visiting

#: What was tapped longer ago than this before a kill must be there after it.
PROMISED_S = 1.0
#: How long a browser lives from its first tap on, at most.
LONGEST_LIFE_S = 3.0


@dataclass(frozen=True)
class Tapped:
    """An answer, and when the tap was over (monotonic seconds); infinity before that."""

    pair: str
    outcome: str
    at: float


@dataclass
class Member:
    """One of the five. `seen`: what their screen said of their own pairs when they looked last."""

    pocket: Pocket
    name: str
    shares: dict[str, list[str]] = field(default_factory=dict)
    tapped: list[Tapped] = field(default_factory=list)
    seen: dict[str, str] = field(default_factory=dict)
    lost: list[Tapped] = field(default_factory=list)
    kills: int = 0
    taps: int = 0

    @property
    def visiting(self) -> Visiting:
        return Visiting(self.pocket.page)

    def tap_on(self) -> None:
        """Answer everything of the share, again and again, each time otherwise than before, until the lights go out."""
        for stop, pairs in self.shares.items():
            self.visiting.at(stop)
            for pair in pairs:
                outcome = "unseen" if self._last(pair) == "pass" else "pass"
                # If the lights go out before the tap is over, it may stand, though nothing was promised.
                self.tapped.append(Tapped(pair, outcome, math.inf))
                self.visiting.try_to_say(pair, outcome)
                self.tapped[-1] = Tapped(pair, outcome, time.monotonic())
                self.taps += 1

    def work_until_killed(self, life: float) -> None:
        """Tap until the browser is killed `life` seconds from now, or nothing is left to tap."""
        timer = Timer(life, self.pocket.kill)
        timer.start()
        try:
            while self.pocket.killed_at is None:
                self.tap_on()
        except (Error, AssertionError, PhoneOff):
            if self.pocket.killed_at is None:
                raise
        finally:
            timer.join()
        self.kills += 1
        self.pocket.bury()

    def look(self, visit: str) -> None:
        """After a kill: open the app anew, without a network, and hold the screen against what was tapped."""
        killed_at = self.pocket.killed_at or 0.0
        self.pocket.start(offline=True)
        self.visiting.come_back(visit, self.name)
        self.seen = {pair: _said(mark) for pair, mark in self.visiting.marks(visit).items()}
        self.lost += self._missing(killed_at)
        self.tapped = [Tapped(pair, outcome, 0.0) for pair, outcome in self.seen.items() if pair in self._own]

    def own(self) -> dict[str, str]:
        """What this phone's screen said last of its own share."""
        return {pair: self.seen[pair] for pair in self._own if pair in self.seen}

    def _missing(self, killed_at: float) -> Iterator[Tapped]:
        """What was tapped long enough before the kill and neither stands nor was replaced by a later tap."""
        by_pair: dict[str, list[Tapped]] = defaultdict(list)
        for one in self.tapped:
            by_pair[one.pair].append(one)
        for pair, taps in by_pair.items():
            promised = [n for n, one in enumerate(taps) if one.at < killed_at - PROMISED_S]
            if promised and self.seen.get(pair) not in {one.outcome for one in taps[promised[-1] :]}:
                yield taps[promised[-1]]

    def _last(self, pair: str) -> str | None:
        return next((one.outcome for one in reversed(self.tapped) if one.pair == pair), None)

    @property
    def _own(self) -> set[str]:
        return {pair for pairs in self.shares.values() for pair in pairs}


def _said(mark: str) -> str:
    """An item that passes and lacks its photo is shown as wanting."""
    return "pass" if mark == "wanting" else mark


@dataclass
class Campaign:
    """Five of a team at one mine. `members[0]` leads."""

    mine: str
    members: list[Member]
    dice: random.Random
    visit: str = ""

    def go_down(self, answerable: frozenset[str]) -> None:
        """Network off, the app loaded anew, the visit opened by each for themselves; the places are shared out."""
        for number, member in enumerate(self.members):
            member.pocket.set_offline(True)
            member.pocket.page.reload()
            Handset(member.pocket.page).unlock(member.name)
            self.visit = member.visiting.begin(self.mine)
            for stop in member.visiting.stops()[number :: len(self.members)]:
                pairs = [pair for pair in member.visiting.at(stop) if pair in answerable]
                member.shares |= {stop: pairs} if pairs else {}

    def kill_often(self, kills: int) -> None:
        """Everybody in turn, until that many browsers were killed."""
        for number in range(kills):
            member = self.members[number % len(self.members)]
            member.work_until_killed(self.dice.uniform(0.2, LONGEST_LIFE_S))
            member.look(self.visit)

    def end(self) -> str:
        """A pair that two say otherwise, one of them with a finding and a photo; signatures; everybody is done."""
        leader, _, third, fourth, fifth = self.members
        stop, pairs = next(iter(third.shares.items()))
        third.visiting.at(stop)
        third.visiting.fail(pairs[0])
        third.visiting.photograph()
        third.visiting.save_finding("损坏")
        third.seen[pairs[0]] = "fail"
        fifth.visiting.at(stop)
        fifth.visiting.say(pairs[0], "pass")
        for member in (third, fourth):
            member.visiting.sign(self.visit, member.name)
        leader.visiting.refuse(self.visit, "陪检人赵某")
        for member in self.members[1:]:
            member.visiting.done(self.visit)
        return pairs[0]

    def settle(self) -> None:
        """The leader takes the side that fails, on the phone, and hands the visit in."""
        leader = self.members[0].visiting
        leader.go(f"/visits/{self.visit}")
        leader.page.get_by_text("有 1 处分歧").tap()
        side = leader.page.locator(".side").filter(has_text="不符合")
        side.get_by_role("button", name="采用这个").tap()
        expect(leader.page.get_by_text("没有分歧")).to_be_visible(timeout=PATIENCE_MS)
        leader.submit(self.visit)
        leader.upload()

    def screens(self) -> list[dict[str, str]]:
        """What each of the five sees of the whole visit; a dispute counts as the graver side."""
        shown = [member.visiting.marks(self.visit) for member in self.members]
        graver = {"wanting": "pass", "disputed": "fail"}
        return [{pair: graver.get(mark, mark) for pair, mark in marks.items()} for marks in shown]

    def deliver(self) -> None:
        """Network on in any order, twice round, so that everybody has everybody's."""
        for _ in range(2):
            for member in self.dice.sample(self.members, len(self.members)):
                member.pocket.set_offline(False)
                member.visiting.upload()


@contextmanager
def five_phones(kind: BrowserType, url: str, folder: Path) -> Iterator[list[Pocket]]:
    """Five profile folders, none of them enrolled; every browser is closed at the end."""
    pockets = [Pocket(kind, url, folder / str(number)) for number in range(5)]
    try:
        yield pockets
    finally:
        for pocket in pockets:
            pocket.stop()


def gather(pockets: list[Pocket], office: Office, team: str) -> list[Member]:
    """Everybody of the team enrols a phone, and prepares it; the leader comes first."""
    found = []
    for number, pocket in enumerate(pockets):
        handset = Handset(pocket.start())
        handset.start()
        handset.enrol(office, team)
        name = handset.add_person(number)
        handset.prepare()
        found.append(Member(pocket, name))
    return found


@dataclass(frozen=True)
class Report:
    """What came of it. `lost`: answers older than a second that a kill took; `differing`: whatever does not agree."""

    kills: int
    tapped: int
    lost: list[str]
    differing: list[str]
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether nothing is lost and everybody agrees."""
        return not self.lost and not self.differing

    def line(self) -> str:
        told = f"{self.kills} kills, {self.tapped} answers tapped, {len(self.lost)} lost, {self.seconds:.0f} s"
        return "\n".join([told, *self.lost, *self.differing])


#: A mine under construction: places enough for five, and few pairs.
MINE = "示例四矿"


def play(kind: BrowserType, site: Site, folder: Path, kills: int, seed: int = 1) -> Report:
    """From five phones that nobody has used to the figures of the week and the month."""
    begun, office = time.monotonic(), office_of(site)
    county, team = county_of(site, office), office.teams()[1]
    with five_phones(kind, site.url, folder) as pockets:
        members = gather(pockets, office, team)
        campaign = Campaign(MINE, members, random.Random(seed))  # noqa: S311 - the same moments in every run
        campaign.go_down(county.judged_by_eye(MINE))
        campaign.kill_often(kills)
        disputed = campaign.end()
        campaign.deliver()
        differing = _differing(campaign, county, disputed)
    lost = [f"{member.name}: {one}" for member in members for one in member.lost]
    taps = sum(member.taps for member in members)
    return Report(sum(member.kills for member in members), taps, lost, differing, time.monotonic() - begun)


def _differing(campaign: Campaign, county: County, disputed: str) -> list[str]:
    """Screens against the record, the record against what was tapped, the county's figures against the recount."""
    before, screens = county.before(campaign.visit), campaign.screens()
    found = [f"screen {n}: {set(one.items()) ^ set(before.merged.items())}" for n, one in enumerate(screens)]
    found = [one for one, screen in zip(found, screens, strict=True) if screen != before.merged]
    tapped = {pair: outcome for member in campaign.members for pair, outcome in member.own().items()}
    found += [f"{pair}: tapped {said}" for pair, said in tapped.items() if before.merged.get(pair) != said]
    campaign.settle()
    after = county.after(campaign.visit, before)
    facts = (before.conflicts, after.merged[disputed], after.visit["conflicts"], after.visit["findings"])
    found += [] if facts == (1, "fail", 0, 1) else [f"conflicts, settled, left, findings: {facts}"]
    found += [] if str(after.visit["status"]).startswith("submitted") else [f"the visit is {after.visit['status']}"]
    return found + county.differences(campaign.visit, campaign.mine, after)


def main(arguments: list[str]) -> int:
    """Play on a county of its own and say what came of it."""
    kills, seed = map(int, [*arguments, *("100", "1")[len(arguments) :]])
    with (
        tempfile.TemporaryDirectory() as data,
        tempfile.TemporaryDirectory() as phones,
        running_site(Path(data)) as site,
        chromium_type() as kind,
    ):
        report = play(kind, site, Path(phones), kills, seed)
    print(report.line())  # noqa: T201
    return 0 if report.holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
