"""Who said something, on which phone, and when: by the phone's clock, corrected, and by the county's. Reads only.

No order and no decision hangs on any of these times (SPEC, TM-1).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from server.queries.finding_lists import people_named
from server.queries.log import OFFICE_DEVICE
from server.queries.receipts import Phone, Receipts, phones_named, receipts_of
from server.services.finding_life import instant
from sync.registers import Entry

#: A clock that is wrong by less is not worth a word.
_WORTH_TELLING = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Said:
    """`phone` is None at a desk. `at` is the author's clock, `corrected` that clock without its last known error,
    None where it was about right; `received` is the county's, None where no segment is found."""

    person: str
    name: str
    phone: str | None
    at: datetime
    corrected: datetime | None
    fast_by: timedelta | None
    received: datetime | None
    receipt: str | None


class Witness:
    """Knows the people, phones and receipts of some entries."""

    def __init__(self, entries: Collection[Entry], more_people: Iterable[str] = ()) -> None:
        people = {entry.stamp.person for entry in entries} | set(more_people)
        self.people: Mapping[str, str] = people_named(people)
        self.phones: Mapping[str, Phone] = phones_named({entry.stamp.device for entry in entries})
        self._receipts: Receipts = receipts_of(entries)

    def name(self, person: str) -> str:
        """The person's name; the id of somebody whom nobody knows."""
        return self.people.get(person, person)

    def phone(self, device: str) -> str | None:
        """The phone's label, or how its id begins while nobody gave it one; None at a desk."""
        if device == OFFICE_DEVICE:
            return None
        found = self.phones.get(device)
        return (found.label if found else "") or device[:8]

    def of(self, entry: Entry) -> Said:
        """Everything that is known of an entry's making."""
        stamp = entry.stamp
        at, error = instant(stamp.wall), self._error(stamp.device)
        receipt = self._receipts.of(entry)
        return Said(
            person=stamp.person,
            name=self.name(stamp.person),
            phone=self.phone(stamp.device),
            at=at,
            corrected=None if error is None else at - error,
            fast_by=error,
            received=receipt.at if receipt else None,
            receipt=receipt.id if receipt else None,
        )

    def _error(self, device: str) -> timedelta | None:
        phone = self.phones.get(device)
        if phone is None or phone.clock_error_ms is None:
            return None
        error = timedelta(milliseconds=phone.clock_error_ms)
        return error if abs(error) >= _WORTH_TELLING else None
