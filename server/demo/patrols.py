"""A team at a mine: who answers what on which phone, and when it reaches the county. Writes nothing but operations."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from checklists.definition import Item
from server.demo import answers
from server.demo.calendar import Kind
from server.demo.material import county as material
from server.demo.phones import TeamPhone
from server.tokens import new_id
from sync import bodies, operations
from sync.phone import edits
from sync.phone.desk import Desk

Chooser = Callable[[Item, date, random.Random], bodies.Answer]


@dataclass(frozen=True)
class Group:
    """A team of five with its phones: person i is called `names[i]`, carries `carriers[i]`, knows `specialties[i]`."""

    team: str
    people: Sequence[str]
    names: Sequence[str]
    specialties: Sequence[str]
    carriers: Sequence[TeamPhone]

    @property
    def phones(self) -> list[TeamPhone]:
        """Every phone once, the leader's last: it submits."""
        return list({id(phone): phone for phone in reversed(self.carriers)}.values())

    def whose(self, item: Item) -> int:
        """The number of the person who answers the item."""
        return self.specialties.index(item.specialty)


@dataclass(frozen=True)
class Outing:
    """One visit as it is planned. `pairs` are answered, `fails` and `unseens` of them so; the first `suspected` of the
    failed ones is raised as suspected major. `arrives` is when the phones reach the county.
    """

    mine: str
    kind: Kind
    day: date
    edition: str
    begins: datetime
    arrives: datetime
    pairs: Sequence[str]
    fails: frozenset[str] = frozenset()
    unseens: frozenset[str] = frozenset()
    suspected: bool = False
    submitted: bool = True
    disputed: frozenset[str] = frozenset()


@dataclass
class Patrol:
    """A group on an outing. After `go`, `findings` holds what was raised, finding id → item key."""

    group: Group
    outing: Outing
    items: Mapping[str, Item]
    dice: random.Random
    visit: str = ""
    findings: dict[str, str] = field(default_factory=dict)

    def go(self) -> None:
        """Work apart with no network, then sync: first the others' phones, the leader's last."""
        self._enter()
        for number, pair in enumerate(self.outing.pairs):
            self._answer(pair, number)
        for pair in sorted(self.outing.disputed):
            self._contradict(pair)
        if not self.outing.submitted:
            return self._arrive()
        self._sign()
        self._arrive()
        leader = self.group.carriers[0]
        leader.phone.edit(edits.submit, self.group.people[0], self.visit)
        leader.sync(self.outing.arrives + timedelta(minutes=20))
        return None

    def _enter(self) -> None:
        outing = self.outing
        identity = bodies.VisitIdentity(
            self.group.team, outing.mine, outing.kind, outing.day.isoformat(), 1, outing.edition
        )
        for number, (person, carrier) in enumerate(self._hands()):
            carrier.clock.at = outing.begins + timedelta(seconds=20 * number)
            self.visit = carrier.phone.edit(edits.enter_visit, person, identity, opening=number == 0)

    def _hands(self) -> list[tuple[str, TeamPhone]]:
        return list(zip(self.group.people, self.group.carriers, strict=True))

    def _answer(self, pair: str, number: int) -> None:
        key, _, place = pair.partition("/")
        item = self.items[key]
        person, carrier = self._hands()[self.group.whose(item)]
        carrier.clock.at = max(carrier.clock.at, self.outing.begins + timedelta(minutes=5 + number))
        answer = self._chosen(pair, item)
        _say(carrier, person, self.visit, pair, answer)
        if answer.outcome == "fail":
            self._raise(person, carrier, item, place)

    def _chosen(self, pair: str, item: Item) -> bodies.Answer:
        if pair in self.outing.fails:
            return answers.failing(item, self.outing.day, self.dice)
        if pair in self.outing.unseens:
            return answers.unseen(self.dice)
        return answers.passing(item, self.outing.day, self.dice)

    def _contradict(self, pair: str) -> None:
        """Somebody of another phone saw it otherwise, not knowing of the first."""
        item = self.items[pair.partition("/")[0]]
        first = self._hands()[self.group.whose(item)][1]
        person, carrier = next((p, c) for p, c in self._hands() if c is not first)
        _say(carrier, person, self.visit, pair, answers.failing(item, self.outing.day, self.dice))

    def _raise(self, person: str, carrier: TeamPhone, item: Item, place: str) -> None:
        suspected = self.outing.suspected and not self.findings and bool(item.severity.may_be_major)
        words = material()["words"]["suspected" if suspected else "finding"]
        finding = new_id()
        fields = bodies.FindingFields(
            item=item.key,
            place=place,
            severity="suspected_major" if suspected else "general",
            text=words.format(item=item.title),
        )
        carrier.phone.edit(edits.edit_finding, person, finding, fields, self.visit)
        self.findings[finding] = item.key

    def _sign(self) -> None:
        for number, (person, carrier) in enumerate(self._hands()):
            if number < 2:
                signing = bodies.Signing("member", self.group.names[number])
                carrier.phone.edit(edits.sign, person, signing, self.visit)
            carrier.phone.edit(edits.done, person, self.visit)
        leader = self.group.carriers[0]
        companion = bodies.Signing("companion", material()["companion"])
        leader.phone.edit(edits.sign, self.group.people[0], companion, self.visit)

    def _arrive(self) -> None:
        for number, phone in enumerate(self.group.phones):
            phone.sync(self.outing.arrives + timedelta(minutes=3 * number))


def _say(carrier: TeamPhone, person: str, visit: str, pair: str, answer: bodies.Answer) -> None:
    """Answer a pair on which the screen shows nothing yet: no parents."""
    envelope = {"visit": visit, "reg": f"answer/{pair}", "parents": []}

    def write(desk: Desk) -> str:
        return edits.write(desk, person, operations.AnswerSet, answer, **envelope)  # type: ignore[arg-type]

    carrier.phone.step(write)
