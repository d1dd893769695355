"""Take in the county's answer to the request in flight (SPEC, parts EX, FD and PN).

An answer that does not verify is no answer and changes nothing.
"""

import msgspec
from msgspec import Raw

from sync import receipts, wire
from sync.phone import view
from sync.phone.desk import Desk, InFlight
from sync.phone.rehoming import rehome
from sync.phone.state import ChainState, Head, PulledRow

_heads = msgspec.json.Decoder(list[tuple[str, str, str, int, Raw]])
_fields = msgspec.json.Decoder(dict[str, list[tuple[str, str, str, int, Raw]]])


def read(desk: Desk, body: bytes) -> wire.Answer | None:
    """The answer in `body` if it is the county's to the request in flight (EX-9), else None."""
    try:
        answer = wire.answer_decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    flying = desk.in_flight
    if flying is None:
        return None
    state = desk.state
    return answer if receipts.holds(answer, flying.nonce, state.device, state.server_keys) else None


def take(desk: Desk, answer: wire.Answer, app: str) -> None:
    """Apply a verified answer: epoch, acknowledgements, rows, scope; then re-home what must be."""
    flying, desk.in_flight = desk.in_flight, None
    if flying is None:
        return
    state = desk.state
    if answer.epoch != state.epoch:
        _new_epoch(desk, answer.epoch)
    known = {chain.chain: chain for chain in state.chains}
    broken = [
        (known[part.chain], why)
        for part in answer.chains
        if part.chain in known and (why := _chain(desk, known[part.chain], part, flying))
    ]
    _scope(desk, answer)
    _expect_back(desk, answer.marks)
    for page in answer.pages:
        _page(desk, page, flying)
    if answer.receipt is not None:
        state.anchor = answer.receipt.id
    state.wanted = list(answer.photos_wanted)
    for chain, why in broken:
        rehome(desk, chain, why, app)


def _new_epoch(desk: Desk, epoch: str) -> None:
    """The county came back from a backup: forget what was pulled, offer everything again (EP-2)."""
    state = desk.state
    if state.epoch:
        for chain in state.chains:
            chain.acked = chain.base
            chain.safe = min(chain.safe, chain.base)
        state.cursor, state.rows, state.seen_at = {}, {}, {}
    state.epoch = epoch


def _chain(desk: Desk, chain: ChainState, part: wire.ChainAnswer, flying: InFlight) -> str | None:
    """Advance on what carries our own hash; returns why the chain must be left, if so.

    What was sent has the verdict that this answer says; what was not keeps the one it got, in a new epoch too.
    """
    first, _ = flying.sent.get(chain.chain, (part.ack.seq + 1, 0))
    for held in chain.log[max(first - chain.base - 1, 0) : max(part.ack.seq - chain.base, 0)]:
        desk.state.verdicts.pop(held.uid, None)
    if part.ack.seq > chain.acked and chain.hash_at(part.ack.seq) == part.ack.hash:
        chain.acked = part.ack.seq
    for seq, verdict in part.verdicts:
        if chain.base < seq <= min(chain.last, part.ack.seq):
            desk.state.verdicts[chain.log[seq - chain.base - 1].uid] = verdict
    ours = chain.hash_at(part.head.seq) == part.head.hash
    if ours:
        chain.safe = max(chain.safe, min(part.safe, part.head.seq))
    return _broken(chain, part, ours=ours)


def _broken(chain: ChainState, part: wire.ChainAnswer, *, ours: bool) -> str | None:
    if part.error == "gap":
        if part.head.seq < chain.base:
            return "restore"
        chain.acked = min(chain.acked, part.head.seq)
    if part.error in ("fork", "closed", "signature", "malformed"):
        return part.error
    return "fork" if part.head.seq >= chain.base and not ours and part.head.seq else None


def _expect_back(desk: Desk, marks: dict[str, int]) -> None:
    """What is acknowledged by now is in the rows once the cursors reach these marks (FD-7).

    Marks not reached are replaced by later ones: meanwhile the row may have moved beyond them.
    """
    for chain, held in view.held_operations(desk):
        if held.seq > chain.acked or view.seen_back(desk, chain, held):
            continue
        streams = {placed.stream for placed in desk.writes_of(chain, held)}
        if streams <= set(marks):
            desk.state.seen_at[held.uid] = {stream: marks[stream] for stream in streams}


def _scope(desk: Desk, answer: wire.Answer) -> None:
    """Streams that appear start at 0; what disappears takes others' rows, never own work (SC-2)."""
    state = desk.state
    for stream in [*answer.resets, *answer.added, *answer.dropped]:
        state.rows.pop(stream, None)
        state.cursor.pop(stream, None)
    for stream in [*answer.resets, *answer.added]:
        state.cursor[stream] = 0
    state.dropped = [s for s in state.dropped if s not in answer.added]
    state.dropped += [s for s in answer.dropped if s not in state.dropped]


def _page(desk: Desk, page: wire.Page, flying: InFlight) -> None:
    """Rows apply only where they continue the cursor exactly (FD-4)."""
    state = desk.state
    if state.cursor.get(page.stream, 0) != page.after:
        return
    rows = state.rows.setdefault(page.stream, {})
    for row in page.rows:
        rows[row.key] = _row(desk, page.stream, row, flying)
        sort, _, name = row.key.partition("/")
        if sort == "finding" and page.stream.startswith("mine:"):
            state.findings[name] = page.stream[5:]
    state.cursor[page.stream] = page.upto


def _row(desk: Desk, stream: str, row: wire.Row, flying: InFlight) -> PulledRow:
    if row.is_own:
        return PulledRow(row.seq, _own_fields(desk, stream, row.key, flying))
    data = bytes(row.data)
    if stream.startswith("visit:"):
        return PulledRow(row.seq, {"": _read_heads(_heads.decode(data))})
    if row.key.startswith("finding/"):
        found = _fields.decode(data)
        return PulledRow(row.seq, {name: _read_heads(heads) for name, heads in found.items()})
    return PulledRow(row.seq, other=data.decode())


def _read_heads(heads: list[tuple[str, str, str, int, Raw]]) -> list[Head]:
    return [Head(u, p, d, wall, bytes(value).decode()) for u, p, d, wall, value in heads]


def _own_fields(desk: Desk, stream: str, key: str, flying: InFlight) -> dict[str, list[Head]]:
    """A row made of nothing but operations of the request in flight, built here (FD-6)."""
    heads: dict[str, dict[str, Head]] = {}
    named: dict[str, set[str]] = {}
    for chain, held in view.held_operations(desk):
        first, last = flying.sent.get(chain.chain, (1, 0))
        if not first <= held.seq <= last:
            continue
        for placed in desk.writes_of(chain, held):
            if (placed.stream, placed.key) == (stream, key):
                head = view.head_of(desk, chain, held, placed)
                heads.setdefault(placed.field, {})[held.uid] = head
                named.setdefault(placed.field, set()).update(placed.parents)
    return {
        field: sorted((h for u, h in found.items() if u not in named[field]), key=lambda h: h.uid)
        for field, found in heads.items()
    }
