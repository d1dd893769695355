"""Writing on a chain: build the bytes, hash and sign them, then keep them (SPEC, part CH and PN)."""

from typing import TypedDict, Unpack

import msgspec

from sync import bodies
from sync import operations as ops
from sync.chain import hash_of
from sync.phone.desk import Desk
from sync.phone.state import ChainState, Held

VERSION = 1
# Re-homing writes another seq and prev into the operation; it must still fit (CH-9).
_LONGEST = ops.OPERATION_BYTES - 100


class CannotWrite(ValueError):
    """The edit was not saved; `code` says why (no_chain, no_key, invalid)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Envelope(TypedDict, total=False):
    """What of the envelope a kind needs beside its body."""

    visit: str
    reg: str
    parents: list[str]
    anchor: str


def current_chain(desk: Desk, person: str) -> ChainState:
    """The chain that a person's next operation goes to."""
    for chain in reversed(desk.state.chains):
        if chain.person == person and not chain.closed:
            return chain
    raise CannotWrite("no_chain")


def new_key(desk: Desk) -> tuple[str, str]:
    """(id of a chain to be, its public key); the private key goes by the chain's id."""
    name = desk.uid()
    return name, desk.keys.create(name)


def open_chain(desk: Desk, person: str, app: str, after: bodies.After | None = None) -> ChainState:
    """A new chain with its own key, and its opening at seq 1."""
    return begin_chain(desk, person, app, after, new_key(desk))


def begin_chain(desk: Desk, person: str, app: str, after: bodies.After | None, named: tuple[str, str]) -> ChainState:
    """The same, with an id and key that exist already."""
    name, public = named
    if after is not None:
        after = _with_proof(desk, after, public)
    chain = ChainState(name, person, "ES256", name, log=[])
    desk.state.chains.append(chain)
    opening = bodies.ChainOpening(name, person, desk.state.device, "ES256", public, app, after=after)
    write(desk, chain, ops.ChainOpen, opening)
    return chain


def _with_proof(desk: Desk, after: bodies.After, public: str) -> bodies.After:
    """The old key signs the new one, if this phone still has it (CH-12)."""
    old = next((c for c in desk.state.chains if c.chain == after.chain), None)
    proof = desk.keys.sign(old.key, public.encode()) if old else None
    return msgspec.structs.replace(after, proof=proof)


def write(
    desk: Desk, chain: ChainState, kind: type[ops.Operation], body: bodies.Body, **envelope: Unpack[Envelope]
) -> str:
    """Append one operation of `kind` (its struct); returns its uid. Raises CannotWrite.

    `envelope`: visit, reg, parents where the kind has them.
    """
    state = desk.state
    if state.anchor != state.named_anchor:
        envelope["anchor"] = state.named_anchor = state.anchor
    operation = kind(  # type: ignore[call-arg]
        v=VERSION, uid=desk.uid(), seq=chain.last + 1, prev=chain.last_hash,
        t=desk.clock.read(), body=body, **envelope,
    )  # fmt: skip
    keep(desk, chain, operation.uid, msgspec.json.encode(operation))
    return str(operation.uid)


def keep(desk: Desk, chain: ChainState, uid: str, data: bytes) -> None:
    """Check, sign and put bytes at the end of a chain; the server decodes with the same code."""
    try:
        understood = not isinstance(ops.decode(data), ops.Opaque)
    except ops.MalformedOperationError as error:
        raise CannotWrite("invalid") from error
    if not understood or len(data) > _LONGEST:
        raise CannotWrite("invalid")
    signature = _sign(desk, chain, data)
    chain.log.append(Held(chain.last + 1, uid, hash_of(data), data, signature))


def rewrite(desk: Desk, chain: ChainState, held: Held) -> None:
    """The same operation, same uid, at the end of another chain (CH-9)."""
    content = msgspec.json.decode(held.data)
    content |= {"seq": chain.last + 1, "prev": chain.last_hash}
    data = msgspec.json.encode(content)
    signature = _sign(desk, chain, data)
    chain.log.append(Held(chain.last + 1, held.uid, hash_of(data), data, signature))


def _sign(desk: Desk, chain: ChainState, data: bytes) -> str:
    signature = desk.keys.sign(chain.key, data)
    if signature is None:
        raise CannotWrite("no_key")
    return signature
