"""When a chain can no longer be continued: a new chain, the same operations (SPEC, CH-8 to CH-10).

Old chains stay until the county says safe: they may be needed once more.
"""

from sync import bodies
from sync.operations import ChainOpen, ChainRotate, decode
from sync.phone import pen
from sync.phone.desk import Desk
from sync.phone.state import ChainState


def rehome(desk: Desk, chain: ChainState, why: str, app: str) -> None:
    """Move what the county has not acknowledged of `chain` to the end of the person's living chain."""
    start = max(chain.acked, chain.base) - chain.base
    rest, chain.log = chain.log[start:], chain.log[:start]
    chain.closed = True
    target = _target(desk, chain, why, app)
    for held in rest:
        if not isinstance(decode(held.data), ChainOpen | ChainRotate):
            pen.rewrite(desk, target, held)
            desk.placed.pop(held.uid, None)


def rotate(desk: Desk, person: str, app: str) -> None:
    """A new key for a person: the old chain names and signs the next one, and ends (CH-11, CH-12)."""
    old, named = pen.current_chain(desk, person), pen.new_key(desk)
    pen.write(desk, old, ChainRotate, bodies.Rotation(named[0], "ES256", named[1]))
    old.closed = True
    after = bodies.After(old.chain, old.last, old.last_hash, "rotation")
    pen.begin_chain(desk, person, app, after, named)


def _target(desk: Desk, chain: ChainState, why: str, app: str) -> ChainState:
    for other in reversed(desk.state.chains):
        if other.person == chain.person and not other.closed:
            return other
    after = bodies.After(chain.chain, chain.last, chain.last_hash, "fork" if why == "fork" else "restore")
    return pen.open_chain(desk, chain.person, app, after)
