"""What a mine is asked on a day: the picture of the mine held against an edition. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from checklists.applicability import Cadence
from checklists.editions import Edition
from patrol.mines import Attribute, Place, change_days, values_on
from patrol.periods import Period
from server.queries.mines import attribute_values, place_values
from server.services import editions

_required: dict[tuple[str, str, int, date], frozenset[str]] = {}
_REQUIRED_KEPT = 2048


def required_pairs(mine: str, edition: str, day: date, picture: int) -> frozenset[str]:
    """The pairs that a weekly round asks of a mine on a day under an edition.

    Kept per process by the mine's picture number, which rises with every change of an attribute or place.
    """
    key = (mine, edition, picture, day)
    found = _required.get(key)
    if found is None:
        found = frozenset(pairs_on(mine, edition, day, "round"))
        if len(_required) >= _REQUIRED_KEPT:
            _required.clear()
        _required[key] = found
    return found


def pairs_on(mine: str, edition: str, day: date, cadence: Cadence) -> tuple[str, ...]:
    """The pairs that apply to a mine on a day, in the checklist's order; none under an unknown edition."""
    known = editions.find_edition(edition)
    return () if known is None else mine_register(mine).pairs(known, day, cadence)


@dataclass(frozen=True, slots=True)
class MineRegister:
    """A mine's whole history of attributes and places."""

    history: Sequence[Attribute]
    places: Sequence[Place]

    def pairs(self, edition: Edition, day: date, cadence: Cadence) -> tuple[str, ...]:
        """The pairs that apply on a day, in the checklist's order."""
        return edition.pairs(values_on(self.history, day), self.places, day, cadence)

    def change_days(self, period: Period) -> tuple[date, ...]:
        """The days of the period on which something about the mine may be otherwise than the day before."""
        return change_days(self.history, self.places, period)


def mine_register(mine: str) -> MineRegister:
    """The register of a mine; places that are only proposed are not in it."""
    return MineRegister(attribute_values(mine), place_values(mine))
