"""Reads for a plan what it says it needs, from the store in memory."""

from dataclasses import replace

from simulation.store import Store
from sync.append import overlap
from sync.known import ChainKnown, Known, Needs, Prepared, Withheld
from sync.plan import needs


def gather(store: Store, request: Prepared, epoch: str) -> Known:
    """Everything known for `request`, and no more than the server would gather (PL-2)."""
    wanted = needs(request)
    named = {uid: store.withheld[uid] for uid in wanted.releases if uid in store.withheld}
    carried = {c for c in wanted.chains if c in store.chains and not store.chains[c].vouched}
    named |= {uid: row for uid, row in store.withheld.items() if row.chain in carried}
    wanted = needs(request, named.values())
    while found := {uid: row for uid, row in _parked(store, wanted).items() if uid not in named}:
        named |= found
        wanted = needs(request, named.values())
    return Known(
        epoch=epoch,
        heads={stream: store.heads.get(stream, 0) for stream in _streams(store, wanted)},
        chains={c: _chain(store, c, request) for c in wanted.chains if c in store.chains},
        visits={v: store.visits[v] for v in wanted.visits if v in store.visits},
        findings={f: store.findings[f] for f in wanted.findings if f in store.findings},
        withheld=named,
        here=store.photos,
    )


def _streams(store: Store, wanted: Needs) -> tuple[str, ...]:
    homes = {v: store.visits[v].identity for v in wanted.visits if v in store.visits}
    return wanted.streams(
        {v: (identity.team, identity.mine) for v, identity in homes.items()},
        {f: store.findings[f].mine for f in wanted.findings if f in store.findings},
    )


def _parked(store: Store, wanted: Needs) -> dict[str, Withheld]:
    return {
        uid: row
        for uid, row in store.withheld.items()
        if row.verdict == "parked" and (row.visit in wanted.parked_visits or row.finding in wanted.parked_findings)
    }


def _chain(store: Store, name: str, request: Prepared) -> ChainKnown:
    found = store.chains[name]
    revoked = bool({found.author.device, found.author.person} & store.revoked)
    found = replace(found, safe=store.safe.get(name, 0), revoked=revoked)
    for batch in request.batches:
        if batch.chain == name and (span := overlap(found.head, batch)):
            segments = [s for s in store.segments if s.chain == name and s.last >= span[0]]
            found = replace(found, segments=tuple(segments))
    return found
