"""The county's server in memory: gathers, plans with the real plan, writes, pulls, and crashes when it is told to.

The rules are in sync/; here is only what the real server does with a database.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import msgspec

from simulation import feeding, writing
from simulation.gathering import gather
from simulation.signing import CountyKey
from simulation.store import Store
from sync import bodies, bundle, enrolment, visits, wire
from sync.known import Author, Context, Plan, Prepared
from sync.plan import plan_exchange
from sync.prepare import check_signatures, prepare
from sync.sheets import decode

START_OF_TIME = 1_767_200_000_000


class Crash(Exception):
    """The server died; whoever waited for an answer gets none."""


class County:
    """The server. `backup` is its last verified one; `fault`: where the next exchange dies, if anywhere.

    `watch(before, request, plan)` is called after every commit of a plan.
    """

    def __init__(self, key: CountyKey) -> None:
        self.key = key
        self.store = Store()
        self.backup = Store()
        self.epoch = "e1"
        self.restores = 0
        self.fault: str | None = None
        self.page_rows = wire.ROWS_MAX
        self.order = 0
        self.watch: Callable[[Store, Prepared, Plan, str], None] = lambda *_: None
        self._moments = 0

    # --- what phones ask ----------------------------------------------------------------------

    def exchange(self, body: bytes, *, gzipped: bool) -> bytes:
        """One exchange from bytes to bytes. Raises Crash, RequestError."""
        fault, self.fault = self.fault, None
        request = prepare(body, gzipped=gzipped)
        plan = self.push(request, request.exchange.device, fault)
        answer = self.answer(request.exchange, plan)
        return msgspec.json.encode(answer)

    def push(self, request: Prepared, carrier: str, fault: str | None = None) -> Plan:
        """Check, plan and write in one transaction; a fault strikes before or after its commit."""
        request = check_signatures(request, {c: (k.alg, k.key) for c, k in self.store.chains.items()})
        before = self.store
        plan = self.planned(request, carrier)
        with self.transaction() as work:
            writing.write(work, plan, self.order)
            if fault == "before":
                raise Crash
        self.watch(before, request, plan, carrier)
        if fault == "after":
            raise Crash
        return plan

    def planned(self, request: Prepared, carrier: str) -> Plan:
        """What a request comes to; nothing is written."""
        known = gather(self.store, request, self.epoch)
        return plan_exchange(known, request, self._context(carrier))

    def answer(self, wanted: wire.Exchange, plan: Plan) -> wire.Answer:
        """The signed answer; a revoked device gets its marks and nothing else (RV-1)."""
        answer = wire.Answer(
            wire.PROTOCOL, wanted.nonce, wanted.device, self.epoch, self._now(), chains=list(plan.answers)
        )
        if not self.is_revoked(wanted.device):
            answer = feeding.pulled(self.store, answer, wanted, plan.own, self.page_rows)
        return self.key.seal(answer, f"r{self._moments}")

    def hand_in(self, body: bytes, carrier: str) -> None:
        """A bundle of another phone: one transaction a run."""
        for request in bundle.prepare_bundle(body, carrier):
            self.push(request, carrier)

    def enrol(self, request: enrolment.Enrolment, team: str) -> enrolment.Enrolled:
        """Take a phone in without asking anything."""
        device = enrolment.device_id(request.key)
        answer = enrolment.Enrolled(
            device, team, "county", "n" * 22, self.epoch, "ES256", self.key.public,
            enrolment.Tokens("a", 900, "r", 86400), "",
        )  # fmt: skip
        with self.transaction() as work:
            work.teams[device] = team
        said = enrolment.enrolled_statement(request.key, answer)
        return msgspec.structs.replace(answer, signature=self.key.sign(said))

    # --- what it asks of itself ---------------------------------------------------------------

    def is_revoked(self, device: str) -> bool:
        """Whether the device may still pull."""
        return device in self.store.revoked

    def may(self, author: Author, kind: str, visit: bodies.VisitIdentity | None, mine: str | None) -> bool:
        """The scope of an author, as the server's grants say it."""
        if author.office:
            return True
        if kind == "chain.open":
            if {author.person, author.device} & self.store.revoked:
                return False
            return (author.person, self.store.teams.get(author.device, "")) in self.store.members
        return self.store.granted(author.person, visit, mine)

    def _context(self, carrier: str) -> Context:
        return Context(self._now(), f"r{self._moments}", carrier, judge, self.may)

    def _now(self) -> int:
        self._moments += 1
        return START_OF_TIME + 1000 * self._moments

    @contextmanager
    def transaction(self) -> Iterator[Store]:
        """Work on a copy, which becomes the store when nothing was raised."""
        work = self.store.copy()
        yield work
        self.store = work

    # --- what happens to it -------------------------------------------------------------------

    def back_up(self) -> None:
        """A verified backup: from now on phones are told that it is safe."""
        with self.transaction() as work:
            work.safe = {name: chain.head.seq for name, chain in work.chains.items()}
        self.backup = self.store

    def restore(self) -> None:
        """Come back from the last backup, in a new epoch."""
        self.store = self.backup
        self.restores += 1
        self.epoch = f"e{self.restores + 1}"

    def take_photo(self, digest: str) -> None:
        """A photo's bytes are complete: visits that waited for them may be whole now."""
        with self.transaction() as work:
            work.photos = work.photos | {digest}
            for name, visit in work.visits.items():
                status, _ = visits.state_of(decode(visit.sheet), work.photos)
                if status != visit.status:
                    work.visits[name] = replace(visit, status=status)
                    stream = f"team:{visit.identity.team}"
                    work.heads[stream] = work.visit_rows[name] = work.heads.get(stream, 0) + 1


def judge(_edition: str, _day: str, _item: str, answer: bodies.Answer) -> str | None:
    """The server's own outcome: a limit on a number, the same in every edition."""
    return None if not isinstance(answer.value, int) else ("fail" if answer.value > 50 else "pass")
