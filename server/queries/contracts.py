"""Contracts and excuses as an actor may see them."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import select

from patrol.contracts import Contract as ContractValue
from patrol.errors import NotFound
from patrol.permissions import Actor, Verb, reach
from server.db import db
from server.models.contract import Contract, Excuse
from server.models.mine import Mine
from server.queries.paging import Order, Page, page
from server.queries.reach import open_on, within


def list_contracts(actor: Actor, wanted: Mapping[str, Any]) -> Page[Contract]:
    """A page of contracts, newest first; filters `team`, `mine`, `on`."""
    query = select(Contract).where(_in_reach(actor))
    if "team" in wanted:
        query = query.where(Contract.team_id == wanted["team"])
    if "mine" in wanted:
        query = query.where(Contract.mine_id == wanted["mine"])
    if "on" in wanted:
        query = query.where(open_on(Contract.from_date, Contract.until_date, wanted["on"]))
    return page(query, Order((Contract.from_date, Contract.id), newest_first=True), wanted)


def get_contract(actor: Actor, contract: str) -> Contract:
    """One contract. Raises NotFound."""
    query = select(Contract).where(Contract.id == contract, _in_reach(actor))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("not_found", noun="contract")
    return found


def contracts_of_mine(mine: str) -> list[ContractValue]:
    """Every contract of a mine as values of the rules, locked until the commit of a writer."""
    query = select(Contract).where(Contract.mine_id == mine).with_for_update()
    return [value_of(row) for row in db.session.scalars(query)]


def value_of(row: Contract) -> ContractValue:
    """A contract's row as a value of the rules."""
    return ContractValue(row.id, row.team_id, row.mine_id, row.from_date, row.until_date)


def list_contracts_between(actor: Actor, first: date, last: date) -> Sequence[Contract]:
    """The contracts in reach of DUTY_READ that hold on any day between."""
    seen = reach(actor, Verb.DUTY_READ)
    query = select(Contract).where(
        within(seen, Contract.county_id, team=Contract.team_id, mine=Contract.mine_id),
        Contract.from_date <= last,
        Contract.until_date.is_(None) | (Contract.until_date >= first),
    )
    return db.session.scalars(query).all()


def _in_reach(actor: Actor) -> Any:
    seen = reach(actor, Verb.CONTRACT_READ)
    return within(seen, Contract.county_id, team=Contract.team_id, mine=Contract.mine_id)


def list_excuses(actor: Actor, wanted: Mapping[str, Any]) -> Page[Excuse]:
    """A page of excuses, newest first; filters `mine`, `on`, `withdrawn`."""
    query = select(Excuse).where(_excuses_in_reach(actor))
    if "mine" in wanted:
        query = query.where(Excuse.mine_id == wanted["mine"])
    if "on" in wanted:
        query = query.where(open_on(Excuse.from_date, Excuse.until_date, wanted["on"]))
    if "withdrawn" in wanted:
        query = query.where(Excuse.withdrawn_at.is_not(None) == wanted["withdrawn"])
    return page(query, Order((Excuse.from_date, Excuse.id), newest_first=True), wanted)


def get_excuse(actor: Actor, excuse: str) -> Excuse:
    """One excuse. Raises NotFound."""
    query = select(Excuse).where(Excuse.id == excuse, _excuses_in_reach(actor))
    found = db.session.scalar(query)
    if found is None:
        raise NotFound("not_found", noun="excuse")
    return found


def _excuses_in_reach(actor: Actor) -> Any:
    """An excuse is of a mine: a team sees those of the mines that it is contracted to."""
    return within(reach(actor, Verb.DUTY_READ), Excuse.county_id, mine=Excuse.mine_id)


def find_duty_mine(actor: Actor, mine: str) -> Mine:
    """The mine of a duty. Raises NotFound when the actor may not read its duties."""
    in_reach = within(reach(actor, Verb.DUTY_READ), Mine.county_id, mine=Mine.id)
    found = db.session.scalar(select(Mine).where(Mine.id == mine, in_reach))
    if found is None:
        raise NotFound("not_found", noun="mine")
    return found
