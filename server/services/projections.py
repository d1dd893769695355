"""From what a plan says of a visit, finding, photo or place to the columns that lists and deadlines read."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from patrol.periods import month_of, week_of
from server.queries import finding_sheets
from server.services import finding_life, repeats
from sync import bodies, known, sheets

FINDING_CHANGES = (
    "item_key", "place_id", "severity", "status", "text", "due_on", "closed_at", "conflicts", "feed_seq", "registers",
)  # fmt: skip


def new_visit(visit: known.VisitWrite, county: str, now: datetime) -> dict[str, Any]:
    """The header of a visit that was not there."""
    identity = visit.identity
    day = date.fromisoformat(identity.date)
    return {
        "id": visit.visit,
        "county_id": county,
        "team_id": identity.team,
        "mine_id": identity.mine,
        "kind": identity.kind,
        "local_date": day,
        "ordinal": identity.ordinal,
        "week": week_of(day).id,
        "month": month_of(day).id,
        "edition_digest": identity.edition,
        "status": visit.status,
        "opened_at": finding_life.instant(visit.opened),
        "received_at": now,
        "changed_at": now,
    }


def new_photo(photo: bodies.Photo, visit: str | None, device: str | None, now: datetime) -> dict[str, Any]:
    """A declared photo whose bytes are still where it was taken."""
    kind, _, name = photo.of.partition("/")
    return {
        "id": photo.photo,
        "digest": photo.sha256,
        "original_digest": photo.original.sha256 if photo.original else None,
        "original_size": photo.original.size if photo.original else None,
        "visit_id": visit,
        "finding_id": name if kind == "finding" else None,
        "device_id": device,
        "size": photo.size,
        "declared_at": now,
    }


def finding_rows(findings: Sequence[known.FindingWrite], county: str, now: datetime) -> list[dict[str, Any]]:
    """The findings' rows. What they show follows from registers alone, but for when they came and what they repeat."""
    lives = [finding_life.life_of(_home(finding, county), finding.content, finding.fields) for finding in findings]
    new = [life.finding for finding, life in zip(findings, lives, strict=True) if finding.created]
    earlier = repeats.repeated(new)
    return [
        _finding_row(finding, life, now) | {"repeat_of": earlier.get(finding.finding)}
        for finding, life in zip(findings, lives, strict=True)
    ]


def _home(finding: known.FindingWrite, county: str) -> finding_life.Home:
    return finding_life.Home(finding.finding, county, finding.mine, finding.visit)


def _finding_row(finding: known.FindingWrite, life: finding_life.Life, now: datetime) -> dict[str, Any]:
    shown = life.finding
    text = str(finding.fields.get("text", ""))
    held = finding_sheets.beside(text, shown.item, shown.place, shown.deadline)
    return {
        "id": finding.finding,
        "county_id": shown.county,
        "mine_id": finding.mine,
        "visit_id": finding.visit,
        "item_key": shown.item,
        "place_id": shown.place,
        "severity": shown.severity.value,
        "status": shown.status.value,
        "text": text,
        "recorded_by": shown.recorded_by,
        "recorded_at": shown.recorded_at,
        "received_at": now,
        "due_on": shown.deadline,
        "closed_at": life.ended_at,
        "conflicts": len(finding.disputed),
        "feed_seq": finding.seq,
        "registers": sheets.encode(finding.content, held),
    }


def proposed_place(place: known.PlaceWrite, today: date) -> dict[str, Any]:
    """A place that a phone met underground; the office confirms or declines it."""
    return {
        "id": place.place,
        "mine_id": place.mine,
        "kind": place.body.kind,
        "name": place.body.name,
        # Nothing is written at a place that the register lacked; its id stands in until the office gives a code.
        "code": place.place,
        "opened_on": today,
        "status": "proposed",
        "version": 1,
        "feed_seq": place.seq,
    }
