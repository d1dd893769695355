"""What befalls a phone: power cuts, jumping clocks, old copies, clones, loss, pruning, the rescue by file."""

from simulation.handset import Handset, PowerCut
from simulation.ledger import require
from simulation.world import Happening, World
from sync.phone.bundling import handed_in

PHONES_MAX = 7


def restart(_world: World, handset: Handset, _b: int, _c: int) -> None:
    """The phone starts again; its request in flight is forgotten."""
    handset.start()


def cut_power(_world: World, handset: Handset, b: int, _c: int) -> None:
    """The power goes at the next thing that the phone stores."""
    handset.storage.fault = ("before", "after")[b % 2]


def clock(_world: World, handset: Handset, b: int, c: int) -> None:
    """The clock jumps anywhere."""
    handset.clock.jump((0, -(2**40), 2**52, 1_767_200_000_000, b - c)[c % 5])


def keep_copy(_world: World, handset: Handset, _b: int, _c: int) -> None:
    """The phone is backed up."""
    handset.keep_copy()


def come_back(world: World, handset: Handset, b: int, _c: int) -> None:
    """The phone is restored from its copy, now and then without its keys."""
    before = handset.held()
    handset.come_back(with_keys=b % 4 > 0)
    world.ledger.lost |= before - handset.held()
    world.phone_watch.forget(handset)
    world.story["phones restored"] += 1


def clone(world: World, handset: Handset, _b: int, _c: int) -> None:
    """A copy of the phone begins to run beside it."""
    if len(world.handsets) < PHONES_MAX:
        name = f"{handset.name}+{len(world.handsets)}"
        world.handsets.append(handset.clone(name, f"{world.seed}/{name}"))
        world.story["clones"] += 1


def lose(world: World, handset: Handset, _b: int, _c: int) -> None:
    """The phone is gone for ever, with what only it had."""
    if len(world.living) > 1:
        handset.lost = True
        world.ledger.lose(handset, set())
        world.story["phones lost"] += 1


def prune(world: World, handset: Handset, _b: int, _c: int) -> None:
    """The phone drops what it may."""
    before = handset.held()
    try:
        handset.phone.prune()
    except PowerCut:
        handset.start()
    gone = (before - handset.held()) & world.ledger.created
    require(gone <= world.ledger.stored(world.county.backup.segments), "16", "pruned what is in no second copy")
    world.phone_watch.look(handset, fresh=set(handset.state.dropped), epoch=handset.state.epoch)


def export(world: World, handset: Handset, b: int, _c: int) -> None:
    """A colleague takes this phone's work along."""
    carrier = world.living[b % len(world.living)]
    try:
        carrier.phone.carry(handset.phone.export())
    except PowerCut:
        carrier.start()


def hand_in(world: World, handset: Handset, _b: int, _c: int) -> None:
    """What a phone carries for others is handed in, and kept until that was seen to work."""
    for data in list(handset.state.carried):
        world.county.hand_in(data, handset.device)
        try:
            handset.phone.step(handed_in, data)
        except PowerCut:
            handset.start()
        world.story["bundles"] += 1


HAPPENINGS: dict[str, Happening] = {
    "restart": restart, "cut_power": cut_power, "clock": clock, "keep_copy": keep_copy, "come_back": come_back,
    "clone": clone, "lose": lose, "prune": prune, "export": export, "hand_in": hand_in,
}  # fmt: skip
