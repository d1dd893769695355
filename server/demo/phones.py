"""Phones of the demo's teams: the reference phone with a clock that is told the time, enrolled at this server and
talking to its services in this process. What they send and get are the same bytes as over HTTP.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from patrol.permissions import Actor
from server.db import db, transaction
from server.keys import current_key
from server.receipt_ids import new_receipt_id
from server.services import enrolment, epochs
from server.services.device_tokens import DeviceSession
from server.services.exchange import Now, exchange
from sync.enrolment import enrolment_fragment
from sync.phone.phone import Phone
from sync.phone.state import PhoneState
from sync.phone.surroundings import SoftwareKeys
from sync.prepare import prepare

_ROUNDS = 20


class ToldClock:
    """Shows the time that it is told, and a little more at every reading, as work goes on."""

    def __init__(self, at: datetime, step: timedelta = timedelta(seconds=40)) -> None:
        self.at = at
        self.step = step

    def read(self) -> tuple[int, int, str]:
        """(wall ms, monotonic ms, clock session)."""
        self.at += self.step
        wall = round(self.at.timestamp() * 1000)
        return wall, wall % 100_000_000, "demo"


class InMind:
    """Storage that needs no bytes: the phone lives as long as the process that makes the history."""

    def load(self) -> PhoneState | None:
        """Nothing was kept before."""
        return None

    def save(self, state: PhoneState) -> None:
        """The state stays where it is."""


@dataclass
class TeamPhone:
    """A phone in the hands of some of a team's people."""

    phone: Phone
    clock: ToldClock
    session: DeviceSession

    def sync(self, at: datetime) -> None:
        """Exchange at that moment until both sides have everything."""
        key = current_key()
        for turn in range(_ROUNDS):
            now = at + timedelta(seconds=turn)
            self.clock.at = max(self.clock.at, now)
            prepared = prepare(self.phone.request_bytes(), gzipped=True)
            answer = exchange(prepared, self.session, Now(now, new_receipt_id(key, now)), key)
            db.session.rollback()
            if not self.phone.receive(msgspec.json.encode(answer)):
                raise RuntimeError("the phone does not believe the answer")
            if not answer.more and all(chain.acked == chain.last for chain in self.phone.state.chains):
                return self._forget()
        raise RuntimeError("the phone did not come to rest")

    def _forget(self) -> None:
        """A real phone keeps its work until the county has a second copy; this one dies with the process anyway, and
        must not grow slower with every visit.
        """
        for chain in self.phone.state.chains:
            chain.safe = chain.acked
        self.phone.prune()


def enrol(leader: Actor, label: str, people: list[str], at: datetime) -> TeamPhone:
    """A confirmed phone of the leader's team, a chain for each of the people. Keys and ids are fresh, never seeded."""
    clock, key = ToldClock(at), current_key()
    phone = Phone(clock, secrets.token_bytes, SoftwareKeys(secrets.token_bytes), InMind(), app="demo")
    with transaction():
        code = enrolment.issue_code(leader, str(leader.team), at).code
        request = phone.begin_enrolment(enrolment_fragment(code, key.fingerprint), label)
        answer = enrolment.enrol(request, enrolment.Here(key, epochs.current(), at))
        if answer is None:
            raise RuntimeError("the phone was not enrolled")
        enrolment.confirm(leader, answer.device, phone.finish_enrolment(answer), at)
    for person in people:
        phone.open_chain(person)
    session = DeviceSession(answer.device, answer.county, answer.team, confirmed=True, revoked=False, first_use=False)
    return TeamPhone(phone, clock, session)
