"""Gathers what a plan may look at, under its locks and in their order: chains, then streams, then everything else.

Reads and locks; decides and writes nothing.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date

from patrol.periods import month_of
from server.db import db
from server.direct import Question, ahead
from server.queries import log, photos, sheets
from server.services import chain_keys, coverage, grants, repeats
from server.services.feed import lock_streams
from server.services.finding_life import instant
from sync.append import overlap
from sync.known import ChainKnown, Known, Needs, Prepared, Withheld
from sync.operations import ChainOpen, FindingSet, PhotoAdd, VisitJoin, VisitOpen
from sync.plan import needs


def gather(request: Prepared, epoch: str, today: date) -> Known:
    """Everything known for `request`; holds its chains and streams until the commit (PL-2)."""
    wanted = needs(request)
    strangers = _strangers(wanted, request)
    for question in sheets.homes_asked(*strangers):
        ahead(*question)
    heads: dict[str, int] = {}
    if not any(strangers) and not wanted.releases:
        # Nothing of the database says which streams: they are locked with the chains, behind them, in one round trip.
        ahead(*log.chains_locked(wanted.chains))
        heads = _lock(wanted.streams({}, {}), _under_locks(wanted, request, epoch, today))
    locked = log.lock_chains(wanted.chains)
    named = {
        **log.withheld(wanted.releases, (), ()),
        **log.carried([chain.chain for chain in locked.values() if not chain.vouched]),
    }
    if named:
        wanted = needs(request, named.values())
    more = set(wanted.streams(*_homes(wanted, request))) - heads.keys()
    heads |= _lock(more, () if heads else _under_locks(wanted, request, epoch, today))
    chains = _with_segments(locked, request)
    # What waits may let out what waits for it. That is rare, so its streams are locked late; of two that meet in it,
    # the database lets one go first.
    while waiting := {uid: row for uid, row in _parked(wanted).items() if uid not in named}:
        named |= waiting
        wanted = needs(request, named.values())
        heads |= _lock(set(wanted.streams(*_homes(wanted, request))) - heads.keys())
    visits = sheets.visits_known(wanted.visits)
    return Known(
        epoch=epoch,
        heads=heads,
        chains=chains,
        visits=visits,
        findings=sheets.findings_known(wanted.findings),
        withheld=named,
        here=sheets.photos_here(tuple(visits)) | photos.here(declared_photos(request)),
    )


def _lock(streams: Collection[str], then: Sequence[Question] = ()) -> dict[str, int]:
    return lock_streams(db.session(), streams, then) if streams else {}


def _under_locks(wanted: Needs, request: Prepared, epoch: str, today: date) -> list[Question]:
    """What will be asked as soon as the streams are locked, most likely."""
    asked = sheets.known_asked(wanted.visits, wanted.findings, set(wanted.visits).difference(wanted.parked_visits))
    if wanted.parked_visits or wanted.parked_findings:
        asked.append(log.withheld_asked((), wanted.parked_visits, wanted.parked_findings))
    people = chain_keys.people_of(epoch, wanted.chains)
    people |= {o.body.person for batch in request.batches for o in batch.operations[:1] if isinstance(o, ChainOpen)}
    return [*asked, *(grants.grants_asked(person, today) for person in sorted(people)), *_of_opened(request)]


def _of_opened(request: Prepared) -> Iterator[Question]:
    """What storing the visits that the request opens will ask: their months, and what their findings may repeat."""
    operations = [operation for batch in request.batches for operation in batch.operations]
    opened = {o.visit: o.body for o in operations if isinstance(o, VisitOpen | VisitJoin)}
    for mine, day in {(body.mine, body.date) for body in opened.values()}:
        with suppress(ValueError, OverflowError):
            yield coverage.month_asked(mine, month_of(date.fromisoformat(day)))
    found = [(opened[o.visit].mine, o) for o in operations if isinstance(o, FindingSet) and o.visit in opened]
    if question := repeats.asked((mine, o.body.set.item, instant(o.t[0])) for mine, o in found):
        yield question


def declared_photos(request: Prepared) -> frozenset[str]:
    """Digests that the request's operations name."""
    operations = (operation for batch in request.batches for operation in batch.operations)
    return frozenset(operation.body.sha256 for operation in operations if isinstance(operation, PhotoAdd))


def _homes(wanted: Needs, request: Prepared) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Whose the visits and findings are, as far as the request does not say it itself."""
    visits, findings = _strangers(wanted, request)
    return sheets.visit_homes(visits), sheets.finding_homes(findings)


def _strangers(wanted: Needs, request: Prepared) -> tuple[set[str], set[str]]:
    """Visits and findings of which the request does not say whose they are.

    It does for visits that it opens, and for findings that it edits within a visit: one that belongs to another mine
    than its visit is refused by the plan, whatever is locked.
    """
    operations = [operation for batch in request.batches for operation in batch.operations]
    here = {o.body.finding for o in operations if isinstance(o, FindingSet) and o.visit is not None}
    return set(wanted.visits).difference(wanted.parked_visits), set(wanted.findings).difference(here)


def _parked(wanted: Needs) -> dict[str, Withheld]:
    found = log.withheld((), wanted.parked_visits, wanted.parked_findings)
    return {uid: operation for uid, operation in found.items() if operation.verdict == "parked"}


def _with_segments(chains: Mapping[str, ChainKnown], request: Prepared) -> dict[str, ChainKnown]:
    """Add the stored segments where a run ends before the head or disagrees with it; elsewhere the head settles it."""
    found = dict(chains)
    for batch in request.batches:
        chain = chains.get(batch.chain)
        needed = overlap(chain.head, batch) if chain else None
        if chain and needed:
            found[batch.chain] = log.with_segments(chain, needed[0])
    return found
