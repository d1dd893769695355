"""The findings: the list, the page of one, every step of the closed loop. `patrol` says who may take which."""

from typing import Any

from flask import Blueprint, request

from patrol.errors import Invalid
from patrol.findings import Severity, Status
from patrol.permissions import Verb
from schemas.finding_list import SORTS, BulkForm, FindingFilters, StepForm
from schemas.office import SettledField
from server.console import once
from server.console.answers import done, own_path, render
from server.console.call import Call
from server.console.desk import desk_of
from server.console.page import Action, Page, action, page, require_proof
from server.db import transaction
from server.services import finding_bulk, finding_page, finding_work, proofs, settling
from server.services.finding_rows import view_rows

blueprint = Blueprint("finding_pages", __name__)

#: What the photos of one step may weigh together.
_PHOTOS_BYTES = 48 * 1024 * 1024
_STEPS = "finding_pages.take_step"
#: Beside which field of a step's form a refusal stands.
_BESIDE = {
    "refusal_without_reason": "reason",
    "deadline_in_the_past": "deadline",
    "plan_later_than_deadline": "deadline",
    "extension_not_later": "until",
}
#: What an address says of how to show, not of what.
_MANNERS = frozenset({"limit", "sort", "cursor"})


@blueprint.before_request
def _take_photos() -> None:
    """A step may bring photos: more than any other form weighs."""
    if request.endpoint == _STEPS:
        request.max_content_length = _PHOTOS_BYTES


@page(blueprint, "/findings", Page(verb=Verb.FINDING_READ, query=FindingFilters))
def list_findings(call: Call) -> Any:
    """The findings in sight, those that are due first; whoever asks for nothing sees what is open."""
    filters = call.query if request.args.keys() - _MANNERS else {**call.query, "open": True}
    found = view_rows(call.actor, filters, call.now)
    words = {"sorts": SORTS, "statuses": tuple(Status), "severities": tuple(Severity)}
    return render(call, "findings.html", found=found, filters=filters, **words)


@page(blueprint, "/findings/<key:finding>", Page(verb=Verb.FINDING_READ))
def show_finding(call: Call, finding: str) -> Any:
    """One finding with everything that happened to it, and what this person may do now."""
    found = finding_page.view_page(call.actor, finding, call.now)
    return render(call, "finding.html", found=found, proved=finding_work.proved_steps(found["row"].severity))


@action(
    blueprint,
    "/findings/<key:finding>/steps",
    Action(verb=Verb.FINDING_READ, form=StepForm, again=show_finding, at=_BESIDE, own_transactions=True),
)
def take_step(call: Call, finding: str) -> Any:
    """Take one step, with its photos; each step has a permission of its own."""
    step, values, address = call.form["step"], finding_bulk.values_of(call.form), f"/findings/{finding}"
    with transaction():
        before = once.led_to(call)
    if before is not None:
        return done(before, "console.done.before")
    finding_bulk.require_offer(call.actor, finding, step, call.now)
    if finding_work.asks_proof(call.actor, finding, step):
        require_proof(call)
    kept = [proofs.keep(content, call.now) for content in _photos()]
    with transaction() as running:
        proofs.step_with(desk_of(call, running), finding, step, values, kept)
        once.remember(call, address)
    return done(address, f"finding.done.{step}")


@action(
    blueprint,
    "/findings/<key:finding>/settle",
    Action(verb=Verb.VISIT_SETTLE, form=SettledField, again=show_finding),
)
def settle_finding(call: Call, finding: str) -> Any:
    """Let one of the things that two people said stand."""
    settling.settle_field(desk_of(call), finding, call.form["field"], call.form["operation"])
    return done(f"/findings/{finding}", "finding.done.settled")


@action(blueprint, "/findings/steps", Action(verb=Verb.FINDING_READ, form=BulkForm, own_transactions=True))
def take_steps(call: Call) -> Any:
    """Take the same step for several findings, each by itself: what cannot be done says why and stops none."""
    back = own_path(call.form.get("back"), "/findings")
    # Said before the first of them is done: each has a transaction of its own, and a twin must not come between.
    with transaction():
        before = once.led_to(call)
        if before is None:
            once.remember(call, back)
    if before is not None:
        return done(before, "console.done.before")
    outcomes = finding_bulk.take_all(call.actor, call.form, lambda running: desk_of(call, running))
    return render(call, "findings_done.html", outcomes=outcomes, step=call.form["step"], back=back)


def _photos() -> list[bytes]:
    """What was chosen as photos. Raises Invalid for too many."""
    chosen = [file for file in request.files.getlist("photos") if file.filename]
    if len(chosen) > proofs.AT_MOST:
        raise Invalid("too_many_photos", most=proofs.AT_MOST)
    return [file.read() for file in chosen]
