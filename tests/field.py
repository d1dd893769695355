"""A county whose phones speak HTTP to the real application: two teams of five, two mines with faces, an edition.

Phones are the reference phone. The county's clock is the test's: a second passes with every request.
"""

import gzip
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric import ec
from flask import Flask
from werkzeug.test import TestResponse

from checklists.definition import Checklist, Item, Limits, Number, PassFail, PlaceKind, Section, Unit
from checklists.editions import Edition, compile_edition
from server.db import db, transaction
from server.keys import current_key
from server.models.checklist import ChecklistEdition
from server.models.contract import Contract
from server.models.mine import Mine, Place
from server.models.segment import Chain
from server.models.team import Membership, Team
from server.models.user import User
from server.receipt_ids import new_receipt_id
from server.services import epochs
from server.services.bundle import console_session
from server.services.exchange import Moment, Now, append
from sync import bodies, chain, known, operations, wire
from sync.phone.phone import Phone
from sync.prepare import prepare
from tests.counties import ADMIN, COUNTY, NOON
from tests.patrols import MINE, Office, open_office

OTHER_TEAM, OTHER_MINE = "team-2", "mine-2"
PERSONS = ("p1", "p2", "p3", "p4", "p5")
EXCHANGE = "/api/v1/sync/exchange"
SINCE = date(2026, 1, 1)
ROUND = ("SAF-001", "SAF-002", "SAF-003", "SAF-004")
MONTHLY = ("MON-001", "MON-002")
PAIRS = (
    *(f"{item}/-" for item in ROUND), "GAS-001/face-1", "GAS-001/face-2", *(f"{item}/-" for item in MONTHLY),
    "DUST-001/face-1", "DUST-001/face-2",
)  # fmt: skip
ROUND_PAIRS = frozenset(PAIRS[:6])


def _item(key: str, cadence: str, **but: Any) -> Item:
    facts: dict[str, Any] = {
        "title": key, "answer": PassFail(), "repeat": "mine", "photo": "none", "specialty": "safety",
        "basis": "verified",
    }  # fmt: skip
    return Item(key=key, cadence=cadence, **(facts | but))


def edition(number: int = 1) -> Edition:
    """A small edition: four items of the mine and one reading of each face weekly, the rest monthly."""
    at_face: dict[str, Any] = {"repeat": "place", "at": ("face",)}
    reading = Number(unit="%CH4", accepts={"%CH4": "1"}, limits=Limits(below="1"))
    items = [_item(key, "round") for key in ROUND[: 5 - number]]
    items += [_item(key, "monthly") for key in MONTHLY]
    items += [_item("GAS-001", "round", answer=reading, **at_face), _item("DUST-001", "monthly", **at_face)]
    checklist = Checklist(
        checklist="patrol", title="对表检查", number=number, since=SINCE, attributes={},
        places={"face": PlaceKind(title="采煤工作面", place_class="face")},
        units={"%CH4": Unit(title="甲烷", quantity="fraction")}, standards={},
        sections=(Section(domain="safety", title="安全", items=tuple(items)),),
    )  # fmt: skip
    return Edition(compile_edition(checklist))


FIRST, SECOND = edition(1), edition(2)


@dataclass
class Field:
    """The county as its phones meet it; `office` enrols phones and has the clock."""

    app: Flask
    office: Office
    consoles: int = 0
    sent: list[tuple[str, bytes]] = field(default_factory=list)

    def clock(self) -> datetime:
        return self.office.tick()

    def phone(self, *persons: str, confirmed: bool = True) -> Phone:
        """An enrolled phone of the first team with a chain for each person."""
        return self.office.phone(*persons, confirmed=confirmed)

    def post(self, phone: Phone, body: bytes, **headers: str) -> TestResponse:
        """One request as the phone sends it."""
        token = self.office.access[phone.state.device]
        told = {"Authorization": f"Bearer {token}", "Content-Encoding": "gzip", "Content-Type": "application/json"}
        self.sent.append((phone.state.device, body))
        return self.app.test_client().post(EXCHANGE, data=body, headers=told | headers)

    def exchange(self, phone: Phone) -> wire.Answer:
        """One round trip that the phone takes in."""
        response = self.post(phone, phone.request_bytes())
        assert response.status_code == 200, response.text
        assert phone.receive(response.data)
        return msgspec.json.decode(response.data, type=wire.Answer)

    def sync(self, phone: Phone, rounds: int = 30) -> None:
        """Exchange until nothing is left to send or to pull."""
        for _ in range(rounds):
            answer = self.exchange(phone)
            if not answer.more and all(c.acked == c.last or c.closed for c in phone.state.chains):
                return
        raise AssertionError("not quiet")

    def converge(self, *phones: Phone) -> None:
        for _ in range(2):
            for phone in phones:
                self.sync(phone)

    def console(self) -> "Console":
        """An office chain."""
        self.consoles += 1
        return Console(self, self.consoles)


class Console:
    """A console session's server-held chain: rulings through the same plan as everybody's operations."""

    def __init__(self, county: Field, number: int) -> None:
        self._field = county
        self._key = ec.derive_private_key(9_000 + number, ec.SECP256R1())
        self._chain = chain.b64(number.to_bytes(16, "big"))
        self._last = wire.START
        self._written = 0
        public = chain.public_key(self._key)
        with transaction():
            db.session.add(Chain(id=self._chain, user_id=ADMIN, algorithm="ES256", public_key=public, opened_at=NOON))
        opening = bodies.ChainOpening(self._chain, ADMIN, "office", "ES256", public, "console")
        self.write(operations.ChainOpen, opening)

    def write(self, kind: type[operations.Operation], body: bodies.Body, **envelope: Any) -> known.Plan:
        """Store one ruling."""
        self._written += 1
        operation = kind(  # type: ignore[call-arg]
            v=1, uid=chain.b64(chain.unb64(self._chain)[8:] + self._written.to_bytes(8, "big")),
            seq=self._last.seq + 1, prev=self._last.hash, t=(self._milliseconds(), 0, "office"), body=body, **envelope,
        )  # fmt: skip
        data = msgspec.json.encode(operation)
        self._last = wire.Mark(operation.seq, chain.hash_of(data))
        batch = wire.ChainBatch(self._chain, [data.decode()], chain.sign(self._key, data))
        request = wire.Exchange(1, "n" * 22, "console", wire.Clock(0, 0, ""), [batch])
        return self._store(prepare(gzip.compress(msgspec.json.encode(request))))

    def _store(self, request: known.Prepared) -> known.Plan:
        key, at, epoch = current_key(), self._field.clock(), epochs.current()
        moment = Moment(Now(at, new_receipt_id(key, at)), epoch)
        with transaction() as tx:
            plan = append(tx, request, console_session(COUNTY), moment).plan
        db.session.remove()
        return plan

    def _milliseconds(self) -> int:
        return round(self._field.office.now.timestamp() * 1000)


def open_field(app: Flask, now: datetime = NOON) -> Field:
    """The county, inside the application's context, on an empty database."""
    found = Field(app, open_office(current_key()))
    found.office.now = now
    app.extensions["qianshao_clock"] = found.clock
    with transaction():
        _people()
        _second_team()
        for number, known_edition in enumerate((FIRST, SECOND), 1):
            _publish(known_edition, number)
    db.session.remove()
    return found


def _people() -> None:
    for person in PERSONS:
        db.session.add(User(id=person, county_id=COUNTY, name=person, created_at=NOON))
    db.session.flush()
    db.session.add_all(_member(person, "team") for person in PERSONS)
    db.session.add_all(
        Place(id=face, mine_id=MINE, kind="face", name=face, code=face, opened_on=SINCE, status="confirmed")
        for face in ("face-1", "face-2")
    )


def _member(person: str, team: str) -> Membership:
    return Membership(
        id=f"m-{person}-{team}", team_id=team, user_id=person, role="member", specialty="safety", from_date=SINCE
    )


def _second_team() -> None:
    db.session.add(Team(id=OTHER_TEAM, county_id=COUNTY, name="二组"))
    db.session.add(Mine(id=OTHER_MINE, county_id=COUNTY, code="M2", name="西沟煤矿", township="城关镇"))
    db.session.add(User(id="stranger", county_id=COUNTY, name="stranger", created_at=NOON))
    db.session.flush()
    db.session.add(_member("stranger", OTHER_TEAM))
    db.session.add(Contract(id="contract-2", county_id=COUNTY, team_id=OTHER_TEAM, mine_id=OTHER_MINE, from_date=SINCE))


def _publish(published: Edition, number: int) -> None:
    db.session.add(
        ChecklistEdition(
            digest=published.digest, county_id=COUNTY, number=number, definition=zstandard.compress(published.compiled),
            in_force_from=SINCE if number == 1 else date(2099, 1, 1), item_count=len(published.items),
            published_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
    )  # fmt: skip


def pairs(mine: str, digest: str, day: str, cadence: str) -> tuple[str, ...]:
    """What is asked of a mine, said without any rule: see `tests.recount`."""
    if mine != MINE:
        return ()
    if cadence == "round":
        return tuple(ROUND_PAIRS if digest == FIRST.digest else ROUND_PAIRS - {"SAF-004/-"})
    return PAIRS
