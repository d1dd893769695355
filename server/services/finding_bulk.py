"""A step for one finding, or for many at once: each in a transaction of its own, each with an outcome of its own."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from patrol.errors import Conflict, DomainError, NotFound
from patrol.finding_steps import TABLE
from patrol.findings import Step
from patrol.permissions import Actor, Role, scopes
from patrol.steps import Field, Rule
from server.db import Transaction, db, transaction
from server.queries import finding_lists
from server.queries.findings import get_finding
from server.services import finding_page, finding_work
from server.services.office import Desk

#: What may be done for several at once, and the key that asks for it on the list.
BULK: Mapping[Step, str] = {
    Step.NOTIFY: "n",
    Step.GRANT_EXTENSION: "g",
    Step.REFUSE_EXTENSION: "d",
    Step.PASS_RECHECK: "p",
    Step.ASK_RECHECK: "a",
    Step.ASK_EXTENSION: "e",
}
_NAMES = frozenset(field.name for rule in TABLE for field in rule.fields)


@dataclass(frozen=True)
class Outcome:
    """What became of one finding: `error` is None where the step was taken."""

    finding: str
    text: str
    mine: str
    error: DomainError | None = None


def steps_for(role: Role) -> list[tuple[Step, str, tuple[Field, ...]]]:
    """(step, key, what it asks for) of every step that the role ever takes for several at once."""
    return [(step, key, rule.fields) for step, key in BULK.items() if (rule := _rule(step, role))]


def quick_step(role: Role, status: str) -> Step | None:
    """The step that a row of this status offers the role at the press of a key."""
    there = (step for step in BULK if any(status in r.sources and scopes(role, r.verb) for r in _rules(step)))
    return next((step for step in there if step in _NEXT.get(status, ())), None)


_NEXT: Mapping[str, tuple[Step, ...]] = {
    "recorded": (Step.NOTIFY,),
    "awaiting_recheck": (Step.PASS_RECHECK,),
    "rectifying": (Step.ASK_RECHECK,),
}


def _rules(step: Step) -> Iterator[Rule[Any]]:
    return (rule for rule in TABLE if rule.step == step)


def _rule(step: Step, role: Role) -> Rule[Any] | None:
    return next((rule for rule in _rules(step) if scopes(role, rule.verb)), None)


def values_of(form: Mapping[str, Any]) -> dict[str, Any]:
    """What a form says, in the words of a step; the clause of a confirmation is a standard and an article."""
    values = {name: _plain(value) for name, value in form.items() if name in _NAMES}
    standard, _, article = form.get("clause", "").partition(" ")
    return values | ({"standard": standard, "article": article} if article else {})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def require_offer(actor: Actor, finding: str, step: str, now: datetime) -> None:
    """Raise what the step would raise for its place, before anything large is stored for it.

    Raises NotFound, Conflict `step_not_from_here` or the code of what stands in the way.
    """
    offers = finding_page.offers_of(actor, finding_page.look(actor, finding).value, now)
    offer = next((offer for offer in offers if offer.step == step), None)
    if offer is None:
        raise Conflict("step_not_from_here", step=step)
    for code in offer.blocked:
        raise Conflict(code, step=step)


def take_all(actor: Actor, form: Mapping[str, Any], desk: Callable[[Transaction], Desk]) -> list[Outcome]:
    """Take the step for every finding that was chosen, in the order of choosing."""
    if form["step"] not in {step.value for step in BULK}:
        raise Conflict("step_not_in_bulk", step=form["step"])
    values = values_of(form)
    return [_take(actor, finding, form["step"], values, desk) for finding in dict.fromkeys(form["findings"])]


def _take(
    actor: Actor, finding: str, step: str, values: Mapping[str, Any], desk: Callable[[Transaction], Desk]
) -> Outcome:
    try:
        row = get_finding(actor, finding)
    except NotFound as error:
        return Outcome(finding, "", "", error)
    told = Outcome(finding, row.text, finding_lists.names_of([row])["mines"].get(row.mine_id, ""))
    try:
        with transaction() as running:
            finding_work.take_step(desk(running), finding, step, values)
    except DomainError as error:
        return Outcome(told.finding, told.text, told.mine, error)
    finally:
        db.session.rollback()
    return told
