"""Photos after their arrival. Takes digests, reads again, and does only what is left to do."""

from server import clock
from server.services import photo_processing, photo_sweep


def process(digest: str) -> bool:
    """Develop the photo and flag what does not fit; whether there was anything to do."""
    return photo_processing.process(digest, clock.now())


def sweep() -> int:
    """Find photos that the queue lost, and parts that expired; returns how many were processed."""
    return photo_sweep.sweep(clock.now())
