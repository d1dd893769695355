"""Plays one seed from its beginning to its judgement."""

import hashlib
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from simulation import on_county, on_network, on_phones, work
from simulation.county import County
from simulation.events import Event, events_of
from simulation.feeding import sheet_of
from simulation.handset import Handset, Still, Wrist
from simulation.healing import heal
from simulation.judgement import judge_world
from simulation.ledger import Broken, Ledger
from simulation.office import Office
from simulation.signing import county_key, suite
from simulation.store import Contract
from simulation.watch_county import CountyWatch
from simulation.watch_phone import PhoneWatch
from simulation.world import Happening, World

LENGTH = 150
HAPPENINGS: dict[str, Happening] = {**on_phones.HAPPENINGS, **on_network.HAPPENINGS, **on_county.HAPPENINGS}


@dataclass(frozen=True)
class Outcome:
    """What became of a seed. `trace` is a digest of everything that happened, `ending` of what was stored in the end
    but for bytes that hold a clock; `broken`: the invariant that does not hold, and what was seen.
    """

    seed: int
    trace: str
    ending: str
    story: Counter[str]
    broken: str | None = None
    rule: str | None = None


def is_real(seed: int) -> bool:
    """Whether the seed is played with real signatures; one in twenty-five is."""
    return seed % 25 == 24


def play(seed: int, events: Sequence[Event] | None = None, *, still: bool = False) -> Outcome:
    """Play a seed; `events` in the place of its own, `still` with clocks that nothing sets."""
    given = events_of(seed, LENGTH) if events is None else events
    sheet_of.cache_clear()
    with suite(real=is_real(seed)):
        world = new_world(seed, still=still)
        trace, rule, said = hashlib.sha256(), None, None
        try:
            for event in given:
                happen(world, event)
                trace.update(_mark(world, event))
            heal(world)
            judge_world(world)
        except Broken as broken:
            rule, said = broken.rule, str(broken)
        except Exception as error:  # noqa: BLE001 - nothing that a phone or the network does may make either raise
            rule, said = "18", f"{type(error).__name__}: {error}"
        trace.update(repr((said, world.county.store.heads)).encode())
        return Outcome(seed, trace.hexdigest(), _ending(world), _told(world), said, rule)


def happen(world: World, event: Event) -> None:
    """Let one event happen; whom it befalls follows from its numbers and from the state."""
    kind, a, b, c = event
    handset = world.living[a % len(world.living)]
    world.story[kind] += 1
    if kind in work.EDITS:
        world.edit(handset, kind, b, c)
    else:
        HAPPENINGS[kind](world, handset, b, c)


def new_world(seed: int, *, still: bool) -> World:
    """Two to five phones of two teams, one or two persons each, all enrolled; nothing has happened yet."""
    rng, real = random.Random(f"{seed}/world"), is_real(seed)
    county = County(county_key(real=real))
    _people(county)
    office = Office(county, random.Random(f"{seed}/office").randbytes, real=real)
    ledger = Ledger()
    watch = CountyWatch(county)
    county.watch = watch.committed
    handsets = []
    for number in range(rng.randint(2, 5)):
        team = "t2" if number > 1 and rng.random() < 0.4 else "t1"
        persons = (f"p{number}", f"q{number}")[: 1 + (rng.random() < 0.3)]
        handset = Handset(f"h{number}", f"{seed}/h{number}", persons, real=real, clock=Still() if still else Wrist())
        with county.transaction() as store:
            store.members |= {(person, team) for person in persons}
        handset.install(county, team)
        ledger.register(handset)
        handsets.append(handset)
    county.backup = county.store
    return World(seed, real, county, office, handsets, ledger, watch, PhoneWatch(ledger, county))


def _people(county: County) -> None:
    with county.transaction() as store:
        store.contracts = (
            Contract("t1", "m1", "2026-01-01"),
            Contract("t1", "m2", "2026-01-01"),
        )


def _mark(world: World, event: Event) -> bytes:
    store = world.county.store
    return repr((event, len(store.segments), sorted(store.heads.items()), len(world.letters))).encode()


def _ending(world: World) -> str:
    """A digest of registers and verdicts; it must not depend on any phone's clock (17)."""
    store = world.county.store
    content = [sorted((n, v.status, sheet_of(v.sheet).content()) for n, v in store.visits.items())]
    found = sorted((n, f.mine, sheet_of(f.sheet).content()) for n, f in store.findings.items())
    verdicts = [(s.chain, s.first, s.last, s.verdicts, s.settled) for s in store.segments]
    return hashlib.sha256(repr((content, found, verdicts)).encode()).hexdigest()


def _told(world: World) -> Counter[str]:
    store, story = world.county.store, world.story
    story["operations"] = sum(s.last - s.first + 1 for s in store.segments)
    story["forks"] = sum(r.error == "fork" for r in store.refused)
    for segment in store.segments:
        story.update(verdict for _, verdict in segment.verdicts)
    return story
