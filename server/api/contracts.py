"""Contracts (包保) and excuses from their duties."""

from dataclasses import replace
from typing import Any

from patrol.permissions import Verb
from schemas import contract as shapes
from schemas.page import page_of
from schemas.user import LastDay
from server.api.operation import Call, Route, operation
from server.http.openapi import Blueprint
from server.queries import contracts as queries
from server.services import contracts as service
from server.services import excuses as excuse_service

blueprint = Blueprint("contracts", __name__, url_prefix="/api/v1", description="Contracts")

_CONTRACT = Route(answer=shapes.Contract, versioned=True)


@operation(
    blueprint,
    "GET",
    "/contracts",
    Route(verb=Verb.CONTRACT_READ, query=shapes.ContractQuery, answer=page_of(shapes.Contract)),
)
def list_contracts(call: Call) -> Any:
    """List the contracts in sight, newest first."""
    return queries.list_contracts(call.actor, call.query)


@operation(
    blueprint,
    "POST",
    "/contracts",
    replace(_CONTRACT, verb=Verb.CONTRACT_WRITE, body=shapes.NewContract, status=201),
)
def begin_contract(call: Call) -> Any:
    """Contract a team to a mine."""
    return service.begin_contract(call.actor, call.body, call.now)


@operation(blueprint, "GET", "/contracts/<key:contract>", replace(_CONTRACT, verb=Verb.CONTRACT_READ))
def get_contract(call: Call, contract: str) -> Any:
    """Read one contract."""
    return queries.get_contract(call.actor, contract)


@operation(
    blueprint,
    "POST",
    "/contracts/<key:contract>/end",
    replace(_CONTRACT, verb=Verb.CONTRACT_WRITE, body=LastDay),
)
def end_contract(call: Call, contract: str) -> Any:
    """Set or move the last day of a contract."""
    last_day = call.body["until_date"]
    return service.end_contract(call.actor, contract, call.version, last_day, call.now)


@operation(
    blueprint,
    "POST",
    "/contracts/<key:contract>/hand-over",
    Route(verb=Verb.CONTRACT_WRITE, body=shapes.HandOver, answer=shapes.HandedOver, versioned=True),
)
def hand_over_mine(call: Call, contract: str) -> Any:
    """Give the mine to another team from a day on: both contracts change, or neither."""
    return service.hand_over(call.actor, contract, call.version, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/excuses",
    Route(verb=Verb.DUTY_READ, query=shapes.ExcuseQuery, answer=page_of(shapes.Excuse)),
)
def list_excuses(call: Call) -> Any:
    """List the excuses in sight, newest first."""
    return queries.list_excuses(call.actor, call.query)


@operation(
    blueprint,
    "POST",
    "/excuses",
    Route(verb=Verb.DUTY_EXCUSE, body=shapes.NewExcuse, answer=shapes.Excuse, status=201),
)
def grant_excuse(call: Call) -> Any:
    """Excuse a mine from duties between two days."""
    return excuse_service.grant_excuse(call.actor, call.body, call.now)


@operation(
    blueprint,
    "GET",
    "/excuses/<key:excuse>",
    Route(verb=Verb.DUTY_READ, answer=shapes.Excuse),
)
def get_excuse(call: Call, excuse: str) -> Any:
    """Read one excuse."""
    return queries.get_excuse(call.actor, excuse)


@operation(
    blueprint,
    "POST",
    "/excuses/<key:excuse>/withdraw",
    Route(verb=Verb.DUTY_EXCUSE, answer=shapes.Excuse),
)
def withdraw_excuse(call: Call, excuse: str) -> Any:
    """Withdraw an excuse: the duty is owed again."""
    return excuse_service.withdraw_excuse(call.actor, excuse, call.now)
