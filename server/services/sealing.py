"""What the office does to a visit: approves, sends back, seals, voids (SPEC, part VS; `patrol.visits` says who may).

A seal keeps the merged record as canonical bytes whose digest the signed operation names. What is sealed is never
changed: a visit that is opened again and sealed again gets another document beside the first.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import zstandard
from sqlalchemy import func, select

from patrol import visits as rules
from patrol.errors import NotFound
from patrol.steps import Attempt
from server.db import db
from server.models.finding import Finding
from server.models.visit import SealedVisit, Visit
from server.queries import finding_sheets, sheets, visits, withheld
from server.services import office, releasing
from server.services.feed import lock_streams
from server.services.office import Act, Desk
from sync import bodies
from sync import operations as ops
from sync.registers import Register
from sync.sheets import Sheet, decode
from sync.visits import participants, state_of, status_of

FORMAT = 1
_signing = msgspec.json.Decoder(bodies.Signing)


@dataclass(frozen=True)
class Held:
    """A visit with its sheet; whoever changes it holds its streams until the commit."""

    row: Visit
    sheet: Sheet
    missing: tuple[str, ...]

    @property
    def heads(self) -> tuple[str, ...]:
        """The uids that an operation on its status names as seen."""
        register = self.sheet.registers.get("visit/status")
        return tuple(head.uid for head in register.heads()) if register else ()


def seal(desk: Desk, visit_id: str, gaps_reason: str | None) -> SealedVisit:
    """Seal a submitted visit, with a reason where something is lacking.

    Raises NotFound, NotAllowed, Conflict (`step_not_from_here`, `changed_meanwhile`), Invalid `gaps_without_reason`.
    """
    held = _hold(desk, visit_id)
    _admit(desk, held, "seal", {} if gaps_reason is None else {"gaps_reason": gaps_reason})
    content = document(held, _findings_of(visit_id))
    digest = hashlib.sha256(content).hexdigest()
    _write(desk, held, ops.VisitSeal, bodies.Seal(gaps_reason, digest))
    return _keep(desk, visit_id, content, gaps_reason)


def approve(desk: Desk, visit_id: str, gaps_reason: str | None) -> None:
    """Say that the submitted record was read and is accepted, with a reason where something is lacking."""
    held = _hold(desk, visit_id)
    _admit(desk, held, "approve", {} if gaps_reason is None else {"gaps_reason": gaps_reason})
    _write(desk, held, ops.VisitApprove, bodies.Approval(gaps_reason))


def send_back(desk: Desk, visit_id: str, reason: str) -> None:
    """Give a submitted visit back to its team."""
    held = _hold(desk, visit_id)
    _admit(desk, held, "send_back", {"reason": reason})
    _write(desk, held, ops.VisitReopen, bodies.Reason(reason))


def add_addenda(desk: Desk, visit_id: str, operations: Sequence[str], reason: str) -> SealedVisit:
    """Let operations that wait beside a sealed visit have their effect, and seal the record again beside the first.

    All of it or nothing. Raises as `seal` does, NotFound for what does not wait there, and Conflict `office_refused`.
    """
    held = _hold(desk, visit_id)
    _admit(desk, held, "release", {"operations": tuple(operations), "reason": reason})
    waiting = withheld.of_visit(visit_id)
    if not set(operations) <= waiting.keys():
        raise NotFound("not_found", noun="operation")
    _write(desk, held, ops.VisitReopen, bodies.Reason(reason))
    for uid in sorted(operations, key=lambda uid: waiting[uid]):
        office.write(desk, Act(ops.OperationRelease, bodies.Release(uid, reason), ("operation", uid)))
    again = _hold(desk, visit_id)
    content = document(again, _findings_of(visit_id))
    _write(desk, again, ops.VisitSeal, bodies.Seal(reason, hashlib.sha256(content).hexdigest()))
    releasing.count_addenda(visit_id)
    return _keep(desk, visit_id, content, reason)


def void(desk: Desk, visit_id: str, reason: str) -> None:
    """Say that a visit does not count, and why; nothing of it is deleted."""
    held = _hold(desk, visit_id)
    _admit(desk, held, "void", {"reason": reason})
    _write(desk, held, ops.VisitVoid, bodies.Reason(reason))


def document(held: Held, findings: Mapping[str, Sheet]) -> bytes:
    """The record as canonical JSON: keys sorted, no spaces, UTF-8. Every entry, replaced ones too, with who and
    when.
    """
    row = held.row
    content = {
        "format": FORMAT,
        "visit": {
            "id": row.id,
            "team": row.team_id,
            "mine": row.mine_id,
            "kind": row.kind,
            "date": row.local_date.isoformat(),
            "ordinal": row.ordinal,
            "edition": row.edition_digest,
        },
        "missing": sorted(held.missing),
        "registers": _registers(held.sheet),
        "findings": {finding: _registers(sheet) for finding, sheet in findings.items()},
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _registers(sheet: Sheet) -> dict[str, Any]:
    return {key: _entries(register) for key, register in sheet.registers.items()}


def _entries(register: Register) -> list[dict[str, Any]]:
    heads = {head.uid for head in register.heads()}
    return [
        {
            "uid": entry.uid,
            "chain": entry.stamp.chain,
            "seq": entry.stamp.seq,
            "person": entry.stamp.person,
            "device": entry.stamp.device,
            "wall": entry.stamp.wall,
            "parents": sorted(entry.parents),
            "value": json.loads(entry.value) if entry.value else None,
            "stands": entry.uid in heads,
        }
        for entry in sorted(register.entries.values(), key=lambda entry: entry.uid)
    ]


def _hold(desk: Desk, visit_id: str) -> Held:
    """Chain first, then the streams in order, as everybody does; then everything is read."""
    row = visits.get_visit(desk.actor, visit_id)
    office.take_chain(desk)
    lock_streams(db.session(), [f"visit:{row.id}", f"mine:{row.mine_id}", f"team:{row.team_id}"])
    return look(row, decode(sheets.visits_known([visit_id])[visit_id].sheet))


def look(row: Visit, sheet: Sheet) -> Held:
    """A visit with what it lacks; whoever only looks holds no lock."""
    _, missing = state_of(sheet, sheets.photos_here([row.id]))
    return Held(row, sheet, missing)


def _admit(desk: Desk, held: Held, step: str, values: Mapping[str, object]) -> None:
    rules.take(value_of(held), step, Attempt(desk.actor, desk.moment.now.at), values)


def value_of(held: Held) -> rules.Visit:
    """The visit in the words of `patrol.visits`."""
    row, sheet = held.row, held.sheet
    return rules.Visit(
        id=row.id,
        county=row.county_id,
        team=row.team_id,
        mine=row.mine_id,
        kind=rules.VisitKind(row.kind),
        day=row.local_date,
        joined=frozenset(participants(sheet)),
        done=frozenset(key.removeprefix("done/") for key, _ in sheet.under("done/")),
        photos_missing=sum(name.startswith("photo:") for name in held.missing),
        signatures=tuple(_signatures(sheet)),
        status=rules.VisitStatus(status_of(sheet)),
    )


def _signatures(sheet: Sheet) -> list[rules.Signature]:
    said = [_signing.decode(head.value) for _, register in sheet.under("sign/") for head in register.heads()]
    return [rules.Signature(rules.SignRole(body.role), body.name, body.refused, body.reason) for body in said]


def _findings_of(visit_id: str) -> dict[str, Sheet]:
    rows = db.session.execute(select(Finding.id, *finding_sheets.COLUMNS).where(Finding.visit_id == visit_id))
    return {row.id: finding_sheets.sheet_of(row) for row in rows}


def _write(desk: Desk, held: Held, kind: type[ops.Operation], body: bodies.Body) -> None:
    office.write(desk, Act(kind, body, ("visit", held.row.id), held.row.id, held.heads))


def _keep(desk: Desk, visit_id: str, content: bytes, reason: str | None) -> SealedVisit:
    earlier = db.session.scalar(select(func.max(SealedVisit.number)).where(SealedVisit.visit_id == visit_id)) or 0
    sealed = SealedVisit(
        visit_id=visit_id,
        number=earlier + 1,
        sealed_at=desk.moment.now.at,
        sealed_by=desk.actor.person,
        reason=reason,
        digest=hashlib.sha256(content).hexdigest(),
        document=zstandard.compress(content),
    )
    db.session.add(sealed)
    db.session.flush()
    return sealed
