"""Keeps, by mine and week, what the visits come to for the weekly round, so that lists need not count visits.

Under the lock of the mine's stream. What counts is `patrol.rounds`; only when it can have changed is it asked again.
"""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from patrol.duties import DutyFacts
from patrol.periods import Period, parse, week_of
from patrol.rounds import week_facts
from server.db import db
from server.models.coverage import WeekRound
from server.models.visit import Visit
from server.queries.duties import contracts_within, round_visits
from server.services.upsert import put
from sync.known import VisitWrite

_KEYS = ("county_id", "week", "mine_id")
_FACTS = ("begun", "met", "late")


def note_visit(visit: VisitWrite, county: str) -> None:
    """Take in a visit whose header has just been written.

    A visit that is opened begins its week; nothing else counts before it is submitted, nor changes but by a ruling.
    """
    week = week_of(date.fromisoformat(visit.identity.date))
    if visit.submitted is not None or "visit/status" in visit.changed:
        _save(county, visit.identity.mine, week, _facts(visit.identity.mine, week))
    elif visit.created:
        row = _row(county, visit.identity.mine, week, DutyFacts(begun=True))
        put(WeekRound, _KEYS, (), [row])


def recount(county: str, mine: str, weeks: Iterable[Period]) -> None:
    """Hold the weeks against the visits and contracts as they are now."""
    for week in weeks:
        _save(county, mine, week, _facts(mine, week))


def recount_since(county: str, mine: str, since: date) -> None:
    """The same for every week from `since` on that has a visit: a contract is another one now."""
    first = week_of(since)
    query = select(Visit.week).where(Visit.mine_id == mine, Visit.local_date >= first.first).distinct()
    recount(county, mine, [parse(week) for week in db.session.scalars(query)])


def _facts(mine: str, week: Period) -> DutyFacts:
    return week_facts(round_visits([mine], week), contracts_within([mine], week), mine, week)


def _save(county: str, mine: str, week: Period, facts: DutyFacts) -> None:
    put(WeekRound, _KEYS, _FACTS, [_row(county, mine, week, facts)])


def _row(county: str, mine: str, week: Period, facts: DutyFacts) -> dict[str, object]:
    told = {"begun": facts.begun, "met": facts.met, "late": facts.late}
    return {"county_id": county, "week": week.id, "mine_id": mine, **told}
