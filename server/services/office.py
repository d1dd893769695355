"""The office's signed operations: every console session writes on a chain of its own, like a phone (SPEC, part OP).

The chain's key is derived from the server's key and never stored. An operation goes through the same plan and the same
writer as a phone's; what the plan would hold back is refused here instead, because somebody is there to be told.
"""

from dataclasses import dataclass
from typing import Any

import msgspec

from patrol.errors import Conflict
from patrol.permissions import Actor
from server.db import Transaction, db
from server.keys import ServerKey
from server.models.audit import AuditEntry
from server.models.segment import Chain
from server.queries import log
from server.services.bundle import console_session
from server.services.exchange import Moment, append
from server.services.upsert import put
from server.tokens import derived_id, new_id
from sync import bodies, wire
from sync import operations as ops
from sync.known import ChainKnown, Prepared
from sync.prepare import prepare_batch

ALGORITHM = "ES256"
_APP = "office"


@dataclass(frozen=True)
class Desk:
    """A person at a console, at a moment. `session`: the session's hash; each has a chain of its own."""

    actor: Actor
    session: str
    moment: Moment
    key: ServerKey
    tx: Transaction

    @property
    def chain(self) -> str:
        """The session's chain in this epoch: what a restore may have cut off is never continued."""
        return derived_id(f"office|{self.moment.epoch}|{self.session}")

    @property
    def signing_key(self) -> ServerKey:
        """The chain's own key."""
        return self.key.derived(f"office {self.chain}")


@dataclass(frozen=True)
class Act:
    """One operation to be written: its kind, what it says, what it names, and the register where the kind needs one."""

    kind: type[ops.Operation]
    body: bodies.Body
    subject: tuple[str, str]
    visit: str | None = None
    parents: tuple[str, ...] = ()
    register: str | None = None


def take_chain(desk: Desk) -> ChainKnown:
    """Lock the session's chain, made now if there is none. Before any stream is locked: everybody locks in that
    order.
    """
    row = {
        "id": desk.chain,
        "device_id": None,
        "user_id": desk.actor.person,
        "algorithm": ALGORITHM,
        "public_key": desk.signing_key.public,
        "head_seq": 0,
        "head_hash": "",
        "vouched": True,
        "safe_seq": 0,
        "opened_at": desk.moment.now.at,
    }
    put(Chain, ("id",), (), [row])
    return log.lock_chains([desk.chain])[desk.chain]


def write(desk: Desk, act: Act) -> str:
    """Sign an operation and store it with its effect; returns its uid.

    Raises Conflict `changed_meanwhile` when somebody else said something about it in the same moment, and
    `office_refused` with the verdict when the plan gives it no effect; then nothing is stored.
    """
    chain, uid = take_chain(desk), new_id()
    run = [] if chain.head.seq else [_opening(desk)]
    before = prepare_batch(wire.ChainBatch(desk.chain, [data.decode() for data in run]))
    prev = before.hashes[-1] if run else chain.head.hash
    run.append(_encoded(desk, act, uid, (max(chain.head.seq, len(run)) + 1, prev)))
    signature = desk.signing_key.sign(run[-1])
    batch = prepare_batch(wire.ChainBatch(desk.chain, [data.decode() for data in run], signature))
    pushed = append(desk.tx, Prepared(_exchange(desk), (batch,)), console_session(desk.actor.county), desk.moment)
    _require_effect(pushed.plan.answers[0], batch.last)
    _note(desk, act, uid)
    return uid


def _require_effect(answer: wire.ChainAnswer, seq: int) -> None:
    verdict = answer.error or dict(answer.verdicts).get(seq, "applied")
    if verdict == "concurrent":
        raise Conflict("changed_meanwhile")
    if verdict not in ops.EFFECTIVE:
        raise Conflict("office_refused", verdict=verdict)


def _opening(desk: Desk) -> bytes:
    public = desk.signing_key.public
    body = bodies.ChainOpening(desk.chain, desk.actor.person, log.OFFICE_DEVICE, ALGORITHM, public, _APP)
    return _encode(ops.ChainOpen, new_id(), (1, ""), desk, body=body)


def _encoded(desk: Desk, act: Act, uid: str, at: tuple[int, str]) -> bytes:
    envelope: dict[str, Any] = {"body": act.body}
    if act.visit is not None:
        envelope["visit"] = act.visit
    if act.register is not None:
        envelope["reg"] = act.register
    if act.parents:
        envelope["parents"] = list(act.parents)
    return _encode(act.kind, uid, at, desk, **envelope)


def _encode(kind: type[ops.Operation], uid: str, at: tuple[int, str], desk: Desk, **rest: Any) -> bytes:
    seq, prev = at
    stamp = (desk.moment.now.milliseconds, 0, _APP)
    return msgspec.json.encode(kind(v=1, uid=uid, seq=seq, prev=prev, t=stamp, **rest))


def _exchange(desk: Desk) -> wire.Exchange:
    clock = wire.Clock(desk.moment.now.milliseconds, 0, _APP)
    return wire.Exchange(wire.PROTOCOL, f"office-{desk.chain}", log.OFFICE_DEVICE, clock)


def _note(desk: Desk, act: Act, uid: str) -> None:
    """The trail points to the operation, which holds who said what, signed."""
    kind, name = act.subject
    db.session.add(
        AuditEntry(
            at=desk.moment.now.at,
            county_id=desk.actor.county,
            actor_id=desk.actor.person,
            verb=str(act.kind.__struct_config__.tag),
            subject_kind=kind,
            subject_id=name,
            after={"operation": uid, "body": msgspec.to_builtins(act.body)},
        )
    )
    db.session.flush()
