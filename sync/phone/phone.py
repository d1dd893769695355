"""The phone itself: each call is one step, saved whole or not at all (SPEC, part PN)."""

from collections.abc import Callable
from typing import TypeVar

from sync import bodies, enrolment, wire
from sync.phone import answering, bundling, edits, enrolling, outbox, pen, pruning, rehoming, view
from sync.phone.desk import Desk
from sync.phone.state import PhoneState
from sync.phone.surroundings import Clock, Keys, Randomness, Storage

Result = TypeVar("Result")


class Phone:
    """A phone over its storage. Make another over the same storage and it has restarted."""

    def __init__(self, clock: Clock, randomness: Randomness, keys: Keys, storage: Storage, app: str = "1.0") -> None:
        self._storage = storage
        self._app = app
        state = storage.load()
        self.desk = Desk(state or PhoneState(), clock, randomness, keys)
        if state is None:
            self.step(enrolling.install)

    @property
    def state(self) -> PhoneState:
        """What is stored, for reading."""
        return self.desk.state

    def step(self, act: Callable[..., Result], *args: object, **named: object) -> Result:
        """Run one of the phone's functions on the desk, then save; if either fails nothing happened."""
        try:
            result = act(self.desk, *args, **named)
            self._storage.save(self.desk.state)
        except BaseException:
            self.desk.state = self._storage.load() or self.desk.state
            self.desk.placed.clear()
            raise
        return result

    def begin_enrolment(self, fragment: str, label: str = "") -> enrolment.Enrolment:
        """The request for the code of a QR picture; asking again asks for the same."""
        return self.step(enrolling.begin, fragment, label, self._app)

    def finish_enrolment(self, answer: enrolment.Enrolled) -> str:
        """Keep the county's key if it is the one of the QR picture; returns the check code to show."""
        return self.step(enrolling.finish, answer)

    def open_chain(self, person: str) -> None:
        """A person begins on this phone; needs no network."""
        self.step(pen.open_chain, person, self._app)

    def rotate(self, person: str) -> None:
        """A new key and chain for a person."""
        self.step(rehoming.rotate, person, self._app)

    def edit(self, act: Callable[..., str], *args: object, **named: object) -> str:
        """One of edits.*, saved: only after this returned may the screen say so."""
        return self.step(act, *args, **named)

    def answer(self, person: str, visit: str, reg: str, outcome: str, **more: object) -> str:
        """Answer a pair on the person's chain."""
        body = bodies.Answer(outcome, **more)  # type: ignore[arg-type]
        return self.step(edits.answer, person, visit, reg, body)

    def shown(self, visit: str, key: str) -> view.Shown:
        """A register of a visit as the screen shows it."""
        return view.shown(self.desk, f"visit:{visit}", key)

    def finding(self, finding: str) -> dict[str, view.Shown]:
        """A finding's fields as the screen shows them."""
        stream = f"mine:{self.state.findings[finding]}"
        return view.fields_shown(self.desk, stream, f"finding/{finding}")

    def request(self) -> wire.Exchange:
        """The next exchange."""
        return outbox.request(self.desk)

    def request_bytes(self) -> bytes:
        """The next exchange as it travels."""
        return outbox.encoded(self.request())

    def receive(self, body: bytes) -> bool:
        """Take in what came back; False if it was no answer of the county's to the last request."""
        answer = answering.read(self.desk, body)
        if answer is None:
            return False
        self.step(answering.take, answer, self._app)
        return True

    def too_large(self) -> None:
        """The county said 413: send half as many from now on."""
        self.desk.batch = max(1, self.desk.batch // 2)

    def prune(self) -> int:
        """Drop what is safe at the county and seen back; returns how many operations (SF-3)."""
        return self.step(pruning.prune)

    def export(self) -> bytes:
        """A bundle of everything not safe yet."""
        return bundling.export(self.desk)

    def carry(self, data: bytes) -> None:
        """Keep another phone's bundle to hand in."""
        self.step(bundling.carry, data)
