"""One exchange: push, acknowledgement and pull in one round trip (SPEC, part EX).

Everything that needs no database happens before the transaction begins; the plan decides, `store` writes. Once a push
is stored it is acknowledged, whatever it means. Pulling reads a snapshot of its own after the commit.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ParamSpec, TypeVar

import msgspec
from sqlalchemy import bindparam, update
from sqlalchemy.exc import SQLAlchemyError

from checklists.editions import Edition
from patrol.periods import local_date
from server.db import Transaction, transaction
from server.direct import ahead, forget_ahead, write
from server.highwater import high_water
from server.keys import ServerKey
from server.models.device import Device
from server.queries import log, photos, streams
from server.services import chain_keys, editions, epochs, fresh, grants, projections, visit_counts
from server.services.device_tokens import DeviceSession
from server.services.gathering import declared_photos, gather
from server.services.store import store_plan
from sync import feed, receipts, wire
from sync.bodies import Answer as AnswerBody
from sync.known import Context, Judge, Known, Plan, Prepared
from sync.plan import plan_exchange
from sync.prepare import check_signatures

P = ParamSpec("P")
Answered = TypeVar("Answered")

_TELL = (
    update(Device)
    .where(Device.id == bindparam("phone"))
    .values({name: bindparam(name) for name in ("told_at", "unsent_operations", "unsent_photos", "clock_error_ms")})
)
#: What a phone says of itself is kept as a number of the database.
_MOST = 2**31 - 1
_FARTHEST = 2**53
#: Digests compared in one exchange.
_COMPARED = 8


@dataclass(frozen=True, slots=True)
class Now:
    """The moment of the exchange and the id that its receipt gets."""

    at: datetime
    receipt: str

    @property
    def milliseconds(self) -> int:
        """Milliseconds since the epoch, as the protocol counts."""
        return log.milliseconds(self.at)

    @property
    def today(self) -> date:
        """The day in the county."""
        return local_date(self.at)


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and in which epoch."""

    now: Now
    epoch: str


@dataclass(frozen=True, slots=True)
class Pushed:
    """What a push came to, and where its streams stood before it."""

    plan: Plan
    before: Mapping[str, int]


def exchange(request: Prepared, phone: DeviceSession, now: Now, key: ServerKey) -> wire.Answer:
    """Store what the phone sends and answer with what it lacks. Raises Busy when a lock is not given in time."""
    epoch = epochs.current()
    pushed = push(request, phone, now, epoch)
    answer = _answer(request.exchange, pushed.plan, now, epoch)
    if _pulls(phone):
        answer = _pulled(answer, request.exchange, phone, now, pushed)
    answer = _told_of_photos(answer, request)
    return receipts.seal(answer, now.receipt, key.fingerprint, key.private)


def push(request: Prepared, phone: DeviceSession, now: Now, epoch: str) -> Pushed:
    """Append and reduce the request's operations in one transaction."""
    request = check_signatures(request, chain_keys.keys_of(epoch, [batch.chain for batch in request.batches]))
    with transaction() as tx:
        pushed = append(tx, request, phone, Moment(now, epoch)) if request.batches else Pushed(Plan(), {})
        _told(request, pushed.plan, phone, now)
        if _pulls(phone):
            # Asked behind everything that is written here: what it tells is what a phone may see after the commit.
            ahead(*streams.scope_asked(phone.device, phone.team, now.today))
        return pushed


def _pulls(phone: DeviceSession) -> bool:
    return phone.confirmed and not phone.revoked


def append(tx: Transaction, request: Prepared, carrier: DeviceSession, moment: Moment) -> Pushed:
    """Plan and write a request whose signatures are checked; `carrier` brought it, its authors are in its chains."""
    now = moment.now
    known = gather(request, moment.epoch, now.today)
    plan = decide(known, request, _context(carrier, now))
    store(plan, carrier.county, carrier.device, now)
    forget_ahead()
    if plan.segments:
        # What stored no segment leaves no trace by which a later start could tell that nothing was lost.
        tx.after_commit(lambda: high_water().note(received=now.milliseconds))
    return Pushed(plan, known.heads)


def decide(known: Known, request: Prepared, context: Context) -> Plan:
    """The plan. Raises what kept a question from being answered: nothing is set aside for want of a database.

    The plan itself takes whatever goes wrong for the operation's own fault (VD-2).
    """
    failed: list[SQLAlchemyError] = []
    asking = replace(context, may=_noting(context.may, failed), judge=_noting(context.judge, failed))
    plan = plan_exchange(known, request, asking)
    if failed:
        raise failed[0]
    return plan


def _noting(question: Callable[P, Answered], failed: list[SQLAlchemyError]) -> Callable[P, Answered]:
    def ask(*about: P.args, **named: P.kwargs) -> Answered:
        try:
            return question(*about, **named)
        except SQLAlchemyError as error:
            failed.append(error)
            raise

    return ask


def store(plan: Plan, county: str, device: str | None, now: Now) -> None:
    """Write a plan and everything that follows from it."""
    visit_counts.ask_ahead(plan)
    findings = projections.finding_rows(plan.findings, county, now.at)
    visit_counts.store_visits(plan, county, now.at)
    store_plan(plan, findings, device, now.at)


def _context(phone: DeviceSession, now: Now) -> Context:
    may = grants.may_on(now.today, phone.device, "" if phone.revoked else phone.team)
    return Context(now=now.milliseconds, receipt=now.receipt, device=phone.device, judge=judging(), may=may)


def judge(digest: str, day: str, item: str, answer: AnswerBody) -> str | None:
    """The server's own outcome of an answer under its edition; None when it does not have that edition."""
    return judging()(digest, day, item, answer)


def judging() -> Judge:
    """`judge` for one plan: an edition and a day are looked up once, not for each of a hundred answers."""
    asked: tuple[str, str] | None = None
    edition: Edition | None = None
    on = date.min

    def outcome_of(digest: str, day: str, item: str, answer: AnswerBody) -> str | None:
        nonlocal asked, edition, on
        if asked != (digest, day):
            edition, on = editions.find_edition(digest), date.fromisoformat(day)
            asked = digest, day
        return None if edition is None else edition.outcome(item, answer, on)

    return outcome_of


def _told(request: Prepared, plan: Plan, phone: DeviceSession, now: Now) -> None:
    """Keep what the phone tells of itself: how wrong its clock is, and what it holds beyond what it sent just now."""
    told = request.exchange
    facts = {
        "told_at": now.at,
        "unsent_operations": min(max(0, told.unsent.operations - _acknowledged(request, plan)), _MOST),
        "unsent_photos": min(told.unsent.photos, _MOST),
        "clock_error_ms": max(-_FARTHEST, min(told.clock.wall - now.milliseconds, _FARTHEST)),
    }
    write(_TELL, {"phone": phone.device, **facts})


def _acknowledged(request: Prepared, plan: Plan) -> int:
    """How many operations of this request the phone will count as sent once it has the answer."""
    upto = {answer.chain: answer.ack.seq for answer in plan.answers}
    return sum(
        max(0, upto.get(batch.chain, 0) - batch.operations[0].seq + 1) for batch in request.batches if batch.operations
    )


def _answer(request: wire.Exchange, plan: Plan, now: Now, epoch: str) -> wire.Answer:
    return wire.Answer(
        protocol=wire.PROTOCOL,
        nonce=request.nonce,
        device=request.device,
        epoch=epoch,
        time=now.milliseconds,
        chains=list(plan.answers),
        upgrade=request.protocol < wire.PROTOCOL,
    )


def _pulled(answer: wire.Answer, request: wire.Exchange, phone: DeviceSession, now: Now, pushed: Pushed) -> wire.Answer:
    scope = streams.scope(phone.device, phone.team, now.today)
    digests = streams.digests(_claimed(request, scope, now.milliseconds), scope)
    wanted = feed.pull(request.cursor, answer.epoch, scope, digests, request.digests)
    pages, more = _pages(wanted.after, wanted.marks, request.limit, pushed)
    return msgspec.structs.replace(
        answer,
        marks=dict(wanted.marks),
        pages=pages,
        more=more,
        added=list(wanted.added),
        dropped=list(wanted.dropped),
        resets=list(wanted.resets),
    )


def _claimed(request: wire.Exchange, scope: Mapping[str, feed.StreamHead], turn: int) -> list[str]:
    """The visits' streams that the phone says it holds whole, and what of them (FD-8): a few at a time, in turn."""
    held = request.cursor.streams
    claimed = [s for s in sorted(request.digests) if s in scope and held.get(s) == scope[s].seq]
    start = turn % len(claimed) if len(claimed) > _COMPARED else 0
    return [*claimed[start:], *claimed[:start]][:_COMPARED]


def _told_of_photos(answer: wire.Answer, request: Prepared) -> wire.Answer:
    """Which photos' bytes to bring (PH-3), and which that were declared just now are here already."""
    declared = declared_photos(request)
    if not declared and not request.exchange.unsent.photos:
        return answer
    return msgspec.structs.replace(
        answer, photos_wanted=photos.wanted(answer.device), photos_here=sorted(photos.here(declared))
    )


def _pages(
    after: Mapping[str, int], marks: Mapping[str, int], limit: int, pushed: Pushed
) -> tuple[list[wire.Page], bool]:
    """Pages of the streams that have more, `limit` rows in all; what does not fit waits for the next exchange."""
    pages: list[wire.Page] = []
    own = fresh.rows_of(pushed.plan, pushed.before)
    for stream, since in after.items():
        room = limit - sum(len(page.rows) for page in pages)
        if room <= 0:
            return pages, True
        found = own.beyond(stream, since)
        head = marks[stream] if found is None else pushed.plan.heads.get(stream, marks[stream])
        rows = streams.rows(stream, since, room, pushed.plan.own) if found is None else found
        # Whoever wrote since the heads were read is told next time: a page never tells of more than its end.
        page, more = feed.page(stream, since, head, [row for row in rows if row.seq <= head], room)
        pages.append(page)
        if more:
            return pages, True
    return pages, any(page.upto < marks[page.stream] for page in pages)
