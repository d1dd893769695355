"""The network between phones and county: a list of letters that may be lost, doubled, late, cut or forged."""

from dataclasses import dataclass

import msgspec

from simulation.handset import Handset
from sync import wire

PORTAL = b"<html><body>Please accept the terms of use</body></html>"


@dataclass(frozen=True, slots=True)
class Letter:
    """A request of a handset (`answer` is False), or an answer to it."""

    handset: str
    body: bytes
    answer: bool


def cut(body: bytes, number: int) -> bytes:
    """The beginning of a body."""
    return body[: number % max(len(body), 1)]


def forged(body: bytes, handset: Handset) -> bytes:
    """The answer with everything acknowledged and declared safe, by somebody without the county's key."""
    answer = wire.answer_decoder.decode(body)
    chains = [
        wire.ChainAnswer(c.chain, wire.Mark(c.last, c.last_hash), wire.Mark(c.last, c.last_hash), c.last)
        for c in handset.state.chains
    ]
    return msgspec.json.encode(msgspec.structs.replace(answer, chains=chains))
