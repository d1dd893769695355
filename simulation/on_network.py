"""What the network does: loses, doubles, delays, cuts and forges, and a portal answers in the county's place."""

from simulation import network
from simulation.county import Crash
from simulation.handset import Handset, PowerCut
from simulation.network import Letter
from simulation.world import Happening, World
from sync.prepare import RequestError


def send(world: World, handset: Handset, b: int, _c: int) -> None:
    """The phone sends a request, of all it has or of a little."""
    handset.phone.desk.batch = (200, 1, 3)[b % 3]
    world.letters.append(Letter(handset.name, handset.request(), answer=False))


def deliver(world: World, _handset: Handset, b: int, c: int) -> None:
    """One letter, whichever: lost, doubled, cut, answered by a portal, forged, or delivered."""
    if not world.letters:
        return
    at, fate = b % len(world.letters), c % 100
    letter = world.letters[at]
    if not 12 <= fate < 24:
        world.letters.pop(at)
    if fate >= 12:
        _arrive(world, letter, fate, c // 100)


def sync(world: World, handset: Handset, b: int, _c: int) -> None:
    """A round trip without any trouble."""
    send(world, handset, b, 0)
    _arrive(world, world.letters.pop(), 99, 99 + b * 100)
    if world.letters and world.letters[-1].answer:
        _arrive(world, world.letters.pop(), 99, 99)


def _arrive(world: World, letter: Letter, fate: int, c: int) -> None:
    handset = next(h for h in world.handsets if h.name == letter.handset)
    if letter.answer:
        _answer_arrives(world, handset, letter.body, fate, c)
    elif 24 <= fate < 27:
        world.letters.append(Letter(letter.handset, network.PORTAL, answer=True))
    else:
        body = network.cut(letter.body, c) if 27 <= fate < 30 else letter.body
        _request_arrives(world, handset, body, c, whole=body is letter.body)


def _request_arrives(world: World, handset: Handset, body: bytes, c: int, *, whole: bool) -> None:
    county = world.county
    county.fault = {0: "before", 1: "before", 2: "after", 3: "after"}.get(c % 25)
    county.page_rows = (500, 1, 4)[c // 25 % 3]
    county.order = c
    try:
        answer = county.exchange(body, gzipped=world.real)
    except Crash:
        world.story["county crashes"] += 1
    except RequestError:
        if whole:
            raise
    else:
        world.county_watch.answered(answer)
        world.letters.append(Letter(handset.name, answer, answer=True))


def _answer_arrives(world: World, handset: Handset, body: bytes, fate: int, c: int) -> None:
    if handset.lost:
        return
    if 24 <= fate < 27:
        body = network.cut(body, c)
    elif 27 <= fate < 30 and body != network.PORTAL:
        body = network.forged(body, handset)
    try:
        world.phone_watch.receive(handset, body)
    except PowerCut:
        handset.start()
        world.ledger.register(handset)
        world.phone_watch.forget(handset)


HAPPENINGS: dict[str, Happening] = {
    "send": send, "deliver": deliver, "sync": sync,
}  # fmt: skip
