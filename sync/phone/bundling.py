"""The rescue path: carry chains by file, own ones out and another phone's in (SPEC, part BU)."""

import gzip

import msgspec

from sync import wire
from sync.phone.desk import Desk
from sync.phone.state import ChainState


def export(desk: Desk) -> bytes:
    """Everything that is not safe yet, in runs that each carry their last signature; gzipped."""
    wall, _, _ = desk.clock.read()
    runs = [run for chain in desk.state.chains for run in _runs(chain)]
    bundle = wire.Bundle(1, wall, desk.state.device, runs)
    return gzip.compress(msgspec.json.encode(bundle), compresslevel=6, mtime=0)


def _runs(chain: ChainState) -> list[wire.ChainBatch]:
    start = max(chain.safe, chain.base) - chain.base
    waiting = chain.log[start:]
    return [
        wire.ChainBatch(
            chain.chain,
            [held.data.decode() for held in waiting[i : i + wire.OPERATIONS_MAX]],
            waiting[i : i + wire.OPERATIONS_MAX][-1].signature,
        )
        for i in range(0, len(waiting), wire.OPERATIONS_MAX)
    ]


def carry(desk: Desk, data: bytes) -> None:
    """Keep another phone's bundle until it is handed in."""
    if data not in desk.state.carried:
        desk.state.carried.append(data)


def handed_in(desk: Desk, data: bytes) -> None:
    """The county has it."""
    desk.state.carried = [held for held in desk.state.carried if held != data]
