"""What is to be sent, and the next request (SPEC, parts EX and PN)."""

import gzip

import msgspec

from sync import wire
from sync.phone import view
from sync.phone.desk import Desk, InFlight
from sync.phone.state import ChainState, Held

_BYTES = 700 * 1024


def unsent(desk: Desk) -> int:
    """Operations that the county has not acknowledged."""
    return sum(chain.last - max(chain.acked, chain.base) for chain in desk.state.chains)


def request(desk: Desk) -> wire.Exchange:
    """The next exchange; it becomes the one in flight, an earlier one can no longer be answered."""
    room, bytes_left, batches = desk.batch, _BYTES, []
    for chain in _waiting(desk.state.chains)[: wire.CHAINS_MAX]:
        batch = _batch(chain, room, bytes_left)
        batches.append(batch)
        room -= len(batch.operations)
        bytes_left -= sum(map(len, batch.operations))
    nonce = desk.uid()
    sent = {b.chain: _range(desk, b) for b in batches if b.operations}
    desk.in_flight = InFlight(nonce, sent)
    return wire.Exchange(
        wire.PROTOCOL, nonce, desk.state.device, wire.Clock(*desk.clock.read()), batches,
        wire.Cursor(desk.state.epoch, dict(desk.state.cursor)),
        unsent=wire.Unsent(operations=unsent(desk), photos=len(desk.state.wanted)),
        digests={} if sent else view_digests(desk),
    )  # fmt: skip


def _waiting(chains: list[ChainState]) -> list[ChainState]:
    """Chains with something to send first; then those held, to hear where they stand and are safe."""
    waiting = [chain for chain in chains if chain.last > max(chain.acked, chain.base)]
    return waiting + [chain for chain in chains if chain.log and chain not in waiting]


def _batch(chain: ChainState, room: int, bytes_left: int) -> wire.ChainBatch:
    start = max(chain.acked, chain.base) - chain.base
    taken: list[Held] = []
    for held in chain.log[start : start + max(room, 0)]:
        bytes_left -= len(held.data)
        if bytes_left < 0:
            break
        taken.append(held)
    texts = [held.data.decode() for held in taken]
    return wire.ChainBatch(chain.chain, texts, taken[-1].signature if taken else "")


def _range(desk: Desk, batch: wire.ChainBatch) -> tuple[int, int]:
    chain = next(c for c in desk.state.chains if c.chain == batch.chain)
    first = max(chain.acked, chain.base) + 1
    return first, first + len(batch.operations) - 1


def view_digests(desk: Desk) -> dict[str, str]:
    """What this phone holds of each visit's stream, for the county to compare (FD-8)."""
    return {stream: view.stream_digest(rows) for stream, rows in desk.state.rows.items() if stream.startswith("visit:")}


def encoded(exchange: wire.Exchange) -> bytes:
    """The request as it travels: JSON, gzipped, the same bytes for the same request."""
    return gzip.compress(msgspec.json.encode(exchange), compresslevel=6, mtime=0)
