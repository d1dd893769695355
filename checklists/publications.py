"""The list of a checklist's editions in checklist.yaml: numbered, dated, frozen once their digest is written."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import NamedTuple, Protocol, TypeVar

from checklists.reading import Spot


class Published(NamedTuple):
    """`digest` is empty while the edition is still being written; only the last one may be."""

    number: int
    since: date
    digest: str


class Dated(Protocol):
    """Whatever has a first day in force, such as a row of the server's editions."""

    @property
    def since(self) -> date: ...


Edition = TypeVar("Edition", bound=Dated)


def in_force(editions: Iterable[Edition], on: date) -> Edition | None:
    """An edition is in force from its day until the day before the next one's."""
    begun = [edition for edition in editions if edition.since <= on]
    return max(begun, key=lambda edition: edition.since, default=None)


def until(editions: Sequence[Published], number: int) -> date | None:
    """An edition's last day in force, or None while no later one is announced."""
    later = [edition.since for edition in editions if edition.number > number]
    return min(later) - timedelta(days=1) if later else None


def read_publication(spot: Spot) -> tuple[Published, Spot]:
    fields = spot.record(("number", "from"), ("digest",))
    return Published(
        number=fields["number"].whole() if "number" in fields else 0,
        since=fields["from"].day() if "from" in fields else date.min,
        digest=fields["digest"].text() if "digest" in fields else "",
    ), spot


def check_order(entries: Sequence[tuple[Published, Spot]]) -> None:
    """Numbers run 1, 2, 3 …; each begins after the one before; all but the last are frozen."""
    for expected, (edition, spot) in enumerate(entries, start=1):
        if edition.number != expected:
            spot.complain("edition_numbers_run_on", f"{edition.number} ≠ {expected}")
    for (before, spot), (after, later) in pairwise(entries):
        if after.since <= before.since:
            later.complain("edition_begins_after_the_one_before", after.since.isoformat())
        if not before.digest:
            spot.complain("edition_needs_digest", str(before.number))


def check_frozen(edition: Published, spot: Spot, compiled: str) -> None:
    """A published edition's content stays: whoever changes the files adds a new edition."""
    if edition.digest and edition.digest != compiled:
        spot.complain("edition_is_frozen", f"{edition.digest[:12]} ≠ {compiled[:12]}")
