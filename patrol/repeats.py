"""Which earlier findings a new one belongs with: the repeat (反复出现), and the one still open.

Links, never merges and never deletes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from patrol.findings import OPEN, Finding
from patrol.periods import local_date

REPEATS_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Links:
    """Ids of earlier findings: `repeat_of` the latest closed one, `open_already` those still open
    at the same place, oldest first."""

    repeat_of: str | None
    open_already: tuple[str, ...]


def links_of(new: Finding, others: Iterable[Finding]) -> Links:
    """Hold a new finding against the others of its mine; order and foreign mines do not matter.

    A repeat is the same item at the same mine within 90 local days of a closure, the 90th
    included, at whatever place. A finding outside the checklist has no item and repeats nothing.
    """
    alike = [
        other
        for other in others
        if other.id != new.id and other.mine == new.mine and other.item is not None and other.item == new.item
    ]
    closed = [other for other in alike if _repeats(new, other)]
    latest = max(closed, key=lambda other: (other.closed_at, other.id), default=None)
    return Links(latest.id if latest else None, _open_already(new, alike))


def _repeats(new: Finding, earlier: Finding) -> bool:
    if earlier.closed_at is None or new.recorded_at < earlier.closed_at:
        return False
    return local_date(new.recorded_at) - local_date(earlier.closed_at) <= REPEATS_WITHIN


def _open_already(new: Finding, alike: Iterable[Finding]) -> tuple[str, ...]:
    still = [
        other
        for other in alike
        if other.status in OPEN
        and other.place == new.place
        and (other.recorded_at, other.id) < (new.recorded_at, new.id)
    ]
    return tuple(other.id for other in sorted(still, key=lambda other: (other.recorded_at, other.id)))
