"""What the office and the mines do after the visits: findings go their ways, old visits are sealed, by signed steps.

Steps are planned when a visit has arrived and taken when their time comes, so that the log grows in the order of days.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from checklists.definition import Item
from patrol.periods import local_date
from patrol.permissions import Actor, Role
from server.db import db, transaction
from server.demo.county import DemoCounty
from server.demo.material import county as material
from server.demo.patrols import Patrol
from server.keys import current_key
from server.receipt_ids import new_receipt_id
from server.services import epochs
from server.services.exchange import Moment, Now
from server.services.finding_work import take_step
from server.services.office import Desk
from server.services.sealing import seal

_SEALED_AFTER = timedelta(days=28)
#: Which way the n-th finding goes: put right, put right at the second try, told only, planned only, not told yet.
_WAYS = ("closed", "closed", "second_try", "closed", "told", "closed", "planned", "closed", "closed", "recorded")


@dataclass(frozen=True)
class Planned:
    """A step to be taken: `who` is leader, mine_user or supervisor; without a finding the visit is sealed."""

    mine: str
    who: str
    finding: str = ""
    step: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    visit: str = ""


@dataclass
class Office:
    """What is still to be done, by its time."""

    made: DemoCounty
    waiting: list[tuple[datetime, int, Planned]] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=count)
    findings: Iterator[int] = field(default_factory=count)

    def plan(self, patrol: Patrol) -> None:
        """Plan what follows from a visit."""
        outing = patrol.outing
        for finding, key in patrol.findings.items():
            grave = outing.suspected and bool(patrol.items[key].severity.may_be_major)
            way = "major" if grave else _WAYS[next(self.findings) % len(_WAYS)]
            for days, who, step, values in _steps(way, outing.arrives, patrol.items[key]):
                at = outing.arrives + timedelta(days=days, hours=1)
                self._wait(at, Planned(outing.mine, who, finding, step, values))
        if outing.submitted:
            self._wait(outing.arrives + _SEALED_AFTER, Planned(outing.mine, "supervisor", visit=patrol.visit))

    def work_until(self, moment: datetime) -> None:
        """Do everything whose time has come."""
        while self.waiting and self.waiting[0][0] <= moment:
            at, _, planned = heapq.heappop(self.waiting)
            with transaction() as tx:
                now = Now(at, new_receipt_id(current_key(), at))
                actor = self._actor(planned, at)
                desk = Desk(actor, f"demo {actor.person}", Moment(now, epochs.current()), current_key(), tx)
                if planned.finding:
                    take_step(desk, planned.finding, planned.step, planned.values)
                else:
                    seal(desk, planned.visit, None)
            db.session.rollback()

    def _wait(self, at: datetime, planned: Planned) -> None:
        heapq.heappush(self.waiting, (at, next(self.numbers), planned))

    def _actor(self, planned: Planned, at: datetime) -> Actor:
        people = self.made.people
        if planned.who == "supervisor":
            return people.acting("supervisor", Role.SUPERVISOR)
        if planned.who == "mine_user":
            return people.acting("mine_user", Role.MINE_USER, planned.mine)
        code = next(code for code, mine in self.made.mines.items() if mine == planned.mine)
        team = self.made.team_on(code, local_date(at))
        leads = people.leader(team)
        return Actor(leads.person, leads.role, leads.county, leads.team, contracted=frozenset({planned.mine}))


def _steps(way: str, since: datetime, item: Item) -> Iterator[tuple[int, str, str, dict[str, Any]]]:
    """(days after the visit arrived, who, step, values) of one way."""
    words = material()["words"]
    day = local_date(since)
    told = {"handed_to": material()["companion"], "answer": "signed"}
    planned = words["plan"] | {"deadline": (day + timedelta(days=7)).isoformat()}
    failed = {"reason": words["still_wrong"], "deadline": (day + timedelta(days=14)).isoformat()}
    if way == "recorded":
        return
    yield 0, "leader", "notify", told
    if way == "major":
        link = item.severity.may_be_major[-1]
        until = (day + timedelta(days=45)).isoformat()
        yield 1, "supervisor", "confirm", {"standard": link.standard, "article": link.article}
        yield 2, "supervisor", "list", {"supervised_by": material()["county"]["name"], "until": until}
        yield 4, "mine_user", "file_plan", planned | {"deadline": until}
        return
    if way == "told":
        return
    yield 1, "mine_user", "file_plan", planned
    if way == "planned":
        return
    yield 4, "mine_user", "ask_recheck", words["fixed"]
    if way == "second_try":
        yield 6, "leader", "fail_recheck", failed
        yield 9, "mine_user", "ask_recheck", words["fixed"]
        yield 11, "leader", "pass_recheck", {}
    else:
        yield 6, "leader", "pass_recheck", {}
