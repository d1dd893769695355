"""A phone with somebody who works without a pause and sends until it is acknowledged: the load under which things end.

Its journal is kept here, outside of what is killed: what was ever attempted, and what was acknowledged.
"""

import http.client
import random
import threading
import time
from dataclasses import dataclass, field

from sync import bodies
from sync.chain import b64
from sync.phone import edits
from sync.phone.phone import Phone
from tests.field import EXCHANGE, PAIRS
from tests.patrols import identity

TIMEOUT_S = 15
_ENOUGH = 40


@dataclass
class Journal:
    """Uids by what became of them, and how the requests went."""

    attempted: set[str] = field(default_factory=set)
    acknowledged: set[str] = field(default_factory=set)
    answered: int = 0
    failed: int = 0
    strange: list[str] = field(default_factory=list)


class Rider(threading.Thread):
    """Writes, sends, and sends again; ends after `stop` with nothing left to send."""

    def __init__(self, phone: Phone, token: str, port: int, visit: bodies.VisitIdentity) -> None:
        super().__init__(daemon=True)
        self.phone = phone
        self.journal = Journal()
        self.stop = threading.Event()
        self._token, self._port = token, port
        self._person = phone.state.chains[0].person
        self._dice = random.Random(phone.state.device)  # noqa: S311 - the same work in every run
        self._connection: http.client.HTTPConnection | None = None
        self._finding = b64(self._dice.randbytes(16))
        self.visit = phone.edit(edits.enter_visit, self._person, visit, opening=True)

    def run(self) -> None:
        while not self.stop.is_set():
            # Nobody writes without end while there is no network.
            for _ in range(self._dice.randint(1, 6) if self._waiting() < _ENOUGH else 0):
                self._write()
            self.send()
        while self._waiting():
            self.send()
        self._hang_up()

    def send(self) -> bool:
        """One request, perhaps an earlier one's bytes again; True when it was acknowledged."""
        body = self.phone.request_bytes()
        self._note_attempts()
        for _ in range(1 if self._dice.random() < 0.5 else 2):
            answer = self._ask(body)
            if answer is not None:
                taken = self.phone.receive(answer)
                self._note_acknowledged()
                return taken
            time.sleep(self._dice.uniform(0.02, 0.1))
        return False

    def _write(self) -> None:
        if self._dice.random() < 0.1:
            fields = bodies.FindingFields(item="SAF-001", text=f"{self._dice.random()}")
            self.phone.edit(edits.edit_finding, self._person, self._finding, fields, self.visit)
            return
        outcome = self._dice.choice(("pass", "fail", "unseen", "na"))
        reason = {"reason": "积水"} if outcome in ("unseen", "na") else {}
        self.phone.answer(self._person, self.visit, f"answer/{self._dice.choice(PAIRS)}", outcome, **reason)

    def _ask(self, body: bytes) -> bytes | None:
        headers = {
            "Authorization": f"Bearer {self._token}", "Content-Encoding": "gzip", "Content-Type": "application/json"
        }  # fmt: skip
        try:
            if self._connection is None:
                self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT_S)
            self._connection.request("POST", EXCHANGE, body, headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._hang_up()
            self.journal.failed += 1
            return None
        if response.status == 200:
            self.journal.answered += 1
            return content
        self.journal.failed += 1
        if response.status != 503:
            self.journal.strange.append(f"{response.status} {content[:300]!r}")
        return None

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
        self._connection = None

    def _waiting(self) -> int:
        return sum(chain.last - chain.acked for chain in self.phone.state.chains)

    def _note_attempts(self) -> None:
        self.journal.attempted |= {held.uid for chain in self.phone.state.chains for held in chain.log}

    def _note_acknowledged(self) -> None:
        for chain in self.phone.state.chains:
            self.journal.acknowledged |= {held.uid for held in chain.log if held.seq <= chain.acked}
            # The journal is the second copy: the phone may forget, and stays quick.
            chain.safe = chain.acked
        self.phone.prune()


def today() -> str:
    """The day in the county, for visits that are made while the test runs."""
    return time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))


def rides(ordinal: int, edition: str) -> bodies.VisitIdentity:
    """The visit of that number today."""
    return identity(date=today(), ordinal=ordinal, edition=edition)
