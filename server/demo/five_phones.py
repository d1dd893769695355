"""Five phones on one weekly round, with everything that goes wrong underground. Only tells phones what people do.

The story is the same for the same seed; the server's ids and everybody's keys are not.
"""

import random
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from checklists.definition import Item
from server.demo import answers
from server.demo.callers import Line
from server.demo.material import county as material
from server.demo.phones import ToldClock
from sync import bodies
from sync.chain import b64
from sync.phone import edits, view
from sync.phone.phone import Phone
from sync.phone.surroundings import MemoryStorage, SoftwareKeys


@dataclass
class Hand:
    """A person of the team with a phone of their own."""

    person: str
    name: str
    specialty: str
    line: Line
    clock: ToldClock
    skew: timedelta
    storage: MemoryStorage
    keys: SoftwareKeys

    @property
    def phone(self) -> Phone:
        """The phone as it is now: after a restore it is another one over the same line."""
        return self.line.phone


@dataclass(frozen=True)
class Told:
    """Something that happened, as a code of the catalogue and its facts."""

    code: str
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass
class Story:
    """The round as it goes. `log` is what is told of it afterwards."""

    hands: list[Hand]
    items: Mapping[str, Item]
    dice: random.Random
    domains: Mapping[str, str] = field(default_factory=dict)
    visit: str = ""
    extra: str = ""
    log: list[Told] = field(default_factory=list)
    settled: list[tuple[str, list[tuple[str, str]], str]] = field(default_factory=list)

    def tell(self, code: str, **facts: object) -> None:
        """Remember something for the report."""
        self.log.append(Told(code, facts))

    @property
    def leader(self) -> Hand:
        """The first of the five."""
        return self.hands[0]


def hand_out(people: Sequence[tuple[str, str, str]], port: int, now: datetime, dice: random.Random) -> list[Hand]:
    """A phone for each of (id, name, specialty). Clocks are wrong by up to two days, keys are fresh."""
    hands = []
    for person, name, specialty in people:
        skew = timedelta(minutes=dice.randint(-2880, 2880))
        clock, storage, keys = ToldClock(now + skew), MemoryStorage(), SoftwareKeys(secrets.token_bytes)
        phone = Phone(clock, random.Random(dice.random()).randbytes, keys, storage, app="demo")  # noqa: S311 - a story
        hands.append(Hand(person, name, specialty, Line(port, phone), clock, skew, storage, keys))
    return hands


def open_apart(story: Story, identity: bodies.VisitIdentity) -> str:
    """Everybody opens the same visit, nobody knowing of the others; its id is derived, so it is one."""
    found = set()
    for hand in story.hands:
        hand.phone.open_chain(hand.person)
        found.add(hand.phone.edit(edits.enter_visit, hand.person, identity, opening=True))
    story.tell("demo_opened", count=len(story.hands), visits=len(found))
    return found.pop()


def split(story: Story, pairs: Sequence[str]) -> dict[str, list[str]]:
    """Everybody claims the items of their own specialty; person → pairs."""
    shares: dict[str, list[str]] = {}
    for hand in story.hands:
        mine = [pair for pair in pairs if _item(story, pair).specialty == hand.specialty]
        claimed = list(dict.fromkeys(pair.partition("/")[0] for pair in mine))
        hand.phone.edit(edits.claim, hand.person, hand.person, claimed, story.visit)
        shares[hand.person] = mine
    story.tell("demo_split", shares="，".join(f"{h.name} {len(shares[h.person])} 项" for h in story.hands))
    return shares


def work(story: Story, shares: Mapping[str, list[str]], day: date) -> None:
    """Every pair is answered by its owner: mostly passes, some not, with findings; one of them suspected major."""
    everything = [pair for hand in story.hands for pair in shares[hand.person]]
    majors = [pair for pair in everything if _item(story, pair).severity.may_be_major]
    grave = story.dice.choice(majors)
    failed = {grave, *story.dice.sample(everything, 2)}
    unseen = set(story.dice.sample([p for p in everything if p not in failed], 2))
    absent = set(story.dice.sample([p for p in everything if p not in failed | unseen], 1))
    for hand in story.hands:
        for pair in shares[hand.person]:
            if pair in failed:
                answer = answers.failing(_item(story, pair), day, story.dice)
            elif pair in unseen | absent:
                answer = answers.unseen(story.dice) if pair in unseen else answers.not_applicable(story.dice)
            else:
                answer = answers.passing(_item(story, pair), day, story.dice)
            say(hand, story.visit, pair, answer)
            if pair in failed:
                raise_finding(story, hand, pair, suspected=pair == grave)
    story.tell("demo_worked", pairs=len(everything), failed=len(failed), unseen=len(unseen), absent=len(absent))


def disagree(story: Story, shares: Mapping[str, list[str]], day: date) -> None:
    """Two pairs are also judged by somebody else, apart and otherwise; one more by somebody who sees the same."""
    chosen = story.dice.sample(_spoken(story, shares), 3)
    for number, (owner, pair) in enumerate(chosen):
        other = story.dice.choice([hand for hand in story.hands if hand is not owner])
        body = bodies.Answer("pass") if number == 2 else answers.failing(_item(story, pair), day, story.dice)
        say(other, story.visit, pair, body)
    story.tell("demo_disagreed")


def _spoken(story: Story, shares: Mapping[str, list[str]]) -> list[tuple[Hand, str]]:
    """Pairs that passed without a value, so that two people can say the very same."""
    found = []
    for hand in story.hands:
        for pair in shares[hand.person]:
            heads = hand.phone.shown(story.visit, f"answer/{pair}").heads
            if [head.value for head in heads] == ['{"outcome":"pass"}']:
                found.append((hand, pair))
    return found


def misread(story: Story, shares: Mapping[str, list[str]], day: date) -> None:
    """One reading is over its limit, though its author says that it passes: the county judges the value itself."""
    for hand in story.hands:
        for pair in shares[hand.person]:
            failing = answers.failing(_item(story, pair), day, story.dice)
            shown = hand.phone.shown(story.visit, f"answer/{pair}")
            if failing.value is not None and failing.unit and shown.counted == "pass":
                said = bodies.Answer("pass", value=failing.value, unit=failing.unit)
                say(hand, story.visit, pair, said)
                story.tell("demo_misread", name=hand.name, value=failing.value, unit=failing.unit)
                return


def look_ahead(story: Story, identity: bodies.VisitIdentity, pairs: Sequence[str]) -> None:
    """A second visit of the same day begins with the month's table, so that coverage has two sources."""
    first, last = story.hands[1], story.hands[3]
    for hand in (first, last):
        story.extra = hand.phone.edit(edits.enter_visit, hand.person, identity, opening=True)
    for number, pair in enumerate(pairs):
        hand = first if number % 2 else last
        day = date.fromisoformat(identity.date)
        missed = number % 11 == 10
        item = _item(story, pair)
        say(hand, story.extra, pair, answers.unseen(story.dice) if missed else answers.passing(item, day, story.dice))
    story.tell("demo_looked_ahead", pairs=len(pairs))


def say(hand: Hand, visit: str, pair: str, body: bodies.Answer) -> None:
    """Answer a pair; whatever the screen shows is named as seen."""
    hand.phone.edit(edits.answer, hand.person, visit, f"answer/{pair}", body)


def raise_finding(story: Story, hand: Hand, pair: str, *, suspected: bool) -> None:
    """A finding about a pair. A phone says "suspected", never more."""
    key, _, place = pair.partition("/")
    words = material()["words"]["suspected" if suspected else "finding"]
    fields = bodies.FindingFields(
        item=key,
        place=place,
        severity="suspected_major" if suspected else "general",
        text=words.format(item=story.items[key].title),
    )
    hand.phone.edit(edits.edit_finding, hand.person, b64(story.dice.randbytes(16)), fields, story.visit)


def restore(story: Story, hand: Hand, old: bytes, pairs: Sequence[str]) -> None:
    """The phone comes back from an old copy and goes on, not knowing what it had sent since: a fork."""
    known = {pair: hand.phone.shown(story.visit, f"answer/{pair}").heads for pair in pairs}
    hand.storage.data = old
    hand.line.phone = Phone(hand.clock, random.Random(story.dice.random()).randbytes, hand.keys, hand.storage, "demo")  # noqa: S311
    again = [pair for pair in pairs if known[pair] and not hand.phone.shown(story.visit, f"answer/{pair}").heads][:3]
    for pair in again:
        say(hand, story.visit, pair, _body(known[pair][0].value))
    note = bodies.Note(b64(story.dice.randbytes(16)), "visit", material()["words"]["restored"])
    hand.phone.edit(edits.note, hand.person, note, story.visit)
    story.tell("demo_restored", name=hand.name, again=len(again))


def sync_wildly(story: Story, dice: random.Random) -> None:
    """In random order, some requests twice, two of one phone's lost in mid-request, until nobody has anything left."""
    unlucky = dice.choice(story.hands[1:])
    unlucky.line.lose_connection(dice, in_body=True)
    unlucky.line.lose_connection(dice, in_body=False)
    duplicates = 0
    waiting = list(story.hands) * 2
    dice.shuffle(waiting)
    while waiting:
        hand = waiting.pop()
        twice = dice.random() < 0.4
        duplicates += twice
        if hand.line.exchange(twice=twice):
            waiting.insert(dice.randrange(len(waiting) + 1), hand)
    requests = sum(hand.line.sent for hand in story.hands)
    story.tell("demo_synced", requests=requests, duplicates=duplicates, name=unlucky.name, cut=unlucky.line.cut)


def settle(story: Story) -> None:
    """The leader sees both values of every dispute and says which one counts, naming both as seen."""
    leader = story.leader
    keys = view.keys_shown(leader.phone.desk, f"visit:{story.visit}")
    for key in (key for key in keys if key.startswith("answer/")):
        shown = leader.phone.shown(story.visit, key)
        if not shown.disputed:
            continue
        said = [(head.person, str(_body(head.value).outcome)) for head in shown.heads]
        # Once the graver is confirmed, once the leader has seen for himself that all is well.
        chosen = sorted(shown.heads, key=lambda head: str(_body(head.value).outcome))[-(len(story.settled) % 2)]
        kept = _body(chosen.value)
        leader.phone.edit(edits.settle, leader.person, story.visit, key, kept)
        story.settled.append((key.removeprefix("answer/"), said, kept.outcome))
    story.tell("demo_settled", count=len(story.settled))


def sign_and_submit(story: Story) -> None:
    """Two members and the mine's companion sign, everybody says done, the leader submits."""
    for number, hand in enumerate(story.hands):
        if number < 2:
            hand.phone.edit(edits.sign, hand.person, bodies.Signing("member", hand.name), story.visit)
        hand.phone.edit(edits.done, hand.person, story.visit)
    leader = story.leader
    companion = bodies.Signing("companion", material()["companion"])
    leader.phone.edit(edits.sign, leader.person, companion, story.visit)
    converge(story)
    leader.phone.edit(edits.submit, leader.person, story.visit)
    converge(story)
    shown = {view.stream_digest(hand.phone.state.rows[f"visit:{story.visit}"]) for hand in story.hands}
    story.tell("demo_submitted", phones=len(story.hands), pictures=len(shown))


def saved(story: Story) -> set[str]:
    """Every operation that a phone holds."""
    return {held.uid for hand in story.hands for chain in hand.phone.state.chains for held in chain.log}


def converge(story: Story) -> None:
    """Everybody syncs until all have everything."""
    for _ in range(2):
        for hand in story.hands:
            while hand.line.exchange():
                pass


def _item(story: Story, pair: str) -> Item:
    return story.items[pair.partition("/")[0]]


def _body(value: str) -> bodies.Answer:
    content: dict[str, Any] = answers.read(value)
    content.pop("judged", None)
    return bodies.Answer(**content)
