"""Planted defects of the server around the plan: what it gathers, commits, answers and lets in."""

from dataclasses import replace
from typing import Any

from msgspec.structs import replace as with_fields

from simulation import county, gathering, store
from simulation.planting import Patches, put
from sync import feed, prepare


def epoch_is_ignored() -> Patches:
    """A county that came back says that it never was away."""

    def restore(self: county.County) -> None:
        self.store = self.backup
        self.restores += 1

    return put(county.County, "restore", restore)


def ack_before_commit() -> Patches:
    """The county answers although its transaction failed."""
    real = county.County.push

    def wrong(self: county.County, request: Any, carrier: str, fault: str | None = None) -> Any:
        if fault == "before":
            return self.planned(prepare.check_signatures(request, {}), carrier)
        return real(self, request, carrier, fault)

    return put(county.County, "push", wrong)


def safe_at_once() -> Patches:
    """The county says safe for what no backup has."""
    real = gathering._chain

    def wrong(given: store.Store, name: str, request: Any) -> Any:
        found = real(given, name, request)
        return replace(found, safe=found.head.seq)

    return put(gathering, "_chain", wrong)


def parked_is_not_gathered() -> Patches:
    """The server forgets to look for what waits."""
    return put(gathering, "_parked", lambda *_: {})


def scope_is_for_reading_only() -> Patches:
    """Anybody writes anywhere."""
    return put(county.County, "may", lambda *_: True)


def scope_is_for_writing_only() -> Patches:
    """Everybody reads everything."""
    every = lambda self, _: {*self.heads, *(f"visit:{v}" for v in self.visits)}
    return put(store.Store, "in_scope", every)


def revoked_still_reads() -> Patches:
    """A revoked phone goes on pulling."""
    return put(county.County, "is_revoked", lambda *_: False)


def revoked_still_writes() -> Patches:
    """A revoked phone goes on having effect."""
    real = gathering._chain
    return put(gathering, "_chain", lambda *given: replace(real(*given), revoked=False))


def page_ends_early() -> Patches:
    """A page ends before its last row and says that it reached the head."""
    real = feed.page

    def wrong(*given: Any) -> Any:
        found, more = real(*given)
        return (with_fields(found, rows=found.rows[:-1]), more) if len(found.rows) > 2 else (found, more)

    return put(feed, "page", wrong)


DEFECTS = (
    epoch_is_ignored, ack_before_commit, safe_at_once, parked_is_not_gathered, scope_is_for_reading_only,
    scope_is_for_writing_only, revoked_still_reads, revoked_still_writes, page_ends_early,
)  # fmt: skip
