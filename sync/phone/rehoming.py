"""When a chain can no longer be continued: a new chain, the same operations (SPEC, CH-8 to CH-10).

Old chains stay until the county says safe: they may be needed once more.
"""

from sync import bodies
from sync.operations import ChainOpen, decode
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
        if not isinstance(decode(held.data), ChainOpen):
            pen.rewrite(desk, target, held)
            desk.placed.pop(held.uid, None)


def _target(desk: Desk, chain: ChainState, why: str, app: str) -> ChainState:
    for other in reversed(desk.state.chains):
        if other.person == chain.person and not other.closed:
            return other
    after = bodies.After(chain.chain, chain.last, chain.last_hash, "fork" if why == "fork" else "restore")
    return pen.open_chain(desk, chain.person, app, after)
