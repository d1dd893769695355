"""A request as the core sees it, and what has to be gathered before it can be decided (SPEC, PL)."""

from collections.abc import Mapping
from dataclasses import dataclass

from sync import operations, wire


@dataclass(frozen=True, slots=True)
class Batch:
    """A prepared run of one chain: parsed, hashed, linked, signature checked or not yet (None).

    `error` is set when the run cannot be appended whatever the server has stored.
    """

    chain: str
    data: tuple[bytes, ...]
    operations: tuple[operations.Known | operations.Opaque, ...]
    hashes: tuple[str, ...]
    signature: str
    error: str | None = None

    @property
    def first(self) -> int:
        return self.operations[0].seq if self.operations else 0

    @property
    def last(self) -> int:
        return self.operations[-1].seq if self.operations else 0


@dataclass(frozen=True, slots=True)
class Prepared:
    """A request after everything that needs no database: `exchange` is the decoded wire struct."""

    exchange: wire.Exchange
    batches: tuple[Batch, ...]


@dataclass(frozen=True, slots=True)
class Needs:
    """What to gather for a request (PL-2).

    Read first, unlocked, because they never change: the mine and team of `visits` and the mine of
    `findings`. Then lock `streams(...)` in the order given, then read everything else.
    `releases`: uids of withheld operations to fetch; also fetch those parked for `parked_visits`
    and `parked_findings`.
    """

    chains: tuple[str, ...]
    visits: tuple[str, ...]
    findings: tuple[str, ...]
    mines: tuple[str, ...]
    teams: tuple[str, ...]
    releases: tuple[str, ...]
    parked_visits: tuple[str, ...]
    parked_findings: tuple[str, ...]

    def streams(
        self,
        visits: Mapping[str, tuple[str, str]],
        findings: Mapping[str, str],
    ) -> tuple[str, ...]:
        """Stream names in locking order. `visits`: id -> (team, mine); `findings`: id -> mine."""
        mines = {*self.mines, *(mine for _, mine in visits.values()), *findings.values()}
        teams = {*self.teams, *(team for team, _ in visits.values())}
        names = [f"visit:{v}" for v in {*self.visits, *visits}]
        names += [f"mine:{m}" for m in mines] + [f"team:{t}" for t in teams]
        return tuple(sorted(names))
