"""Reads a visit's sheet as the record that people see. Decides nothing: what counts is `sync`'s to say."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from server.queries.visits import StoredRecord
from sync import visits
from sync.registers import Entry, agree, counted
from sync.sheets import Sheet, decode

_json = msgspec.json.Decoder(dict[str, Any])


def record_of(stored: StoredRecord) -> dict[str, Any]:
    """The merged record, in the shape of `schemas.visit.Record`."""
    sheet = decode(stored.sheet)
    state, missing = visits.state_of(sheet, stored.photos_here)
    return {
        "visit": stored.visit,
        "state": state,
        "missing": list(missing),
        "participants": [_participant(name) for name in visits.participants(sheet)],
        "answers": list(_answers(sheet)),
        "signatures": list(_told(sheet, "sign/")),
        "notes": list(_told(sheet, "note/")),
        "photos": [_photo(photo, stored.photos_here) for photo in visits.photos(sheet)],
        "findings": sorted(key.partition("/")[2] for key, _ in sheet.under("finding/")),
    }


def by_whom(entry: Entry) -> dict[str, Any]:
    """Who made an entry, on which phone, and when by its clock."""
    stamp = entry.stamp
    at = datetime.fromtimestamp(stamp.wall / 1000, UTC)
    return {"person_id": stamp.person, "device_id": stamp.device, "at": at}


def _answers(sheet: Sheet) -> Iterator[dict[str, Any]]:
    for key, register in sorted(sheet.under("answer/")):
        _, item, place = key.split("/")
        heads = register.heads()
        yield {
            "item": item,
            "place": place,
            "outcome": counted(heads),
            "disputed": not agree(heads),
            "said": [_said(head) for head in heads],
        }


def _said(entry: Entry) -> dict[str, Any]:
    return _json.decode(entry.value) | by_whom(entry) | {"operation": entry.uid}


def _told(sheet: Sheet, prefix: str) -> Iterator[dict[str, Any]]:
    for _, register in sorted(sheet.under(prefix)):
        for head in register.heads():
            yield {"refused": False} | _json.decode(head.value) | by_whom(head)


def _participant(name: str) -> dict[str, str]:
    person, _, device = name.partition("@")
    return {"person_id": person, "device_id": device}


def _photo(photo: Any, here: frozenset[str]) -> dict[str, Any]:
    return {
        "id": photo.photo,
        "sha256": photo.sha256,
        "size": photo.size,
        "of": photo.of,
        "arrived": photo.sha256 in here,
    }
