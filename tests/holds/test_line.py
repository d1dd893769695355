"""Connections that end before, in and after request and answer: nothing is lost or doubled, the phones agree."""

import http.client
import random
import zlib
from dataclasses import dataclass, field

import pytest

from sync import bodies
from sync.chain import b64
from sync.phone import edits
from sync.phone.phone import Phone
from tests.field import EXCHANGE, FIRST, PAIRS, pairs
from tests.holds.installation import Installation, installed
from tests.holds.line import Fault, Line, bad_line
from tests.holds.rider import rides
from tests.recount import faults, logged_operations

POINTS = 70
KINDS_AT = ("cut", "half_close", "drop", "spoil", "spoil_answer")
KINDS = ("late", "twice", "portal", "old_answer")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def place(request, tmp_path_factory):
    with installed(request.param, tmp_path_factory.mktemp(request.param)) as found:
        yield found


@dataclass
class Caller:
    """Somebody with a phone at the end of the line; the journal of what was written and acknowledged is kept here."""

    phone: Phone
    token: str
    port: int
    visit: str = ""
    written: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)

    @property
    def person(self) -> str:
        return self.phone.state.chains[0].person

    def work(self, dice: random.Random) -> None:
        outcome = dice.choice(("pass", "fail"))
        self.phone.answer(self.person, self.visit, f"answer/{dice.choice(PAIRS)}", outcome)
        if dice.random() < 0.1:
            fields = bodies.FindingFields(item="SAF-001", text=str(dice.random()))
            self.phone.edit(edits.edit_finding, self.person, b64(dice.randbytes(16)), fields, self.visit)

    def call(self) -> bool:
        """One exchange over the line; whether the county was heard."""
        body = self.phone.request_bytes()
        self.written |= {held.uid for chain in self.phone.state.chains for held in chain.log}
        headers = {
            "Authorization": f"Bearer {self.token}", "Content-Encoding": "gzip", "Content-Type": "application/json",
            "Connection": "close", "Accept-Encoding": "gzip",
        }  # fmt: skip
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", EXCHANGE, body, headers)
            response = connection.getresponse()
            gzipped = response.headers["Content-Encoding"] == "gzip"
            content = zlib.decompress(response.read(), wbits=31) if gzipped else response.read()
            heard = response.status == 200 and self.phone.receive(content)
        except (OSError, http.client.HTTPException, zlib.error):
            heard = False
        finally:
            connection.close()
        for chain in self.phone.state.chains:
            self.acknowledged |= {held.uid for held in chain.log if held.seq <= chain.acked}
        return heard

    def settle(self) -> None:
        """Until everything is sent and nothing is left to be told."""
        for _ in range(20):
            if self.call() and all(chain.acked == chain.last for chain in self.phone.state.chains):
                return
        raise AssertionError("the phone does not come to rest")


def callers_of(place: Installation, port: int) -> list[Caller]:
    made = [Caller(phone, place.tokens[phone.state.device], port) for phone in place.phones(3)]
    for caller in made:
        caller.visit = caller.phone.edit(edits.enter_visit, caller.person, rides(1, FIRST.digest), opening=True)
    return made


def plan(line: Line, dice: random.Random) -> list[Fault]:
    """Cuts all over the last request and answer, at their ends too, and the other faults between them."""
    request, answer = line.seen
    found = [Fault("stall", dice.randrange(request)) for _ in range(3)]
    for kind in KINDS_AT:
        length = answer if kind in ("drop", "spoil_answer") else request
        found += [Fault(kind, (length + 200) * n // POINTS) for n in range(POINTS)]
    found += [Fault(kind) for kind in KINDS for _ in range(12)]
    dice.shuffle(found)
    return found


def test_d5_wherever_the_line_fails_nothing_is_lost_or_doubled_and_the_phones_agree(place):
    dice = random.Random(5)  # noqa: S311 - the same faults in every run
    with bad_line(place.config.port) as (line, port):
        callers = callers_of(place, port)
        for caller in callers:
            caller.work(dice)
            caller.settle()
        tried = heard = 0
        for fault in plan(line, dice):
            caller = dice.choice(callers)
            caller.work(dice)
            line.fault, tried = fault, tried + 1
            heard += caller.call()
            line.fault = Fault()
            if dice.random() < 0.15:
                line.deliver_late()
            if dice.random() < 0.2:
                caller.call()
        line.deliver_late()
        for _ in range(2):
            for caller in callers:
                caller.settle()
        line.deliver_late()
    assert tried >= 200 < tried - heard
    judge(place, callers)


def judge(place: Installation, callers: list[Caller]) -> None:
    written = set().union(*(caller.written for caller in callers))
    with place.looking():
        logged = logged_operations()
        assert sorted(logged) == sorted(written)
        assert set().union(*(caller.acknowledged for caller in callers)) == written
        assert faults(pairs) == []
    assert all(not chain.closed for caller in callers for chain in caller.phone.state.chains)
    visit = f"visit:{callers[0].visit}"
    for stream in (visit, "mine:mine"):
        assert all(caller.phone.state.rows[stream] == callers[0].phone.state.rows[stream] for caller in callers)
