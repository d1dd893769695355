"""A finding's life read from its registers: what was recorded, and every step since, as the rules admit them.

Which step may follow which is `patrol.finding_steps`; here the registers are only put into its words. A step that does
not fit where the finding stands (two people acted apart) changes nothing and stays visible in the register.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import msgspec

from patrol.deadlines import default_deadline
from patrol.errors import DomainError
from patrol.finding_steps import Said, follow
from patrol.findings import Finding, Severity, Step
from patrol.periods import local_date
from patrol.permissions import Actor, Role
from patrol.steps import Attempt
from server.db import db
from server.models.user import User
from server.models.visit import Visit
from server.queries.actors import find_actor
from sync.findings import fields_of
from sync.registers import Entry
from sync.sheets import Sheet

#: The year 9892: days can be added to it, and it can be told in the county's zone.
_LATEST_MS = 250_000_000_000_000
#: What a phone's re-check says, as a step.
_RECHECK = {"passed": Step.PASS_RECHECK.value, "failed": Step.FAIL_RECHECK.value}


@dataclass(frozen=True, slots=True)
class Home:
    """Whose a finding is."""

    finding: str
    county: str
    mine: str
    visit: str | None


@dataclass(frozen=True, slots=True)
class Life:
    """A finding with its history, the steps that did not fit, and when it ended if it did."""

    finding: Finding
    refused: tuple[tuple[int, DomainError], ...] = ()

    @property
    def ended_at(self) -> datetime | None:
        """When it was closed, transferred or voided: from then on it is on nobody's list."""
        return self.finding.ended_at


def life_of(home: Home, sheet: Sheet, fields: Mapping[str, Any] | None = None) -> Life:
    """The life that the registers tell; `fields` are theirs, where the caller has them."""
    fields = fields_of(sheet)[0] if fields is None else fields
    if "status" not in sheet.registers and fields.get("state", "live") == "live":
        return Life(recorded(home, sheet, fields))
    finding, refused = follow(recorded(home, sheet, fields, _team_of(home.visit)), _said(home, sheet))
    return Life(finding, tuple(refused))


def recorded(home: Home, sheet: Sheet, fields: Mapping[str, Any], team: str = "") -> Finding:
    """The finding as its first authors recorded it, before any step."""
    first = first_entry(sheet)
    at = instant(first.stamp.wall)
    severity = Severity(str(fields.get("severity", "general")))
    due = fields.get("deadline")
    return Finding(
        id=home.finding,
        county=home.county,
        team=team,
        mine=home.mine,
        severity=severity,
        recorded_by=first.stamp.person,
        recorded_at=at,
        deadline=date.fromisoformat(str(due)) if due else default_deadline(severity, local_date(at)),
        item=fields.get("item"),
        place=fields.get("place"),
    )


def first_entry(sheet: Sheet) -> Entry:
    """The entry that began the finding: what says that there is one, by an author who had seen nothing of it.

    Of several the earliest by their clocks. A step at a desk is never it, however fast the phone's clock was.
    """
    state = sheet.registers.get("state")
    begun = [entry for entry in state.entries.values() if not entry.parents] if state else []
    entries = begun or [entry for register in sheet.registers.values() for entry in register.entries.values()]
    return min(entries, key=lambda entry: (entry.stamp.wall, entry.uid))


def steps(sheet: Sheet) -> list[tuple[Entry, dict[str, Any]]]:
    """The steps of the finding, each after those that its author had seen."""
    register = sheet.registers.get("status")
    left = dict(register.entries) if register else {}
    ordered: list[Entry] = []
    while left:
        ready = [entry for entry in left.values() if not any(parent in left for parent in entry.parents)]
        turn = min(ready or left.values(), key=lambda entry: (entry.stamp.wall, entry.uid))
        ordered.append(left.pop(turn.uid))
    return [(entry, msgspec.json.decode(entry.value)) for entry in ordered]


def _said(home: Home, sheet: Sheet) -> Iterable[Said]:
    """The steps in the words of the rules; a retraction that stands comes last."""
    actors: dict[tuple[str, date], Actor] = {}
    for entry, value in (*steps(sheet), *_retraction(sheet)):
        at = instant(entry.stamp.wall)
        key = (entry.stamp.person, local_date(at))
        if key not in actors:
            actors[key] = _actor(*key, home.county)
        yield Said(_RECHECK.get(value.get("result", ""), value["step"]), Attempt(actors[key], at), _values(value, at))


def _values(value: Mapping[str, Any], at: datetime) -> Mapping[str, Any]:
    data = value.get("data")
    if isinstance(data, dict):
        return data
    said = {name: one for name, one in value.items() if name != "step"}
    return _failed(said, at) if value.get("result") == "failed" else said


def _failed(said: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A phone's re-check that failed, in the words of the step: the remark is its reason, and a day counts that nobody
    chose.
    """
    told = {"deadline": default_deadline(Severity.GENERAL, local_date(at)).isoformat()} | said
    return told | {"reason": said["note"]} if "note" in said else told


def _retraction(sheet: Sheet) -> list[tuple[Entry, dict[str, Any]]]:
    """The heads of `state` when all of them are retractions: one "live" head keeps the finding (SPEC, FN-5)."""
    register = sheet.registers.get("state")
    heads = register.heads() if register else []
    said = [(head, msgspec.json.decode(head.value)) for head in heads]
    if any(value == "live" for _, value in said):
        return []
    return [(head, {"step": Step.RETRACT.value, "reason": value["retracted"]}) for head, value in said[:1]]


def _actor(person: str, day: date, county: str) -> Actor:
    """The person as they were on the day of the step: roles and memberships keep their dates."""
    user = db.session.get(User, person)
    found = find_actor(user, day) if user else None
    return found or Actor(person, Role.MEMBER, county)


def _team_of(visit: str | None) -> str:
    found = db.session.get(Visit, visit) if visit else None
    return found.team_id if found else ""


def instant(milliseconds: int) -> datetime:
    """An aware instant from milliseconds since the epoch; a clock that is nowhere near is held to what dates can be."""
    bounded = min(max(milliseconds, 0), _LATEST_MS)
    return datetime.fromtimestamp(bounded / 1000, UTC)
