"""Who is contracted to which mine (包保), the hand-over from one team to another, and excuses from duties."""

from dataclasses import replace
from typing import Any

from flask import Blueprint

from patrol.errors import Conflict, Invalid
from patrol.periods import local_date
from patrol.permissions import Verb
from schemas.contract import ContractQuery, ExcuseQuery, HandOver, NewContract, NewExcuse
from schemas.fields import Day, Identifier, Shape
from schemas.user import LastDay
from server.console.answers import done, render
from server.console.call import Call
from server.console.forms import errors_of
from server.console.page import Action, Page, action, page
from server.services import contract_views as views
from server.services import contracts as service
from server.services import excuses as excuse_service

blueprint = Blueprint("contract_pages", __name__)


#: Beside which field of the wizard's first step a refusal stands.
_AT = {
    "hand_over_outside_contract": "from_date",
    "contract_overlap": "from_date",
    "hand_over_to_the_same_team": "team_id",
}


class HandOverFilters(Shape):
    """The wizard's first step as its address says it."""

    team_id = Identifier()
    from_date = Day()


@page(blueprint, "/contracts", Page(verb=Verb.CONTRACT_READ, query=ContractQuery))
def list_contracts(call: Call) -> Any:
    """The contracts in sight, newest first."""
    found = views.view_contracts(call.actor, call.query, local_date(call.now))
    return render(call, "contracts.html", found=found, filters=call.query)


@action(
    blueprint,
    "/contracts",
    Action(verb=Verb.CONTRACT_WRITE, form=NewContract, again=list_contracts, at={"contract_overlap": "from_date"}),
)
def begin_contract(call: Call) -> Any:
    """Contract a team to a mine."""
    contract = service.begin_contract(call.actor, call.form, call.now)
    return done(f"/contracts/{contract.id}", "contract.done.begun")


@page(blueprint, "/contracts/<key:contract>", Page(verb=Verb.CONTRACT_READ))
def show_contract(call: Call, contract: str) -> Any:
    """One contract, and who else had the mine."""
    return render(call, "contract.html", found=views.view_contract(call.actor, contract, local_date(call.now)))


@action(
    blueprint,
    "/contracts/<key:contract>/end",
    Action(verb=Verb.CONTRACT_WRITE, form=LastDay, again=show_contract),
)
def end_contract(call: Call, contract: str) -> Any:
    """Set or move the last day of a contract."""
    service.end_contract(call.actor, contract, None, call.form["until_date"], call.now)
    return done(f"/contracts/{contract}", "contract.done.ended")


@page(blueprint, "/contracts/<key:contract>/hand-over", Page(verb=Verb.CONTRACT_WRITE, query=HandOverFilters))
def show_hand_over(call: Call, contract: str) -> Any:
    """The wizard: to whom and when, then what it changes, then the last word."""
    found = views.view_contract(call.actor, contract, local_date(call.now))
    chosen = {name: call.query[name] for name in ("team_id", "from_date") if name in call.query}
    try:
        changes = views.preview(call.actor, contract, chosen) if len(chosen) == 2 else None
    except (Conflict, Invalid) as error:
        wrong = replace(call, errors={**call.errors, **errors_of(error, _AT)})
        refused = render(wrong, "hand_over.html", found=found, chosen=chosen, changes=None)
        refused.status_code = 409 if isinstance(error, Conflict) else 422
        return refused
    return render(call, "hand_over.html", found=found, chosen=chosen, changes=changes)


@action(
    blueprint,
    "/contracts/<key:contract>/hand-over",
    Action(verb=Verb.CONTRACT_WRITE, form=HandOver, again=show_hand_over, at=_AT),
)
def hand_over(call: Call, contract: str) -> Any:
    """Give the mine to the other team: both contracts change, or neither."""
    changed = service.hand_over(call.actor, contract, None, call.form, call.now)
    return done(f"/contracts/{changed.begun.id}", "contract.done.handed_over")


@page(blueprint, "/excuses", Page(verb=Verb.DUTY_READ, query=ExcuseQuery))
def list_excuses(call: Call) -> Any:
    """The excuses in sight, newest first."""
    found = views.view_excuses(call.actor, call.query, call.now, local_date(call.now))
    return render(call, "excuses.html", found=found, filters=call.query)


@action(
    blueprint,
    "/excuses",
    Action(
        verb=Verb.DUTY_EXCUSE, form=NewExcuse, again=list_excuses, at={"excuse_ends_before_it_begins": "until_date"}
    ),
)
def grant_excuse(call: Call) -> Any:
    """Excuse a mine from duties between two days, with the reason."""
    excuse_service.grant_excuse(call.actor, call.form, call.now)
    return done("/excuses", "contract.done.excused")


@action(blueprint, "/excuses/<key:excuse>/withdraw", Action(verb=Verb.DUTY_EXCUSE))
def withdraw_excuse(call: Call, excuse: str) -> Any:
    """Withdraw an excuse: the duty is owed again."""
    excuse_service.withdraw_excuse(call.actor, excuse, call.now)
    return done("/excuses", "contract.done.withdrawn")
