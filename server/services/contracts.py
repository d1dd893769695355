"""Begins, ends and hands over contracts. On any day at most one team holds a mine; a hand-over is one change."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from patrol.contracts import Contract as ContractValue
from patrol.contracts import check_contract
from patrol.contracts import hand_over as planned_hand_over
from patrol.errors import Conflict
from patrol.permissions import Actor, Subject, Verb, require
from server.db import db
from server.models.contract import Contract
from server.queries.contracts import contracts_of_mine, get_contract, value_of
from server.queries.mines import get_mine
from server.queries.reach import subject_of
from server.queries.teams import get_team
from server.services import audit, week_rounds
from server.services.feed import emit, lock_streams
from server.services.versions import change, locked
from server.tokens import new_id


class HandedOver(NamedTuple):
    """Both contracts after a hand-over."""

    ended: Contract
    begun: Contract

    @property
    def version(self) -> int:
        """Of the contract that was handed over."""
        return self.ended.version


def begin_contract(actor: Actor, given: Mapping[str, Any], now: datetime) -> Contract:
    """Contract a team to a mine. Raises ContractOverlap, Invalid, NotFound."""
    require(actor, Verb.CONTRACT_WRITE, Subject(actor.county))
    team, mine = given["team_id"], given["mine_id"]
    _check_team(actor, team, given["from_date"])
    get_mine(actor, mine)
    lock_streams(db.session(), [f"mine:{mine}", f"team:{team}"])
    value = ContractValue(new_id(), team, mine, given["from_date"], given["until_date"])
    check_contract(value, contracts_of_mine(mine))
    return _begun(actor, value, now)


def end_contract(actor: Actor, contract_id: str, expected: int | None, last_day: date, now: datetime) -> Contract:
    """Set or move the last day of a contract. Raises Outdated, ContractOverlap, Invalid, NotFound."""
    contract = get_contract(actor, contract_id)
    require(actor, Verb.CONTRACT_WRITE, subject_of(contract))
    lock_streams(db.session(), [f"mine:{contract.mine_id}", f"team:{contract.team_id}"])
    locked(contract)
    value = ContractValue(contract.id, contract.team_id, contract.mine_id, contract.from_date, last_day)
    check_contract(value, contracts_of_mine(contract.mine_id))
    return _ended(actor, contract, expected, last_day, now)


def hand_over(
    actor: Actor, contract_id: str, expected: int | None, given: Mapping[str, Any], now: datetime
) -> HandedOver:
    """Give the mine to another team from a day on: ends one contract and begins the other, or neither."""
    contract = get_contract(actor, contract_id)
    require(actor, Verb.CONTRACT_WRITE, subject_of(contract))
    team = given["team_id"]
    _check_team(actor, team, given["from_date"])
    streams = [f"mine:{contract.mine_id}", f"team:{contract.team_id}", f"team:{team}"]
    lock_streams(db.session(), streams)
    plan = planned_hand_over(value_of(locked(contract)), team, given["from_date"], new_id())
    others = [c for c in contracts_of_mine(contract.mine_id) if c.id != contract.id]
    check_contract(plan.begun, others)
    last_day = plan.ended.until_date
    ended = _ended(actor, contract, expected, last_day, now)
    return HandedOver(ended, _begun(actor, plan.begun, now))


def _begun(actor: Actor, value: ContractValue, now: datetime) -> Contract:
    row = Contract(
        id=value.id,
        county_id=actor.county,
        team_id=value.team,
        mine_id=value.mine,
        from_date=value.from_date,
        until_date=value.until_date,
        feed_seq=emit(db.session(), f"team:{value.team}"),
    )
    db.session.add(row)
    audit.record(actor, now, Verb.CONTRACT_WRITE, row, None)
    week_rounds.recount_since(row.county_id, row.mine_id, row.from_date)
    return row


def _ended(actor: Actor, row: Contract, expected: int | None, last_day: date | None, now: datetime) -> Contract:
    before, earlier = audit.snapshot(row), row.until_date
    change(row, expected, {"until_date": last_day})
    row.feed_seq = emit(db.session(), f"team:{row.team_id}")
    audit.record(actor, now, Verb.CONTRACT_WRITE, row, before)
    moved = [day for day in (earlier, last_day) if day is not None]
    week_rounds.recount_since(row.county_id, row.mine_id, min(moved, default=row.from_date))
    return row


def _check_team(actor: Actor, team: str, first_day: date) -> None:
    row = get_team(actor, team)
    if row.dissolved_on is not None and row.dissolved_on <= first_day:
        raise Conflict("team_dissolved", team=team, dissolved_on=row.dissolved_on.isoformat())
