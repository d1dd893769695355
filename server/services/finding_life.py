"""A finding's life read from its registers: what was recorded, and the office's and the patrol's steps since.

Reads only; which step may follow which is `patrol.finding_steps`. A step that does not fit where the finding stands
(two people acted apart) changes nothing and stays visible in the register.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from patrol.deadlines import default_deadline
from patrol.findings import ENDED, Severity, Status
from patrol.periods import local_date
from sync.findings import fields_of
from sync.registers import Entry
from sync.sheets import Sheet


@dataclass(frozen=True, slots=True)
class Life:
    """What lists and deadlines need to know of a finding."""

    severity: str
    status: str
    recorded_by: str
    recorded_at: datetime
    due_on: date
    ended_at: datetime | None


def life_of(sheet: Sheet) -> Life:
    """The life that the registers tell."""
    fields, _ = fields_of(sheet)
    first = first_entry(sheet)
    recorded_at = instant(first.stamp.wall)
    severity = Severity(str(fields.get("severity", "general")))
    due = fields.get("deadline")
    due_on = date.fromisoformat(str(due)) if due else default_deadline(severity, local_date(recorded_at))
    retracted = fields.get("state", "live") != "live"
    status = Status.VOID if retracted else Status.RECORDED
    ended = last_at(sheet) if status in ENDED else None
    return Life(severity.value, status.value, first.stamp.person, recorded_at, due_on, ended)


def first_entry(sheet: Sheet) -> Entry:
    """The entry that began the finding: the earliest by its author's clock, for want of a better order."""
    entries = [entry for register in sheet.registers.values() for entry in register.entries.values()]
    return min(entries, key=lambda entry: (entry.stamp.wall, entry.uid))


def last_at(sheet: Sheet) -> datetime:
    """When its newest entry was made, by its author's clock."""
    return instant(max(stamp.wall for stamp in sheet.stamps.values()))


def steps(sheet: Sheet) -> list[tuple[Entry, dict[str, Any]]]:
    """The steps of the finding, each after those that its author had seen."""
    register = sheet.registers.get("status")
    if register is None:
        return []
    left = dict(register.entries)
    ordered: list[Entry] = []
    while left:
        ready = [entry for entry in left.values() if not any(parent in left for parent in entry.parents)]
        turn = min(ready or left.values(), key=lambda entry: (entry.stamp.wall, entry.uid))
        ordered.append(left.pop(turn.uid))
    return [(entry, msgspec.json.decode(entry.value)) for entry in ordered]


def instant(milliseconds: int) -> datetime:
    """An aware instant from milliseconds since the epoch; a clock that is nowhere near is held to a year."""
    bounded = min(max(milliseconds, 0), 253_402_300_000_000)
    return datetime.fromtimestamp(bounded / 1000, UTC)
