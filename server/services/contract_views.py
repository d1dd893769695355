"""Contracts and excuses as the console shows them, and what a hand-over would change before it is made. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from patrol.contracts import hand_over
from patrol.periods import Period, month_of, week_of
from patrol.permissions import Actor
from server.models.contract import Contract
from server.queries import handing_over
from server.queries.contracts import get_contract, list_contracts, list_excuses, value_of
from server.queries.mines import list_mines
from server.queries.paging import Page
from server.queries.people import names_of, names_of_subjects
from server.queries.teams import get_team, list_teams

_ALL = {"limit": 500}


def view_contracts(actor: Actor, wanted: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A page of contracts, newest first, with names, and what a new one could name."""
    found = list_contracts(actor, wanted)
    names = _names(found.items)
    return {
        "rows": [_row(row, names, today) for row in found.items],
        "next": found.next,
        "mines": _choices(list_mines(actor, _ALL | {"closed": False}).items),
        "teams": _choices(list_teams(actor, _ALL | {"dissolved": False}).items),
        "today": today,
    }


def view_contract(actor: Actor, contract_id: str, today: date) -> dict[str, Any]:
    """One contract with the others of its mine. Raises NotFound."""
    contract = get_contract(actor, contract_id)
    beside = list_contracts(actor, _ALL | {"mine": contract.mine_id}).items
    names = _names((*beside, contract))
    free = [row for row in list_teams(actor, _ALL | {"dissolved": False}).items if row.id != contract.team_id]
    return {
        **_row(contract, names, today),
        "beside": [_row(row, names, today) for row in beside],
        "teams": _choices(free),
        "today": today,
    }


def preview(actor: Actor, contract_id: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What the hand-over would change: who bears the running duties, what is under way, what phones still hold.

    Raises what the hand-over itself would raise for its days and its team.
    """
    contract, team = get_contract(actor, contract_id), get_team(actor, given["team_id"])
    first: date = given["from_date"]
    planned = hand_over(value_of(contract), team.id, first, "")
    unsent = handing_over.unsent_of(contract.team_id)
    return {
        "team": team,
        "first": first,
        "last": planned.ended.until_date,
        "bearers": [_bearer(period, first) for period in (week_of(first), month_of(first))],
        "findings": handing_over.open_findings(contract.mine_id),
        "visits": handing_over.unsubmitted_visits(contract.mine_id, contract.team_id),
        "unsent": {"operations": unsent[0], "photos": unsent[1]},
    }


def _bearer(period: Period, first: date) -> dict[str, Any]:
    """Who holds the contract on the period's last day bears its duty; the former team has what lies before."""
    return {"period": period, "split": period.first < first, "days_before": max(timedelta(), first - period.first).days}


def view_excuses(actor: Actor, wanted: Mapping[str, Any], now: datetime, today: date) -> dict[str, Any]:
    """A page of excuses, newest first, with names, and the mines that one could be for."""
    found = list_excuses(actor, wanted)
    mines = names_of_subjects(("mine", row.mine_id) for row in found.items)
    people = names_of(row.excused_by for row in found.items)
    return {
        "page": Page([_excuse(row, mines, people, today) for row in found.items], found.next),
        "mines": _choices(list_mines(actor, _ALL | {"closed": False}).items),
        "today": today,
        "now": now,
    }


def _excuse(row: Any, mines: Mapping[str, str], people: Mapping[str, str], today: date) -> dict[str, Any]:
    holds = row.withdrawn_at is None and row.from_date <= today <= row.until_date
    state = "withdrawn" if row.withdrawn_at else "holds" if holds else "over" if row.until_date < today else "to_come"
    return {"excuse": row, "mine": mines[row.mine_id], "by": people[row.excused_by], "state": state}


def _row(row: Contract, names: Mapping[str, str], today: date) -> dict[str, Any]:
    over = row.until_date is not None and row.until_date < today
    state = "over" if over else "to_come" if row.from_date > today else "holds"
    return {"contract": row, "mine": names[row.mine_id], "team": names[row.team_id], "state": state}


def _names(rows: Sequence[Contract]) -> Mapping[str, str]:
    """Mines and teams by id."""
    return names_of_subjects(pair for row in rows for pair in (("mine", row.mine_id), ("team", row.team_id)))


def _choices(rows: Sequence[Any]) -> list[tuple[str, str]]:
    return [(row.id, row.name) for row in rows]
