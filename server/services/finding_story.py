"""What happened to a finding, in the order in which the county heard of it: words, photos, steps, and those steps that
did not fit. Reads only.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from server.services.finding_life import Life, first_entry, steps
from server.services.witness import Said, Witness
from sync.registers import Entry
from sync.sheets import Sheet


@dataclass(frozen=True)
class Event:
    """`kind`: recorded, edited, photo, photo_gone, note, retracted, step or refused. `what`: the field or the step.
    `facts` are what was said with it; `why` is the code of what stood in a refused step's way.
    """

    kind: str
    what: str
    said: Said
    facts: dict[str, Any] = field(default_factory=dict)
    why: str = ""


_PLAIN = ("item", "place", "severity", "text", "deadline", "measures", "responsible", "answer")


def story_of(sheet: Sheet, life: Life, witness: Witness) -> list[Event]:
    """Every event, the first first."""
    first = first_entry(sheet)
    events = [Event("recorded", "", witness.of(first), _words(sheet, first))]
    events += _edits(sheet, witness, first)
    events += _attached(sheet, witness)
    events += _steps(sheet, life, witness)
    return sorted(events, key=lambda event: event.said.received or event.said.at)


def _words(sheet: Sheet, first: Entry) -> dict[str, Any]:
    found = {name: sheet.registers[name].entries.get(first.uid) for name in _PLAIN if name in sheet.registers}
    return {name: msgspec.json.decode(entry.value) for name, entry in found.items() if entry}


def _edits(sheet: Sheet, witness: Witness, first: Entry) -> Iterator[Event]:
    """One event an operation, however many fields it set."""
    by_operation: dict[str, tuple[Entry, dict[str, Any]]] = {}
    for name in _PLAIN:
        for entry in sheet.registers[name].entries.values() if name in sheet.registers else ():
            if entry.uid != first.uid:
                by_operation.setdefault(entry.uid, (entry, {}))[1][name] = msgspec.json.decode(entry.value)
    for entry, facts in by_operation.values():
        yield Event("edited", "", witness.of(entry), facts)


def _attached(sheet: Sheet, witness: Witness) -> Iterator[Event]:
    for key, register in sheet.registers.items():
        sort = key.partition("/")[0]
        if sort not in ("photo", "note"):
            continue
        for entry in register.entries.values():
            said = msgspec.json.decode(entry.value)
            gone = "gone" in said
            facts = {"reason": said["gone"]} if gone else {"text": said.get("text", "")}
            yield Event("photo_gone" if gone else sort, said.get("photo", ""), witness.of(entry), facts)


def _steps(sheet: Sheet, life: Life, witness: Witness) -> Iterator[Event]:
    refused = dict(life.refused)
    taken = steps(sheet)
    for number, (entry, value) in enumerate(taken):
        why = refused.get(number)
        yield Event(
            "refused" if why else "step", _name(value), witness.of(entry), _facts(value), why.code if why else ""
        )
    yield from _retraction(sheet, witness)


def _retraction(sheet: Sheet, witness: Witness) -> Iterator[Event]:
    register = sheet.registers.get("state")
    for entry in register.entries.values() if register else ():
        said = msgspec.json.decode(entry.value)
        if isinstance(said, dict):
            yield Event("retracted", "", witness.of(entry), {"reason": said.get("retracted", "")})


def _name(value: dict[str, Any]) -> str:
    """The step's word; a phone's re-check has two."""
    result = {"passed": "pass_recheck", "failed": "fail_recheck"}.get(str(value.get("result")))
    return result or str(value["step"])


def _facts(value: dict[str, Any]) -> dict[str, Any]:
    data = value.get("data")
    if isinstance(data, dict):
        return data
    return {name: said for name, said in value.items() if name not in ("step", "result", "stands")}
