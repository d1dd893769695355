"""`make demo`: five phones, one round, everything that goes wrong, and a recount that must agree.

Starts a server of its own on a folder that is thrown away; never touches an installation.
"""

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from patrol.periods import local_date, start_of
from server import clock, create_app
from server.arrival import arrive
from server.config import Config, queue_socket
from server.db import db, transaction
from server.demo import evidence, five_phones, recount
from server.demo.callers import Console
from server.demo.county import DemoCounty, make_county
from server.demo.findings_of_fact import Said, ask, ask_before
from server.demo.five_phones import Story
from server.demo.material import county as material
from server.demo.people import SignIn
from server.demo.recount import Counted
from server.demo.report import Report, differences
from server.demo.server_process import free_port, serving
from server.messages import text
from server.migrate import migrate
from server.models.county import County
from sync import bodies

Say = Callable[[str], object]
#: The mine of the round: high gas, three faces.
MINE = "SL-02"
_HISTORY = timedelta(days=35)
_AHEAD = 60


class NotEmpty(Exception):
    """The database holds a county already; the demo only goes into an empty one."""


@dataclass(frozen=True)
class Stage:
    """Where the demo plays."""

    app: Flask
    config: Config
    made: DemoCounty
    now: datetime

    @property
    def mine(self) -> str:
        """The mine's id."""
        return self.made.mines[MINE]

    @property
    def today(self) -> date:
        """The day of the round."""
        return local_date(self.now)

    def sign_in(self, login: str) -> SignIn:
        """One of the county's sign-ins."""
        return next(one for one in self.made.people.sign_ins if one.login == login)


def prove(base: Config, seed: int, say: Say, database_url: str | None = None) -> bool:
    """Play the demo and print it; whether the recount agrees. Raises NotEmpty for a database with a county."""
    with tempfile.TemporaryDirectory(prefix="qianshao-demo-") as folder:
        stage = _set(_settings(base, Path(folder), database_url))
        dice = random.Random(seed)  # noqa: S311 - a story, no secret
        say(text("demo_seed", {"seed": seed, "county": material()["county"]["name"]}))
        with serving(stage.config):
            story, said = _play(stage, dice)
        counted, lost = _recount(stage, story)
    report = Report(story, said, counted, stage.made.edition.items, stage.made.names)
    for line in report.lines():
        say(line)
    agrees = not differences(said, counted) and not lost and _went_as_told(story, said)
    say("")
    say(text("demo_agrees" if agrees else "demo_disagrees"))
    return agrees


def _went_as_told(story: Story, said: Said) -> bool:
    """Whether what the story tells really came about: two disputes, both settled, a fork, one picture on all phones."""
    facts = {told.code: told.facts for told in story.log}
    return (
        said.figures["conflicts_before"] == len(story.settled) == 2
        and len(story.hands[2].phone.state.chains) == 2
        and facts["demo_opened"]["visits"] == facts["demo_submitted"]["pictures"] == 1
        and said.visit["status"] == "submitted"
    )


def _settings(base: Config, folder: Path, database_url: str | None) -> Config:
    port = free_port()
    return replace(
        base,
        data_dir=folder,
        database_url=database_url or f"sqlite:///{folder / 'qianshao.sqlite3'}",
        redis_url=f"unix://{queue_socket(folder)}",
        media_url=f"file://{folder / 'media'}",
        keys_dir=folder / "keys",
        host="127.0.0.1",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
    )


def _set(config: Config) -> Stage:
    """Migrate, and make the county without any history."""
    app = create_app(config)
    with app.app_context():
        migrate(db.engine)
        if db.session.scalar(select(County.id).limit(1)) is not None:
            raise NotEmpty
        now = clock.now()
        arrive(config, now)
        since = start_of(local_date(now - _HISTORY))
        with transaction():
            made = make_county(local_date(since), since)
        db.session.remove()
        db.engine.dispose()
    return Stage(app, config, made, now)


def _play(stage: Stage, dice: random.Random) -> tuple[Story, Said]:
    leader, office = Console(stage.config.port), Console(stage.config.port)
    leader.sign_in(stage.sign_in("demo-leader"))
    office.sign_in(stage.sign_in("demo-supervisor"))
    story = _enrol_all(stage, leader, dice)
    visit = bodies.VisitIdentity(
        stage.made.people.teams["jia"], stage.mine, "round", stage.today.isoformat(), 1, stage.made.edition.digest
    )
    _underground(stage, story, visit, office)
    five_phones.sync_wildly(story, dice)
    five_phones.converge(story)
    before = ask_before(office, story.visit)
    five_phones.settle(story)
    five_phones.sign_and_submit(story)
    return story, ask(office, story.visit, before)


def _enrol_all(stage: Stage, leader: Console, dice: random.Random) -> Story:
    people = stage.made.people
    team = people.teams["jia"]
    five = [
        (person, people.names[person], specialty)
        for person, specialty in zip(people.members["jia"], material()["specialties"], strict=True)
    ]
    hands = five_phones.hand_out(five, stage.config.port, stage.now, dice)
    for hand in hands:
        address = leader.post(f"/teams/{team}/enrolment-codes")["address"]
        device, digits = hand.line.enrol(address, hand.name)
        leader.post(f"/devices/{device}/confirm", {"digits": digits})
    edition = stage.made.edition
    domains = {section.domain: section.title for section in edition.checklist.sections}
    story = Story(hands, edition.items, dice, domains)
    story.tell("demo_enrolled", count=len(hands))
    return story


def _underground(stage: Stage, story: Story, visit: bodies.VisitIdentity, office: Console) -> None:
    """Everything that happens with no network."""
    pairs = _asked(office, stage, "round")
    story.visit = five_phones.open_apart(story, visit)
    shares = five_phones.split(story, pairs)
    restored = story.hands[2]
    old = restored.storage.data or b""
    five_phones.work(story, shares, stage.today)
    five_phones.disagree(story, shares, stage.today)
    five_phones.misread(story, shares, stage.today)
    rest = [pair for pair in _asked(office, stage, "monthly") if pair not in set(pairs)]
    again = bodies.VisitIdentity(visit.team, visit.mine, "full", visit.date, 1, visit.edition)
    five_phones.look_ahead(story, again, [*rest[:_AHEAD], *pairs[:20]])
    while restored.line.exchange():
        pass
    five_phones.restore(story, restored, old, shares[restored.person])


def _asked(office: Console, stage: Stage, cadence: str) -> list[str]:
    answer: dict[str, Any] = office.get(f"/mines/{stage.mine}/applicability?cadence={cadence}&on={stage.today}")
    return [f"{item['item']}/{place}" for item in answer["items"] for place in item["places"]]


def _recount(stage: Stage, story: Story) -> tuple[Counted, set[str]]:
    """The figures counted apart, and the operations that a phone saved and the log does not hold."""
    with stage.app.app_context():
        try:
            log = evidence.chains()
            visits, register = recount.read_visits(log), evidence.register(stage.mine)
            counted = recount.count(visits, story.visit, register, evidence.editions(), stage.today)
            return counted, recount.missing(log, five_phones.saved(story))
        finally:
            db.session.remove()
            db.engine.dispose()
