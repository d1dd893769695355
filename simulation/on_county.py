"""What happens at the county: backups and restores, rulings, releases, contracts, revocations, days, photos."""

from dataclasses import replace
from datetime import date, timedelta

from simulation import work
from simulation.feeding import digests_of
from simulation.handset import Handset
from simulation.store import Contract
from simulation.world import Happening, World
from sync import operations as ops


def back_up(world: World, _handset: Handset, _b: int, _c: int) -> None:
    """The county makes a backup and verifies it."""
    world.county.back_up()


def restore(world: World, _handset: Handset, _b: int, _c: int) -> None:
    """The county comes back from its last backup."""
    world.county.restore()
    world.story["county restores"] += 1


def photo_bytes(world: World, _handset: Handset, b: int, _c: int) -> None:
    """A photo's bytes arrive."""
    wanted = sorted(digest for visit in world.county.store.visits.values() for digest in digests_of(visit.sheet))
    if wanted:
        world.county.take_photo(wanted[b % len(wanted)])


def hand_over(world: World, _handset: Handset, b: int, _c: int) -> None:
    """A mine's contract goes to the other team."""
    mine = ("m1", "m2")[b % 2]
    with world.county.transaction() as store:
        last = max((c for c in store.contracts if c.mine == mine), key=lambda c: c.begins)
        if last.begins <= store.today and last.ends is None:
            following = Contract("t2" if last.team == "t1" else "t1", mine, _later(store.today))
            rest = tuple(c for c in store.contracts if c is not last)
            store.contracts = (*rest, replace(last, ends=store.today), following)
            world.story["hand-overs"] += 1


def member(world: World, handset: Handset, b: int, _c: int) -> None:
    """A person joins or leaves a team."""
    person = handset.persons[b % len(handset.persons)]
    with world.county.transaction() as store:
        store.members = store.members ^ {(person, ("t1", "t2")[b // 2 % 2])}


def assign(world: World, handset: Handset, b: int, _c: int) -> None:
    """A phone is given to another team."""
    with world.county.transaction() as store:
        store.teams[handset.device] = ("t1", "t2")[b % 2]


def revoke(world: World, handset: Handset, b: int, _c: int) -> None:
    """A phone or a person is revoked, or taken back."""
    name = handset.device if b % 2 else handset.persons[0]
    with world.county.transaction() as store:
        store.revoked = store.revoked ^ {name}


def day(world: World, _handset: Handset, _b: int, _c: int) -> None:
    """A day passes."""
    with world.county.transaction() as store:
        store.today = _later(store.today)


def seal(world: World, _handset: Handset, b: int, c: int) -> None:
    """The office seals a visit, or approves it."""
    world.office.rule(work.VISITS[b % 3], ops.VisitSeal if c % 3 else ops.VisitApprove)


def reopen(world: World, _handset: Handset, b: int, _c: int) -> None:
    """The office reopens a visit."""
    world.office.rule(work.VISITS[b % 3], ops.VisitReopen)


def void(world: World, _handset: Handset, b: int, _c: int) -> None:
    """The office voids a visit."""
    world.office.rule(work.VISITS[b % 3], ops.VisitVoid)


def step(world: World, _handset: Handset, b: int, _c: int) -> None:
    """The office moves a finding on."""
    world.office.step(b)


def release(world: World, _handset: Handset, b: int, _c: int) -> None:
    """The office releases a withheld operation."""
    world.office.release(b)


def _later(day: str) -> str:
    return str(date.fromisoformat(day) + timedelta(days=1))


HAPPENINGS: dict[str, Happening] = {
    "back_up": back_up, "restore": restore, "bytes": photo_bytes, "hand_over": hand_over, "member": member,
    "assign": assign, "revoke": revoke, "day": day, "seal": seal, "reopen": reopen, "void": void, "step": step,
    "release": release,
}  # fmt: skip
