"""Runs the decoders in a child with little memory, little time, no files and no sockets: the bytes are hostile.

What the child says is read as plain data of known shape; nothing of it is ever executed.
"""

import os
import resource
import select
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import tzinfo

import msgspec

from media.decoding import CHILD_MEMORY_BYTES, CHILD_SECONDS, load_decoders
from media.development import Development, develop
from media.refusals import Refusal, RefusalCode

#: The machine may be busy: the child's own clock counts processor time, this one counts by the wall.
PATIENCE_S = 90
#: Two JPEGs of known size and some words.
_ANSWER_AT_MOST = 20_000_000
_READ = 1 << 20


class ChildKilled(Exception):
    """Somebody killed the child; the photo need not be the cause."""


@dataclass(frozen=True)
class Outcome:
    """Exactly one of the two."""

    development: Development | None = None
    refusal: Refusal | None = None


_outcome = msgspec.msgpack.Decoder(Outcome)


def develop_in_child(data: bytes, assumed_zone: tzinfo) -> Outcome:
    """What `media.development.develop` makes of the bytes. Raises ChildKilled; whatever else happens is a refusal."""
    load_decoders()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _be_child(data, assumed_zone, writing)
    os.close(writing)
    try:
        said = _read(reading, time.monotonic() + PATIENCE_S)
    finally:
        os.close(reading)
        status = _end(child)
    return _understood(said, status)


def _be_child(data: bytes, assumed_zone: tzinfo, writing: int) -> None:
    """Never returns."""
    try:
        os.dup2(writing, 3)
        os.closerange(4, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        _limit()
        found = develop(data, assumed_zone)
        outcome = Outcome(refusal=found) if isinstance(found, Refusal) else Outcome(development=found)
        said = msgspec.msgpack.encode(outcome)
        while said:
            said = said[os.write(3, said) :]
        os._exit(0)
    except MemoryError:
        os._exit(_NO_MEMORY)
    finally:
        os._exit(1)


_NO_MEMORY = 3


def _limit() -> None:
    for limit, value in (
        (resource.RLIMIT_AS, CHILD_MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 4),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    # At the hard limit the kernel kills without saying why.
    resource.setrlimit(resource.RLIMIT_CPU, (CHILD_SECONDS, CHILD_SECONDS + 5))
    signal.signal(signal.SIGXCPU, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _read(reading: int, until: float) -> bytes | None:
    """All that the child says; None when it says too much or takes too long."""
    said = bytearray()
    while len(said) <= _ANSWER_AT_MOST:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return None
        piece = os.read(reading, _READ)
        if not piece:
            return bytes(said)
        said += piece
    return None


def _end(child: int) -> int:
    """Exit status of the child, killed if it still lives after it has been heard."""
    pid, status = os.waitpid(child, os.WNOHANG)
    if pid == 0:
        time.sleep(0.01)
        pid, status = os.waitpid(child, os.WNOHANG)
    if pid == 0:
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status)


def _understood(said: bytes | None, status: int) -> Outcome:
    if said is None or status in (-signal.SIGXCPU, _NO_MEMORY):
        return Outcome(refusal=Refusal(RefusalCode.TOO_COSTLY, f"child {status}"))
    if status == -signal.SIGKILL and not said:
        raise ChildKilled
    try:
        return _outcome.decode(said)
    except msgspec.MsgspecError:
        return Outcome(refusal=Refusal(RefusalCode.UNDECODABLE, f"child {status}"))
