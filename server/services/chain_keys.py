"""Keys and people of chains, kept per process: a chain's opening never changes, so one question a chain is enough.

Kept by epoch: in a database that came back from an older copy a chain may not be there any more. What is kept says
nothing of revocation; that is read under the chain's lock, every time.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from server.queries import log

_KEPT = 16_384


class Key(NamedTuple):
    """Algorithm and public key as the chain's opening says them, and who wrote it."""

    algorithm: str
    public: str
    person: str


@dataclass(slots=True)
class _Kept:
    epoch: str
    chains: dict[str, Key]


_kept = _Kept("", {})


def keys_of(epoch: str, chains: Collection[str]) -> dict[str, tuple[str, str]]:
    """Chain → (algorithm, public key) of the chains on record."""
    known = _of(epoch)
    if missing := [chain for chain in chains if chain not in known]:
        found = {chain: Key(*key) for chain, key in log.chain_keys(missing).items()}
        if len(known) + len(found) > _KEPT:
            known.clear()
        known |= found
    return {chain: known[chain][:2] for chain in chains if chain in known}


def people_of(epoch: str, chains: Iterable[str]) -> set[str]:
    """Who wrote those of the chains that were met before."""
    known = _of(epoch)
    return {known[chain].person for chain in chains if chain in known}


def _of(epoch: str) -> dict[str, Key]:
    global _kept  # noqa: PLW0603 - one assignment, so that no thread adds to another epoch's chains
    kept = _kept
    if kept.epoch != epoch:
        kept = _kept = _Kept(epoch, {})
    return kept.chains
