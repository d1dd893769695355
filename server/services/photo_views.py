"""Photos as they are shown: counts, states, flags with their evidence; and the addresses of their bytes."""

from collections.abc import Sequence
from typing import Any

from patrol.permissions import Actor
from server.models.photo import Photo, PhotoFile, PhotoFlag
from server.queries import photos, visits
from server.queries.photos import Shown


def view_visit(actor: Actor, visit: str) -> dict[str, Any]:
    """The photos of a visit in sight, in the shape of `schemas.photo.VisitPhotos`. Raises NotFound."""
    shown = photos.of_visit(actor, visit)
    header = visits.get_record(actor, visit).visit
    counts = {name: getattr(header, f"photos_{name}") for name in ("declared", "arrived", "processed", "refused")}
    by_phone = photos.counts_by_device(Photo.visit_id == visit)
    return {
        "counts": counts,
        "phones": [{"device_id": device, **_counts(found)} for device, found in sorted(by_phone.items())],
        "photos": [_photo(one) for one in shown],
    }


def view_device(actor: Actor, device: str) -> dict[str, int]:
    """A phone's counts. Raises NotFound."""
    return _counts(photos.counts_of_device(actor, device))


def answer(digests: Sequence[str], device: str) -> dict[str, list[str]]:
    """What a phone asked: which of its digests to bring. In the order of asking, each once."""
    states = photos.states(digests, device)
    return {state: [digest for digest in states if states[digest] == state] for state in ("missing", "here", "refused")}


def _counts(found: photos.Counts) -> dict[str, int]:
    return {
        "declared": found.declared,
        "arrived": found.arrived,
        "processed": found.processed,
        "refused": found.refused,
    }


def _photo(shown: Shown) -> dict[str, Any]:
    photo = shown.photo
    return {
        "id": photo.id,
        "sha256": photo.digest,
        "size": photo.size,
        "original_sha256": photo.original_digest,
        "device_id": photo.device_id,
        "finding_id": photo.finding_id,
        "state": state_of(photo),
        "declared_at": photo.declared_at,
        "arrived_at": photo.arrived_at,
        "processed_at": photo.processed_at,
        "refusal": photo.refusal,
        **_file(shown.file),
        "flags": [_flag(flag) for flag in shown.flags],
    }


def state_of(photo: Photo) -> str:
    """declared | arrived | processed | refused."""
    if photo.refusal is not None:
        return "refused"
    if photo.processed_at is not None:
        return "processed"
    return "declared" if photo.arrived_at is None else "arrived"


def _file(file: PhotoFile | None) -> dict[str, Any]:
    names = ("media_type", "width", "height")
    return {name: getattr(file, name, None) for name in names} | {"camera": (file and file.camera) or {}}


def _flag(flag: PhotoFlag) -> dict[str, Any]:
    return {"code": flag.code, "evidence": flag.evidence, "found_at": flag.found_at}
