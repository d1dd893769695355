"""What a phone pulls from the store in memory: pages, marks, scope, photo digests."""

from collections.abc import Collection
from functools import lru_cache

import msgspec
from msgspec import Raw

from simulation.store import Store
from sync import feed, sheets, visits, wire
from sync.sheets import Sheet


@lru_cache(maxsize=512)
def sheet_of(data: bytes) -> Sheet:
    """A stored sheet for reading; never change it."""
    return sheets.decode(data)


def pulled(
    store: Store, answer: wire.Answer, wanted: wire.Exchange, own: Collection[str], page_rows: int
) -> wire.Answer:
    """The answer with everything the phone lacks, `page_rows` rows at most."""
    scope = scope_of(store, wanted.device)
    digests = {
        stream: feed.visit_digest(sheet_of(store.visits[stream[6:]].sheet))
        for stream in wanted.digests
        if stream in scope and stream[6:] in store.visits
    }
    pull = feed.pull(wanted.cursor, answer.epoch, scope, digests, wanted.digests)
    pages, more, room = [], False, min(wanted.limit, page_rows)
    for stream, after in pull.after.items():
        if room <= 0:
            more = True
            break
        page, rest = feed.page(stream, after, scope[stream].seq, rows_of(store, stream, after, own), room)
        pages.append(page)
        more, room = more or rest, room - len(page.rows)
    return msgspec.structs.replace(
        answer, pages=pages, more=more, marks=dict(pull.marks), added=list(pull.added), dropped=list(pull.dropped),
        resets=list(pull.resets), photos_wanted=_photos_wanted(store, scope),
    )  # fmt: skip


def scope_of(store: Store, device: str) -> dict[str, feed.StreamHead]:
    """Stream -> head of all that the device may pull."""
    return {name: feed.StreamHead(store.heads.get(name, 0)) for name in store.in_scope(device)}


def rows_of(store: Store, stream: str, after: int, own: Collection[str] = ()) -> list[wire.Row]:
    """The rows of a stream beyond `after`, in seq order."""
    kind, _, name = stream.partition(":")
    if kind == "visit":
        return feed.visit_rows(sheet_of(store.visits[name].sheet), after, own)
    found = _team_rows(store, name) if kind == "team" else _mine_rows(store, name, own)
    return sorted((row for row in found if row.seq > after), key=lambda row: row.seq)


def _team_rows(store: Store, team: str) -> list[wire.Row]:
    return [
        wire.Row(store.visit_rows[name], f"visit/{name}", _fact({"mine": v.identity.mine, "status": v.status}))
        for name, v in store.visits.items()
        if v.identity.team == team
    ]


def _mine_rows(store: Store, mine: str, own: Collection[str]) -> list[wire.Row]:
    rows = [feed.finding_row(f.finding, sheet_of(f.sheet), own) for f in store.findings.values() if f.mine == mine]
    return rows + [wire.Row(p.seq, f"place/{p.place}", _fact(p.body)) for p in store.places.values() if p.mine == mine]


def _fact(content: object) -> Raw:
    return Raw(msgspec.json.encode(content))


def _photos_wanted(store: Store, scope: Collection[str]) -> list[str]:
    found = {digest for v, known in store.visits.items() if f"visit:{v}" in scope for digest in digests_of(known.sheet)}
    return sorted(found - store.photos)


@lru_cache(maxsize=512)
def digests_of(data: bytes) -> tuple[str, ...]:
    """The photos that stand on a stored sheet."""
    return tuple(photo.sha256 for photo in visits.photos(sheet_of(data)))
