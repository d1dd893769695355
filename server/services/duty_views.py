"""The duties of a period and how they stand today. Reads only; the states are the rules' to say."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from patrol.duties import Duty, DutyFacts, Standing, duties_of, standing
from patrol.periods import Period, PeriodKind, parse
from patrol.permissions import Actor
from patrol.rounds import week_facts
from server.queries import duties as queries
from server.queries.contracts import value_of
from server.queries.paging import Page


def list_duties(actor: Actor, wanted: Mapping[str, Any], today: date) -> Page[dict[str, Any]]:
    """A page of duties by mine. Raises Invalid for a period that there is not."""
    period = parse(wanted["period"])
    bearers = queries.list_bearers(actor, period, wanted)
    owed = duties_of([value_of(row) for row in bearers.items], period)
    mines = [duty.mine for duty in owed]
    excuses = queries.excuses_within(mines, period)
    facts = _facts(mines, period)
    stand = [standing(duty, facts.get(duty.mine, DutyFacts()), excuses, today) for duty in owed]
    return Page([_told(one) for one in stand], bearers.next)


def _facts(mines: list[str], period: Period) -> dict[str, DutyFacts]:
    if period.kind is PeriodKind.MONTH:
        return queries.month_facts(mines, period)
    contracts = queries.contracts_within(mines, period)
    visits = queries.round_visits(mines, period)
    return {mine: week_facts(visits, contracts, mine, period) for mine in mines}


def _told(stands: Standing) -> dict[str, Any]:
    duty: Duty = stands.duty
    return {
        "kind": duty.kind.value,
        "period": duty.period.id,
        "first_day": duty.period.first,
        "last_day": duty.period.last,
        "mine_id": duty.mine,
        "team_id": duty.team,
        "contract_id": duty.contract,
        "state": stands.state.value,
        "late": stands.late,
        "excuse_id": stands.excuse.id if stands.excuse else None,
    }
