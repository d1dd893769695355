"""The office's signed operations: what becomes of visits, what stands of disputes, steps of findings, releases."""

from dataclasses import replace
from typing import Any

import zstandard
from flask import Response

from patrol.errors import NotAllowed
from patrol.periods import local_date
from patrol.permissions import Verb
from schemas import finding as finding_shapes
from schemas import office as shapes
from schemas.page import list_of, page_of
from server.api.operation import Call, Route, operation, require_proof
from server.db import transaction
from server.http.openapi import Blueprint
from server.keys import current_key
from server.queries import sealed, withheld
from server.receipt_ids import new_receipt_id
from server.services import epochs, releasing, sealing, settling
from server.services.exchange import Moment, Now
from server.services.finding_views import view_finding
from server.services.finding_work import asks_proof, take_step
from server.services.office import Desk

blueprint = Blueprint("office", __name__, url_prefix="/api/v1", description="Signed operations of the office")


def _desk(call: Call) -> Desk:
    """The signed-in console; a phone has a chain of its own and writes there."""
    session = call.signed_in.session
    if session is None or call.transaction is None:
        raise NotAllowed("console_only")
    key = current_key()
    now = Now(call.now, new_receipt_id(key, call.now))
    return Desk(call.actor, session.token_hash, Moment(now, epochs.current()), key, call.transaction)


@operation(
    blueprint,
    "POST",
    "/visits/<key:visit>/seal",
    Route(verb=Verb.VISIT_SEAL, body=shapes.Sealing, answer=shapes.Sealed, status=201),
)
def seal_visit(call: Call, visit: str) -> Any:
    """Seal a submitted visit; from then on its record never changes."""
    return sealing.seal(_desk(call), visit, call.body.get("gaps_reason"))


@operation(
    blueprint, "POST", "/visits/<key:visit>/approve", Route(verb=Verb.VISIT_REVIEW, body=shapes.Sealing, status=204)
)
def approve_visit(call: Call, visit: str) -> None:
    """Approve a submitted visit; work that comes later still has its effect."""
    sealing.approve(_desk(call), visit, call.body.get("gaps_reason"))


@operation(
    blueprint, "POST", "/visits/<key:visit>/settle", Route(verb=Verb.VISIT_SETTLE, body=shapes.Settled, status=204)
)
def settle_answer(call: Call, visit: str) -> None:
    """Let one of the values that stand beside each other stand alone."""
    said = call.body
    settling.settle_answer(_desk(call), visit, (said["item"], said["place"]), said["operation"], said.get("note"))


@operation(
    blueprint,
    "POST",
    "/findings/<key:finding>/settle",
    Route(verb=Verb.VISIT_SETTLE, body=shapes.SettledField, status=204),
)
def settle_field(call: Call, finding: str) -> None:
    """Let one of the values that were said of a finding's field stand alone."""
    settling.settle_field(_desk(call), finding, call.body["field"], call.body["operation"])


@operation(
    blueprint, "POST", "/visits/<key:visit>/send-back", Route(verb=Verb.VISIT_REVIEW, body=shapes.Reasoned, status=204)
)
def send_visit_back(call: Call, visit: str) -> None:
    """Give a submitted visit back to its team, with the reason."""
    sealing.send_back(_desk(call), visit, call.body["reason"])


@operation(
    blueprint,
    "POST",
    "/visits/<key:visit>/addenda",
    Route(verb=Verb.VISIT_RELEASE, body=shapes.Addenda, answer=shapes.Sealed, status=201),
)
def add_addenda(call: Call, visit: str) -> Any:
    """Take operations that came after the seal into the record, and seal it again beside the first."""
    return sealing.add_addenda(_desk(call), visit, call.body["operations"], call.body["reason"])


@operation(blueprint, "POST", "/visits/<key:visit>/void", Route(verb=Verb.VISIT_VOID, body=shapes.Reasoned, status=204))
def void_visit(call: Call, visit: str) -> None:
    """Say that a visit does not count, and why."""
    sealing.void(_desk(call), visit, call.body["reason"])


@operation(
    blueprint,
    "GET",
    "/visits/<key:visit>/sealed",
    Route(verb=Verb.VISIT_READ, answer=list_of(shapes.Sealed)),
)
def list_sealed(call: Call, visit: str) -> Any:
    """List the sealed records of a visit; there is one but where it was opened again."""
    return {"items": sealed.list_sealed(call.actor, visit)}


@operation(blueprint, "GET", "/visits/<key:visit>/sealed/<int(max=999999):number>", Route(verb=Verb.VISIT_READ))
def get_sealed(call: Call, visit: str, number: int) -> Response:
    """The sealed document, byte for byte; its SHA-256 is the digest that the seal's signed operation names."""
    row = sealed.get_sealed(call.actor, visit, number)
    response = Response(zstandard.decompress(row.document), mimetype="application/json")
    response.set_etag(row.digest)
    return response


@operation(
    blueprint,
    "POST",
    "/findings/<key:finding>/steps",
    Route(
        verb=Verb.FINDING_READ,
        body=shapes.StepTaken,
        answer=finding_shapes.FindingLife,
        own_transactions=True,
        may_ask_proof=True,
    ),
)
def take_finding_step(call: Call, finding: str) -> Any:
    """Take a step of the finding's life; each step has its own permission and asks for its own facts. What ends a
    suspected or confirmed major hazard asks for the second factor again.
    """
    step = call.body["step"]
    if asks_proof(call.actor, finding, step):
        require_proof(call)
    with transaction() as running:
        take_step(_desk(replace(call, transaction=running)), finding, step, call.body["values"])
        return view_finding(call.actor, finding, local_date(call.now))


@operation(
    blueprint,
    "GET",
    "/withheld-operations",
    Route(verb=Verb.OPERATION_READ, query=shapes.WithheldQuery, answer=page_of(shapes.Withheld)),
)
def list_withheld(call: Call) -> Any:
    """List the stored operations that wait without effect, newest first."""
    return withheld.list_withheld(call.actor, call.query)


@operation(
    blueprint,
    "POST",
    "/withheld-operations/<key:uid>/release",
    Route(verb=Verb.OPERATION_RELEASE, body=shapes.Reasoned, status=204),
)
def release_operation(call: Call, uid: str) -> None:
    """Give a withheld operation its effect, with the reason."""
    releasing.release(_desk(call), uid, call.body["reason"])
