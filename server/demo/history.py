"""Two months of patrols in the demo county, made as they would have come about: phones write, exchanges store.

Deterministic by its seed apart from ids and keys. Writes no row of a visit by hand.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from checklists.definition import Item
from server.db import db
from server.demo import phones
from server.demo.calendar import Planned, planned
from server.demo.county import DemoCounty
from server.demo.follow_up import Office
from server.demo.material import county as material
from server.demo.patrols import Group, Outing, Patrol
from server.services import asked, editions

SEED = 20260701
_CARRIED = (0, 0, 1, 1, 1)


def make_history(
    made: DemoCounty, now: datetime, seed: int = SEED, goes_on: Callable[[], bool] = lambda: True
) -> list[Patrol]:
    """Every visit of the calendar up to `now`, as long as it `goes_on`; opens transactions of its own.

    Returns the patrols in their order.
    """
    dice = random.Random(seed)  # noqa: S311 - it chooses readings, not secrets
    groups = {team["key"]: _group(made, team["key"], now) for team in material()["teams"]}
    found, office = [], Office(made)
    for visit in planned(now):
        if not goes_on():
            break
        office.work_until(visit.begins)
        group = groups[made.team_on(visit.mine, visit.day)]
        patrol = Patrol(group, *_outing(made, visit, now, dice), dice)
        patrol.go()
        office.plan(patrol)
        found.append(patrol)
    office.work_until(now)
    return found


def _group(made: DemoCounty, team: str, now: datetime) -> Group:
    people = made.people
    members = people.members[team]
    name = people.names[people.teams[team]]
    since = planned(now)[0].begins
    carried = [
        phones.enrol(
            people.leader(team),
            f"{name}{number + 1}号",
            [person for person, carrier in zip(members, _CARRIED, strict=True) if carrier == number],
            since,
        )
        for number in sorted(set(_CARRIED))
    ]
    names = [people.names[person] for person in members]
    carriers = [carried[number] for number in _CARRIED]
    return Group(people.teams[team], members, names, material()["specialties"], carriers)


def _outing(made: DemoCounty, visit: Planned, now: datetime, dice: random.Random) -> tuple[Outing, Mapping[str, Item]]:
    edition = editions.edition_in_force(made.people.county, visit.day)
    mine = made.mines[visit.mine]
    pairs = list(asked.pairs_on(mine, edition.digest, visit.day, "round"))
    if visit.kind == "full":
        in_round = set(pairs)
        whole = asked.pairs_on(mine, edition.digest, visit.day, "monthly")
        pairs = [pair for pair in whole if pair not in in_round]
    db.session.rollback()
    pairs = _by_sign(made, pairs)
    first, last = (round(share * len(pairs)) for share in (visit.start, visit.start + visit.share))
    chosen = pairs[first:last]
    fails, unseens = _troubles(visit, chosen, edition.items, dice)
    outing = Outing(
        mine, visit.kind, visit.day, edition.digest, visit.begins, visit.arrives(now), chosen,
        fails=fails, unseens=unseens, suspected=visit.suspected, submitted=visit.submitted,
        disputed=frozenset(p for p in chosen[3:4] if visit.disputed),
    )  # fmt: skip
    return outing, edition.items


def _by_sign(made: DemoCounty, pairs: Sequence[str]) -> list[str]:
    """The pairs in an order that does not hang on ids: by item, then by the place's sign."""
    parts = [pair.split("/") for pair in pairs]
    return ["/".join(part) for part in sorted(parts, key=lambda part: (part[0], made.signs.get(part[1], "")))]


def _troubles(
    visit: Planned, chosen: Sequence[str], items: Mapping[str, Item], dice: random.Random
) -> tuple[frozenset[str], frozenset[str]]:
    """Which pairs fail, and which cannot be seen."""
    fails = set(dice.sample(chosen, min(len(chosen), dice.choice((0, 0, 1)))))
    if visit.suspected:
        majors = [pair for pair in chosen if items[pair.partition("/")[0]].severity.may_be_major]
        fails = {dice.choice(majors)}
    rest = [pair for pair in chosen if pair not in fails]
    # What nobody could see in a month's table stays open: only rounds leave such gaps, which the table then closes.
    unseens = dice.sample(rest, min(len(rest), dice.choice((0, 0, 1, 2)))) if visit.kind == "round" else []
    return frozenset(fails), frozenset(unseens)
