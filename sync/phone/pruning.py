"""What the phone may forget: only what the county has twice and the screen has back (SPEC, SF)."""

from sync.operations import WITHHELD
from sync.phone import view
from sync.phone.desk import Desk
from sync.phone.state import ChainState, Held


def prune(desk: Desk) -> int:
    """Remove the longest prefix of every chain that may go; returns how many operations (SF-3)."""
    removed = 0
    for chain in desk.state.chains:
        while chain.log and _may_go(desk, chain, chain.log[0]):
            held = chain.log.pop(0)
            chain.base, chain.base_hash = held.seq, held.hash
            desk.state.seen_at.pop(held.uid, None)
            removed += 1
    return removed


def _may_go(desk: Desk, chain: ChainState, held: Held) -> bool:
    if held.seq > min(chain.safe, chain.acked):
        return False
    streams = {placed.stream for placed in desk.writes_of(chain, held)}
    gone = streams <= set(desk.state.dropped)
    withheld = desk.state.verdicts.get(held.uid) in WITHHELD
    return gone or withheld or not streams or view.seen_back(desk, chain, held)
