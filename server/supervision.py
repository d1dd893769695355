"""Child processes that end together: asked first, killed by their session at last.

Knows nothing of what the children are for.
"""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

#: Together below what an impatient supervisor waits (SIGTERM 5 s after SIGINT).
STOP_WITHIN_S = 4.5
QUEUE_STOP_WITHIN_S = 2
_PR_SET_PDEATHSIG = 1
#: What a program that starts anew would not have from its parent.
_HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_forks = multiprocessing.get_context("fork")


class StartFailed(Exception):
    """A part could not be started; the message says which and why."""


class Fork:
    """A child that goes on from this process with a function of its own; as much of Popen as `Children` asks."""

    def __init__(self, name: str, run: Callable[[], None]) -> None:
        self._process = _forks.Process(target=_alone, args=(run,), name=name)
        # Told to stop in its first moment, it must not take its parent's way of stopping for its own.
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, _HANDLED)
        self._process.start()
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        self.pid: int = self._process.pid or 0

    def poll(self) -> int | None:
        """Its exit status, if it has ended."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it has ended. Raises TimeoutExpired after `timeout` seconds."""
        self._process.join(timeout)
        if timeout is not None and self.poll() is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout)

    def terminate(self) -> None:
        """Ask it to stop."""
        self._process.terminate()


def _alone(run: Callable[[], None]) -> None:
    os.setsid()
    die_with_parent()
    for handled in _HANDLED:
        signal.signal(handled, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _HANDLED)
    run()


@dataclass
class Children:
    """The processes of this installation, in the order of their start."""

    running: dict[str, subprocess.Popen[bytes] | Fork] = field(default_factory=dict)

    def start(self, name: str, arguments: list[str]) -> None:
        """Start a child in a session of its own, so that Ctrl-C reaches only this process."""
        self.running[name] = subprocess.Popen(  # noqa: S603 - our own programs
            arguments,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no thread is running yet
        )

    def fork(self, name: str, run: Callable[[], None]) -> None:
        """The same for a part of this very program: it has what is imported here, and need not load it again. Nothing
        that runs threads may have been used here before: a fork has none of them.
        """
        self.running[name] = Fork(name, run)

    def ended(self) -> str | None:
        """The name of a child that has ended by itself, if there is one."""
        for name, child in self.running.items():
            if child.poll() is not None:
                return name
        return None

    def stop(self) -> None:
        """Stop the web server and the worker, then the queue that they need."""
        self._stop([name for name in self.running if name != "queue"], STOP_WITHIN_S)
        self._stop([name for name in self.running if name == "queue"], QUEUE_STOP_WITHIN_S)

    def _stop(self, names: list[str], seconds: float) -> None:
        for name in names:
            if self.running[name].poll() is None:
                self.running[name].terminate()
        until = time.monotonic() + seconds
        for name in names:
            child = self.running[name]
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, until - time.monotonic()))
            kill_session(child.pid)
            child.wait()


def kill_session(session: int) -> None:
    """Kill whatever is left of a child and of what it started: a worker's job has a process
    group of its own, but not a session."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            with contextlib.suppress(ProcessLookupError):
                if os.getsid(int(entry.name)) == session:
                    os.kill(int(entry.name), signal.SIGKILL)


def die_with_parent(by: signal.Signals = signal.SIGTERM) -> None:
    """Called in a child before its program starts: have the kernel send it `by` when the parent
    is killed outright. Linux only; elsewhere such a child stays."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, by)
