"""Photos that people add to a finding at a desk: the mine's proof, a re-check's picture. The same bytes, checks and
operations as a phone's; only nothing is carried in pieces.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from media.digest import sha256_of, storage_key
from media.headers.parts import Header
from media.inspection import inspect
from media.refusals import Refusal
from patrol.errors import Invalid
from server.queries.photos import Declared
from server.queue import enqueue
from server.services import finding_work, office, photo_arrival, photo_parts
from server.services.office import Act, Desk
from server.storage import AlreadyStored, current_storage
from server.tokens import new_id
from sync import bodies
from sync import operations as ops

#: Photos that one step may bring.
AT_MOST = 6
Kept = tuple[str, Header]


def keep(content: bytes, now: datetime) -> Kept:
    """Check bytes and store them, before anything speaks of them; (digest, what their header says).

    To be called outside a transaction: a disk is waited for. Raises Invalid with the code of the refusal, NoRoom,
    StorageDown.
    """
    verdict = inspect(content)
    if isinstance(verdict, Refusal):
        raise Invalid(verdict.code.value, detail=verdict.detail)
    photo_parts.require_room()
    digest = sha256_of(content)
    with suppress(AlreadyStored):
        current_storage().put(storage_key(digest), content, {"Content-Type": "application/octet-stream"})
    photo_arrival.find_stored(Declared(digest, len(content), here=False), now)
    return digest, verdict


def step_with(desk: Desk, finding_id: str, step: str, values: Mapping[str, Any], kept: Sequence[Kept]) -> None:
    """Take a step whose photos were kept just now: each is declared by a signed operation, then named in the step.

    Raises what `finding_work.take_step` raises.
    """
    photos = [_declare(desk, finding_id, digest, header) for digest, header in kept]
    named = {**values, "photos": photos} if photos else values
    finding_work.take_step(desk, finding_id, step, named)
    if photos:
        photo_arrival.settle([digest for digest, _ in kept], desk.moment.now.at)
        enqueue(desk.tx, "photos.process_waiting", once="photos")


def _declare(desk: Desk, finding_id: str, digest: str, header: Header) -> str:
    photo = bodies.Photo(
        photo=new_id(),
        sha256=digest,
        size=header.size,
        mime=header.type.value,
        width=header.width,
        height=header.height,
        of=f"finding/{finding_id}",
        source="file",
        role="after",
    )
    office.write(desk, Act(ops.PhotoAdd, photo, ("finding", finding_id)))
    return photo.photo
