"""What must hold when all is quiet: everything that the protocol promises, looked at from outside."""

import random
from collections.abc import Mapping

from simulation import recount
from simulation.county import County, judge
from simulation.feeding import rows_of, sheet_of
from simulation.ledger import Broken, require
from simulation.store import Store
from simulation.world import World
from sync import feed, visits, wire
from sync import operations as ops
from sync.known import Author, Context, Known
from sync.phone import view
from sync.rebuild import rebuild
from sync.reducer import reduce
from sync.segments import SegmentDamagedError, operations_of
from sync.state import State

Effective = tuple[ops.Known | ops.Opaque, str, Author]
_RULINGS = (ops.VisitSeal, ops.VisitReopen, ops.VisitVoid)


def judge_world(world: World) -> None:
    """Every invariant that is about the end; raises Broken."""
    nothing_lost(world)
    log_proves_itself(world)
    rebuilt_is_stored(world)
    any_order_is_the_same(world)
    answers_count(world)
    nothing_waits_in_vain(world.county.store)
    what_waits_is_kept(world.county.store)
    complete_means_complete(world.county.store)
    phones_agree(world)


def nothing_lost(world: World) -> None:
    """1, 2, 3: what phones made is stored, but what died with a phone and was never, or not since, acknowledged."""
    ledger, county = world.ledger, world.county
    stored = ledger.stored(county.store.segments)
    for handset in world.living:
        require(handset.unsent() == 0, "2", f"{handset.name} still has {handset.unsent()}")
        missing = (handset.held() & ledger.created) - stored
        require(not missing, "2", f"{handset.name} holds what the county lacks: {missing}")
    missing = ledger.created - stored
    require(not (gone := missing - ledger.lost), "3", gone)
    broken = {uid for uid in missing if ledger.acked.get(uid) == county.epoch}
    require(not broken, "1", f"acknowledged and gone: {broken}")


def log_proves_itself(world: World) -> None:
    """10, 13: chains are dense and linked, and hold nothing but what a phone made."""
    store, made = world.county.store, world.ledger.made
    ends: dict[str, tuple[int, str]] = {}
    for segment in store.segments:
        last, digest = ends.get(segment.chain, (0, ""))
        require((segment.first, segment.before) == (last + 1, digest), "10", f"{segment.chain} after {last}")
        ends[segment.chain] = segment.last, segment.hash
        require(segment.chain == world.office.chain or segment.hash in made, "13", segment.chain)
    for name, chain in store.chains.items():
        require(ends.get(name, (0, "")) == (chain.head.seq, chain.head.hash), "10", name)
        require(store.safe.get(name, 0) <= chain.head.seq, "16", name)


def _contents(store: Store) -> dict[str, object]:
    found: dict[str, object] = {name: sheet_of(known.sheet).content() for name, known in store.visits.items()}
    return found | {name: sheet_of(known.sheet).content() for name, known in store.findings.items()}


def rebuilt_is_stored(world: World) -> None:
    """6, RB-1: from the log alone every register is identical; signatures are checked on the way (10)."""
    store = world.county.store
    try:
        found = rebuild(store.segments, store.chains, judge)
    except SegmentDamagedError as error:
        raise Broken("10", str(error)) from error
    rebuilt = {name: sheet.content() for name, sheet in [*found.visits.items(), *found.findings.items()]}
    stored = _contents(store)
    require(rebuilt == stored, "6", lambda: _difference(rebuilt, stored))


def _difference(left: Mapping[str, object], right: Mapping[str, object]) -> str:
    for name in sorted({*left, *right}):
        mine, other = left.get(name), right.get(name)
        if mine != other and isinstance(mine, dict) and isinstance(other, dict):
            return "; ".join(
                f"{name} {k}: {mine.get(k)} / {other.get(k)}" for k in mine | other if mine.get(k) != other.get(k)
            )
    return f"{sorted(left)} / {sorted(right)}"


def any_order_is_the_same(world: World) -> None:
    """6, 17: the operations that have effect, in another order, come to the same registers."""
    logged = _effective(world.county.store)
    random.Random(world.seed).shuffle(logged)
    state = State(Known(world.county.epoch, {}), Context(0, "", "", judge, lambda *_: True))
    rulings = [item for item in logged if isinstance(item[0], _RULINGS)]
    for waiting in ([item for item in logged if item not in rulings], rulings):
        _apply_all(state, waiting)
    found: dict[str, object] = {name: visit.sheet.content() for name, visit in state.visits.items()}
    found |= {name: finding.sheet.content() for name, finding in state.findings.items()}
    stored = _contents(world.county.store)
    require(found == stored, "6", lambda: _difference(found, stored))


def _apply_all(state: State, waiting: list[Effective]) -> None:
    while waiting:
        left = [item for item in waiting if reduce(state, item[0], item[2], item[1], forced=True) == "parked"]
        require(len(left) < len(waiting), "6", lambda w=left: f"nothing opens what waits: {w}")
        waiting = left


def _effective(store: Store) -> list[Effective]:
    """Every operation with effect, as (operation, chain, author)."""
    found, withheld = [], {}
    for segment in store.segments:
        verdicts, author = dict(segment.verdicts), store.chains[segment.chain].author
        for data in operations_of(segment):
            operation = ops.decode(data)
            item = operation, segment.chain, author
            if isinstance(operation, ops.ChainOpen | ops.ChainRotate | ops.OperationRelease):
                continue
            if verdicts.get(operation.seq, "applied") in ops.EFFECTIVE:
                found.append(item)
            else:
                withheld[operation.uid] = item
        found += [withheld[uid] for uid, verdict in segment.settled if verdict in ops.EFFECTIVE]
    return found


def answers_count(world: World) -> None:
    """5: counted apart from the product, every answer comes to the same; a fail stands until a person settles it."""
    store = world.county.store
    log = [
        recount.Stored(
            s.chain, store.chains[s.chain].author.office, operations_of(s), dict(s.verdicts), dict(s.settled)
        )
        for s in store.segments
    ]
    own = recount.recount(log, lambda body, _: str(body["outcome"]))
    stored = {
        (name, change.key): change for name, v in store.visits.items() for change in visits.answers(sheet_of(v.sheet))
    }
    require(own.keys() == stored.keys(), "5", lambda: own.keys() ^ stored.keys())
    for key, answers in own.items():
        outcome, standing = answers.counted()
        register = sheet_of(store.visits[key[0]].sheet).registers[key[1]]
        require({head.uid for head in register.heads()} == standing, "5", key)
        gravity = recount.GRAVITY[str(stored[key].outcome)]
        require(gravity >= recount.GRAVITY[outcome], "5", f"{key} counts as {stored[key].outcome}, is {outcome}")


def nothing_waits_in_vain(store: Store) -> None:
    """VD-5: nothing is parked for what is there."""
    for row in store.withheld.values():
        lacks = (row.visit and row.visit not in store.visits) or (row.finding and row.finding not in store.findings)
        require(row.verdict != "parked" or lacks, "VD-5", f"{row.uid} waits for {row.visit} {row.finding}")


def what_waits_is_kept(store: Store) -> None:
    """VD-3: every operation that never had effect can still be released."""
    waiting: set[str] = set()
    effective: set[str] = set()
    for segment in store.segments:
        verdicts = dict(segment.verdicts)
        for data in operations_of(segment):
            operation = ops.decode(data)
            withheld = verdicts.get(operation.seq, "applied") in ops.WITHHELD
            (waiting if withheld else effective).add(operation.uid)
        effective |= {uid for uid, verdict in segment.settled if verdict in ops.EFFECTIVE}
    lost = waiting - effective - set(store.withheld)
    require(not lost, "VD-3", f"withheld and out of reach: {lost}")


def complete_means_complete(store: Store) -> None:
    """14: a visit is complete exactly when nothing is missing."""
    for name, visit in store.visits.items():
        status, missing = visits.state_of(sheet_of(visit.sheet), store.photos)
        require(status == visit.status, "14", f"{name} is {visit.status}, should be {status} {missing}")


def phones_agree(world: World) -> None:
    """7, 19: every phone in scope holds exactly the county's rows; a revoked one has had none."""
    county = world.county
    for handset in world.living:
        if county.is_revoked(handset.device):
            continue
        rows = handset.state.rows
        for stream in county.store.in_scope(handset.device):
            held = {key: row.seq for key, row in rows.get(stream, {}).items()}
            theirs = {row.key: row.seq for row in _all_rows(county, stream)}
            require(held == theirs, "7", lambda s=stream, h=held, t=theirs, n=handset.name: (n, s, h, t))
        for stream, of in rows.items():
            if stream.startswith("visit:"):
                theirs_digest = visit_digest(county.store, stream[6:])
                require(view.stream_digest(of) == theirs_digest, "7", f"{handset.name} {stream}")


def visit_digest(store: Store, visit: str) -> str:
    """What the county holds of a visit's stream."""
    return feed.visit_digest(sheet_of(store.visits[visit].sheet))


def _all_rows(county: County, stream: str) -> list[wire.Row]:
    return rows_of(county.store, stream, 0)
