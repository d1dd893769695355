"""Reference phones against the real services, without HTTP: how tests fill a database with what patrols send."""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import msgspec

from server.db import db, transaction
from server.keys import ServerKey
from server.models.contract import Contract
from server.models.mine import Mine
from server.receipt_ids import new_receipt_id
from server.services import device_tokens, enrolment
from server.services.enrolment import Here
from server.services.epochs import begin, current
from server.services.exchange import Now, exchange
from sync import bodies
from sync.enrolment import enrolment_fragment
from sync.phone import edits
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage, SoftwareKeys
from sync.prepare import prepare
from tests.counties import COUNTY, NOON, TEAM, add_county, leader

MINE = "mine"
EDITION = "e" * 64


class Ticking:
    """A phone's clock, one second a look."""

    def __init__(self, start: datetime = NOON) -> None:
        self.wall = int(start.timestamp() * 1000)
        self.mono = 5000

    def read(self) -> tuple[int, int, str]:
        self.wall += 1000
        self.mono += 1000
        return self.wall, self.mono, "c7"


@dataclass
class Office:
    """The server's side, with a clock of its own: every exchange takes a second."""

    key: ServerKey
    now: datetime = NOON
    seeds: int = 0
    access: dict[str, str] = field(default_factory=dict)

    def tick(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now

    def phone(self, *persons: str, confirmed: bool = True) -> Phone:
        """A phone of the team, enrolled, with a chain for each person."""
        self.seeds += 1
        rng = random.Random(self.seeds)  # noqa: S311 - the same phones in every run
        phone = Phone(Ticking(), rng.randbytes, SoftwareKeys(rng.randbytes), MemoryStorage())
        with transaction():
            code = enrolment.issue_code(leader(), TEAM, self.now).code
        self.enrol(phone, code)
        if confirmed:
            self.confirm(phone)
        for person in persons:
            phone.open_chain(person)
        return phone

    def enrol(self, phone: Phone, code: str) -> str:
        """Enrol with a code; returns the digits that the phone shows."""
        request = phone.begin_enrolment(enrolment_fragment(code, self.key.fingerprint))
        with transaction():
            answer = enrolment.enrol(request, Here(self.key, current(), self.now))
        assert answer is not None
        self.access[phone.state.device] = answer.tokens.access
        self.digits = phone.finish_enrolment(answer)
        return self.digits

    def confirm(self, phone: Phone) -> None:
        with transaction():
            enrolment.confirm(leader(), phone.state.device, self.digits, self.now)

    def exchange(self, phone: Phone) -> msgspec.Struct:
        """One round trip; the phone must recognise the answer as the county's."""
        session = device_tokens.authenticate(self.access[phone.state.device], NOON)
        now = self.tick()
        answer = exchange(prepare(phone.request_bytes()), session, Now(now, new_receipt_id(self.key, now)), self.key)
        assert phone.receive(msgspec.json.encode(answer))
        db.session.remove()
        return answer

    def sync(self, phone: Phone, rounds: int = 8) -> None:
        """Exchange until nothing is left to send or to pull."""
        for _ in range(rounds):
            answer = self.exchange(phone)
            if all(chain.acked == chain.last for chain in phone.state.chains) and not answer.more:
                return
        raise AssertionError("not quiet")


def open_office(key: ServerKey) -> Office:
    """A county whose team is contracted to one mine, and the first epoch."""
    add_county()
    with transaction():
        begin(db.session(), "first", NOON)
        db.session.add(Mine(id=MINE, county_id=COUNTY, code="M1", name="东山煤矿", township="城关镇"))
        db.session.flush()
        db.session.add(
            Contract(id="contract", county_id=COUNTY, team_id=TEAM, mine_id=MINE, from_date=date(2026, 1, 1))
        )
    return Office(key)


def identity(**but: object) -> bodies.VisitIdentity:
    facts = {"team": TEAM, "mine": MINE, "kind": "round", "date": "2026-11-23", "ordinal": 1, "edition": EDITION}
    return bodies.VisitIdentity(**(facts | but))


def enter(phone: Phone, person: str, *, opening: bool = True, **but: object) -> str:
    """Open or join the visit of the day; returns its id."""
    return phone.edit(edits.enter_visit, person, identity(**but), opening=opening)
