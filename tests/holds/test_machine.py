"""Random lives of three phones and their county, on the real application and both databases.

After every life: the outboxes empty, and invariants 1, 4, 7, 10, 11, 15 and 18 of the protocol hold.
"""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule, run_state_machine_as_test
from sqlalchemy import select, update

from server import create_app
from server.db import db, transaction
from server.models.contract import Contract
from server.models.coverage import CoverageMonth, CoverageSheet
from server.models.feed import StreamHead
from server.models.finding import Finding
from server.models.segment import Chain, Segment, WithheldOperation
from server.models.visit import Visit, VisitSheet
from server.services import editions
from server.services import exchange as service
from sync import bodies, operations, sheets
from sync.chain import b64
from sync.phone import edits
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage
from tests.field import FIRST, SECOND, Field, open_field, pairs
from tests.patrols import enter
from tests.recount import faults, logged_operations

LIVES, STEPS = 20, 25
PHONES = st.integers(0, 2)
KEYS = tuple(f"answer/{pair}" for pair in ("SAF-001/-", "SAF-002/-", "GAS-001/face-1", "MON-001/-"))
FINDINGS = tuple(b64(bytes([n] * 16)) for n in range(2))
TABLES = (Chain, Segment, WithheldOperation, Visit, VisitSheet, Finding, StreamHead, CoverageMonth, CoverageSheet)


class Killed(BaseException):
    """The process ends here."""


class County(RuleBasedStateMachine):
    """Three phones of a team on one visit; `sent` are requests that reached the county, `on_the_way` not yet."""

    sent = Bundle("sent")
    on_the_way = Bundle("on_the_way")
    installation = None

    def __init__(self) -> None:
        super().__init__()
        self.installation.clear()
        self.app = self.installation.app
        self.context = self.app.app_context()
        self.context.push()
        self.field: Field = open_field(self.app)
        self.written: set[str] = set()
        self.acknowledged: set[str] = set()
        self.phones = [self.field.phone(f"p{n}") for n in (1, 2, 3)]
        self.office = None
        for number, phone in enumerate(self.phones, 1):
            edition = SECOND.digest if number == 3 else FIRST.digest
            self.visit = enter(phone, f"p{number}", edition=edition)
        self.copies: list[bytes] = [phone._storage.data for phone in self.phones]

    # --- what people do ---

    @rule(n=PHONES, key=st.sampled_from(KEYS), outcome=st.sampled_from(("pass", "fail", "unseen", "na")))
    def answers(self, n, key, outcome):
        reason = {"reason": "积水"} if outcome in ("unseen", "na") else {}
        self.phones[n].answer(self.person(n), self.visit, key, outcome, **reason)

    @rule(
        n=PHONES, finding=st.sampled_from(FINDINGS), field=st.sampled_from(("text", "measures")), word=st.integers(0, 2)
    )
    def edits_a_finding(self, n, finding, field, word):
        fields = bodies.FindingFields(item="SAF-001", **{field: f"{word}"})
        self.phones[n].edit(edits.edit_finding, self.person(n), finding, fields, self.visit)

    @rule(n=PHONES, finding=st.sampled_from(FINDINGS))
    def retracts_a_finding(self, n, finding):
        if finding in self.phones[n].state.findings:
            self.phones[n].edit(edits.retract_finding, self.person(n), finding, "重复", self.visit)

    @rule(n=PHONES, number=st.integers(1, 2), gone=st.booleans())
    def takes_or_retracts_a_photo(self, n, number, gone):
        uid, of = f"photo{number}".ljust(21, "x") + "A", "answer/SAF-001/-"
        body = bodies.Photo(uid, f"{number:064x}", 1000, "image/jpeg", 100, 80, of, "stream")
        self.phones[n].edit(
            edits.photo, self.person(n), bodies.PhotoRetraction(uid, of, "模糊") if gone else body, self.visit
        )

    @rule(n=PHONES, submits=st.booleans())
    def is_done(self, n, submits):
        self.phones[n].edit(edits.done, self.person(n), self.visit)
        if submits:
            self.phones[n].edit(edits.submit, self.person(n), self.visit)

    @rule(kind=st.sampled_from((operations.VisitSeal, operations.VisitVoid, operations.VisitReopen)))
    def office_rules(self, kind):
        if self.stored_sheet() is None:
            return
        self.office = self.office or self.field.console()
        status = sheets.decode(self.stored_sheet()).registers.get("visit/status")
        body = bodies.Seal() if kind is operations.VisitSeal else bodies.Reason("更正")
        parents = [head.uid for head in status.heads()] if status else []
        self.office.write(kind, body, visit=self.visit, parents=parents)

    @rule()
    def office_releases_one(self):
        uid = db.session.scalars(select(WithheldOperation.uid).order_by(WithheldOperation.uid)).first()
        db.session.rollback()
        if uid is not None:
            self.office = self.office or self.field.console()
            self.office.write(operations.OperationRelease, bodies.Release(uid, "属实"))

    @rule(held=st.booleans())
    def contract_is_handed_over_or_back(self, held):
        until = None if held else self.field.office.now.date() - timedelta(days=1)
        with transaction():
            db.session.execute(update(Contract).where(Contract.id == "contract").values(until_date=until))
        db.session.remove()

    # --- the network ---

    @rule(target=sent, n=PHONES)
    def exchanges(self, n):
        body = self.request(n)
        response = self.deliver(n, body)
        assert self.phones[n].receive(response.data)
        self.note()
        return n, body, response.data

    @rule(target=sent, n=PHONES)
    def answer_is_lost(self, n):
        body = self.request(n)
        return n, body, self.deliver(n, body).data

    @rule(target=on_the_way, n=PHONES)
    def request_is_slow(self, n):
        return n, self.request(n)

    @rule(slow=consumes(on_the_way))
    def slow_request_arrives(self, slow):
        self.deliver(*slow)

    @rule(request=sent)
    def request_comes_again(self, request):
        n, body, first = request
        before = self.everything()
        again = service.wire.answer_decoder.decode(self.deliver(n, body).data)
        once = service.wire.answer_decoder.decode(first)
        assert [(c.chain, c.ack) for c in again.chains] == [(c.chain, c.ack) for c in once.chains]
        assert self.everything() == before

    # --- what breaks ---

    @rule(n=PHONES)
    def server_dies_before_the_commit(self, n):
        body, store = self.request(n), service.store

        def dies(*arguments: object) -> None:
            store(*arguments)
            raise Killed

        service.store = dies
        before = self.everything()
        try:
            self.field.post(self.phones[n], body)
        except Killed:
            pass
        finally:
            service.store = store
        db.session.remove()
        assert self.everything() == before

    @rule()
    def server_starts_anew(self):
        db.session.remove()
        db.engine.dispose()
        self.context.pop()
        editions._opened.clear()
        clock = self.app.extensions["qianshao_clock"]
        self.app = create_app(self.installation.config)
        self.app.extensions["qianshao_clock"] = clock
        self.field.app = self.app
        self.context = self.app.app_context()
        self.context.push()

    @rule(n=PHONES)
    def phone_is_copied(self, n):
        self.copies[n] = self.phones[n]._storage.data

    @rule(n=PHONES)
    def phone_is_restored(self, n):
        old = self.phones[n].desk
        self.note()
        self.phones[n] = Phone(old.clock, old.randomness, old.keys, MemoryStorage(self.copies[n]))

    # --- the end of every life ---

    def teardown(self) -> None:
        try:
            for _ in range(3):
                for n in range(3):
                    self.settle(n)
            self.judge()
        finally:
            db.session.remove()
            if self.app is not self.installation.app:
                db.engine.dispose()
            self.context.pop()

    def settle(self, n: int) -> None:
        for _ in range(12):
            response = self.deliver(n, self.request(n))
            assert self.phones[n].receive(response.data)
            self.note()
            quiet = all(c.acked == c.last for c in self.phones[n].state.chains)
            if quiet and b'"more":true' not in response.data:
                return
        raise AssertionError("the outbox does not empty")

    def judge(self) -> None:
        logged = set(logged_operations())
        office = {uid for uid in logged - self.written if uid.startswith("AAAA")}
        assert self.acknowledged <= logged
        assert logged - office <= self.written
        assert faults(pairs) == []
        for stream in ("team:team", f"visit:{self.visit}", "mine:mine"):
            held = [phone.state.rows.get(stream) for phone in self.phones]
            assert held[0] == held[1] == held[2], stream

    # --- small things ---

    def person(self, n: int) -> str:
        return f"p{n + 1}"

    def request(self, n: int) -> bytes:
        body = self.phones[n].request_bytes()
        self.note()
        return body

    def deliver(self, n: int, body: bytes):
        response = self.field.post(self.phones[n], body)
        assert response.status_code == 200, response.text
        db.session.remove()
        return response

    def note(self) -> None:
        for phone in self.phones:
            for chain in phone.state.chains:
                self.written |= {held.uid for held in chain.log}
                self.acknowledged |= {held.uid for held in chain.log if held.seq <= chain.acked}

    def stored_sheet(self) -> bytes | None:
        data = db.session.scalar(select(VisitSheet.data).where(VisitSheet.visit_id == self.visit))
        db.session.rollback()
        return data

    def everything(self) -> list[list[str]]:
        db.session.rollback()
        found = [sorted(map(str, db.session.execute(select(*table.__table__.columns)))) for table in TABLES]
        db.session.rollback()
        return found


@pytest.fixture
def machine(installation) -> Callable[[], County]:
    """Lives on the database at hand."""
    clock = installation.app.extensions["qianshao_clock"]
    yield type("CountyHere", (County,), {"installation": installation})
    installation.app.extensions["qianshao_clock"] = clock


def test_inv_1_4_7_10_11_15_18_hold_in_whatever_lives_phones_and_county_have(machine):
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=LIVES, stateful_step_count=STEPS, deadline=None, derandomize=True, database=None,
            suppress_health_check=list(HealthCheck), phases=[Phase.generate, Phase.shrink],
        ),
    )  # fmt: skip
