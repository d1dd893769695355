"""From a photo's bytes to all that is shown and compared: the one function of the decoding child.

The caller runs it in a process of its own under `decoding.CHILD_MEMORY_BYTES` and `CHILD_SECONDS`:
it holds all pixels, and the decoders beneath it are C.
"""

from dataclasses import dataclass
from datetime import tzinfo

from PIL import Image

from media.decoding import opened
from media.derivatives import (
    Derivatives,
    derivatives_of,
    draft_for_screen,
    screen_picture,
    thumbnail_picture,
)
from media.exif import CameraFacts, read_camera_facts
from media.headers.parts import Header
from media.inspection import inspect
from media.refusals import PhotoRefusedError, Refusal
from media.similarity import Likeness, likeness_of


@dataclass(frozen=True, slots=True)
class Development:
    """What a photo became; `likeness` is None where the picture shows too little to compare."""

    header: Header
    camera: CameraFacts
    derivatives: Derivatives
    likeness: Likeness | None


def develop(data: bytes, assumed_zone: tzinfo) -> Development | Refusal:
    """Inspect, decode once and derive; never raises for any bytes.

    `assumed_zone` is the zone of EXIF times that name none.
    """
    header = inspect(data)
    if isinstance(header, Refusal):
        return header
    try:
        with opened(data) as image:
            return _developed(header, image, assumed_zone)
    except PhotoRefusedError as refused:
        return refused.refusal


def _developed(header: Header, image: Image.Image, assumed_zone: tzinfo) -> Development:
    camera = read_camera_facts(image, assumed_zone)
    draft_for_screen(image)
    screen = screen_picture(image, camera.orientation)
    thumbnail = thumbnail_picture(screen)
    return Development(header, camera, derivatives_of(screen, thumbnail), likeness_of(thumbnail))
