"""Settles what two people said differently: somebody who may chooses the value that stands, naming all that were said.

The same operations as on a phone, on the console session's own chain (SPEC, RG-5). Chooses nothing by itself.
"""

from typing import Any

import msgspec

from patrol.errors import Conflict, NotFound
from patrol.permissions import Subject, Verb, require
from server.db import db
from server.queries import sheets
from server.queries.findings import get_finding, subject_of_finding
from server.queries.visits import get_visit
from server.services import office
from server.services.feed import lock_streams
from server.services.office import Act, Desk
from sync import bodies
from sync import operations as ops
from sync.registers import Entry, Register, agree
from sync.sheets import Sheet, decode

_answer = msgspec.json.Decoder(bodies.Answer)


def settle_answer(desk: Desk, visit_id: str, pair: tuple[str, str], chosen: str, note: str | None) -> None:
    """Let the value that the operation `chosen` gave stand for `pair` (item, place).

    Raises NotFound, NotAllowed, Conflict (`nothing_to_settle`, `changed_meanwhile`, `office_refused`).
    """
    row = get_visit(desk.actor, visit_id)
    require(desk.actor, Verb.VISIT_SETTLE, Subject(row.county_id, team=row.team_id, mine=row.mine_id))
    office.take_chain(desk)
    lock_streams(db.session(), [f"visit:{row.id}", f"mine:{row.mine_id}", f"team:{row.team_id}"])
    key = "answer/" + "/".join(pair)
    heads = _disputed(decode(sheets.visits_known([visit_id])[visit_id].sheet), key)
    side = _side(heads, chosen)
    body = msgspec.structs.replace(_answer.decode(side.value), note=note) if note else _answer.decode(side.value)
    office.write(desk, Act(ops.AnswerSet, body, ("visit", visit_id), visit_id, _uids(heads), key))


def settle_field(desk: Desk, finding_id: str, name: str, chosen: str) -> None:
    """Let what the operation `chosen` said of one field of a finding stand.

    Raises as `settle_answer`; only what a phone may say is settled here, never a step.
    """
    row = get_finding(desk.actor, finding_id)
    subject = subject_of_finding(row)
    require(desk.actor, Verb.VISIT_SETTLE, subject)
    office.take_chain(desk)
    lock_streams(db.session(), [f"mine:{row.mine_id}"])
    if name not in bodies.FindingFields.__struct_fields__:
        raise NotFound("not_found", noun="field")
    heads = _disputed(sheets.finding_sheet(finding_id), name)
    said: Any = msgspec.json.decode(_side(heads, chosen).value)
    fields = msgspec.convert({name: said}, bodies.FindingFields)
    body = bodies.FindingEdit(finding_id, fields, {name: list(_uids(heads))})
    office.write(desk, Act(ops.FindingSet, body, ("finding", finding_id)))


def _disputed(sheet: Sheet, key: str) -> list[Entry]:
    register = sheet.registers.get(key, Register({}))
    heads = register.heads()
    if agree(heads):
        raise Conflict("nothing_to_settle")
    return heads


def _side(heads: list[Entry], chosen: str) -> Entry:
    """The head that was chosen; one that somebody has replaced meanwhile is no choice any more."""
    found = next((head for head in heads if head.uid == chosen), None)
    if found is None:
        raise Conflict("changed_meanwhile")
    return found


def _uids(heads: list[Entry]) -> tuple[str, ...]:
    return tuple(head.uid for head in heads)
