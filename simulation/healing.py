"""The end of all trouble: everybody syncs until nothing moves any more."""

from simulation.handset import Handset
from simulation.ledger import require
from simulation.world import World
from sync.phone.bundling import handed_in

ROUNDS = 14


def heal(world: World) -> None:
    """No more faults: what is carried is handed in, photos arrive, everybody syncs until nothing moves."""
    world.letters.clear()
    county = world.county
    for handset in world.living:
        handset.storage.fault = None
        handset.phone.desk.batch = 200
    county.page_rows = 500
    for _ in range(ROUNDS):
        if not sum([_round_trip(world, handset) for handset in world.living]):
            return
    require(
        not world.living,
        "2",
        lambda: f"not quiet after {ROUNDS} rounds: {[(h.name, h.unsent()) for h in world.living]}",
    )


def _round_trip(world: World, handset: Handset) -> bool:
    """One exchange; True if anything moved."""
    county = world.county
    for data in list(handset.state.carried):
        county.hand_in(data, handset.device)
        handset.phone.step(handed_in, data)
    before = (county.store.heads, len(county.store.segments), handset.unsent(), dict(handset.state.cursor))
    answer = county.exchange(handset.request(), gzipped=world.real)
    world.county_watch.answered(answer)
    took = world.phone_watch.receive(handset, answer)
    for digest in handset.state.wanted:
        county.take_photo(digest)
    after = (county.store.heads, len(county.store.segments), handset.unsent(), dict(handset.state.cursor))
    return not took or before != after or handset.unsent() > 0
