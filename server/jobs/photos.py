"""Photos after their arrival. Takes digests, reads again, and does only what is left to do."""

from server import clock
from server.services import photo_sweep


def process_waiting() -> int:
    """Develop photos that have arrived and flag what does not fit about them; returns how many."""
    return photo_sweep.process_waiting(clock.now())


def sweep() -> int:
    """Find photos that the queue lost, and parts that expired; returns how many were processed."""
    return photo_sweep.sweep(clock.now())
