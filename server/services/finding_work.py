"""A step of a finding's life taken at a console, signed; `patrol.finding_steps` says who may and when."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from patrol.errors import Invalid
from patrol.finding_steps import take
from patrol.findings import ENDING, GRAVE
from patrol.permissions import Actor
from patrol.steps import Attempt
from server.db import db
from server.queries import sheets
from server.queries.findings import get_finding, subject_of_finding
from server.services import office
from server.services.feed import lock_streams
from server.services.finding_life import Home, life_of
from server.services.office import Act, Desk
from sync import bodies
from sync import operations as ops


def asks_proof(actor: Actor, finding_id: str, step: str) -> bool:
    """Whether the step wants a second factor given just now. Raises NotFound."""
    return step in proved_steps(get_finding(actor, finding_id).severity)


def proved_steps(severity: str) -> frozenset[str]:
    """The steps that end a finding of this severity and want a second factor given just now."""
    return frozenset(step.value for step in ENDING) if severity in GRAVE else frozenset()


def take_step(desk: Desk, finding_id: str, step: str, values: Mapping[str, Any]) -> None:
    """Take `step` with what it asks for.

    Raises NotFound, NotAllowed, Invalid and Conflict as the rules say, and Conflict `changed_meanwhile`.
    """
    row = get_finding(desk.actor, finding_id)
    office.take_chain(desk)
    lock_streams(db.session(), [f"mine:{row.mine_id}"])
    sheet = sheets.finding_sheet(finding_id)
    life = life_of(Home(row.id, row.county_id, row.mine_id, row.visit_id), sheet)
    finding = replace(life.finding, team=subject_of_finding(row).team or "")
    after = take(finding, step, Attempt(desk.actor, desk.moment.now.at), values)
    stands = bodies.Standing(after.status.value, after.severity.value, after.deadline.isoformat())
    register = sheet.registers.get("status")
    seen = tuple(head.uid for head in register.heads()) if register else ()
    office.write(
        desk, Act(ops.FindingStep, _body(finding_id, step, values, stands), ("finding", finding_id), None, seen)
    )


def _body(finding_id: str, step: str, values: Mapping[str, Any], stands: bodies.Standing) -> bodies.FindingStep:
    try:
        said = {"finding": finding_id, "step": step, "data": dict(values), "stands": stands}
        return msgspec.convert(said, bodies.FindingStep)
    except msgspec.ValidationError as error:
        raise Invalid("bad_field", detail=str(error)) from error
