"""Has work that threads ask for at once done by one of them in one go: one commit for all, not one each.

Whoever comes alone waits for nobody; who leads waits a moment for those of whom it is known that they come. Knows
nothing of what the work is.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_Item = TypeVar("_Item")

#: What one who leads waits at most for others: little beside the commit that it spares each of them.
PATIENCE_S = 0.02


@dataclass(eq=False)
class _Turn(Generic[_Item]):
    """What one thread asked for; `called` when it is done, or when the thread is to lead."""

    item: _Item
    called: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    error: BaseException | None = None


class Together(Generic[_Item]):
    """`work` takes one item or several, and does all of them or none."""

    def __init__(self, work: Callable[[Sequence[_Item]], None], at_most: int) -> None:
        self._work, self._at_most = work, at_most
        self._lock = threading.Lock()
        self._came = threading.Condition(self._lock)
        self._coming, self._own = 0, threading.local()
        self._waiting: list[_Turn[_Item]] = []
        self._led = False

    @contextmanager
    def expected(self) -> Iterator[None]:
        """Within the block this thread is about to ask for something: others may wait a moment for it."""
        with self._lock:
            self._coming += 1
        self._own.is_expected = True
        try:
            yield
        finally:
            with self._lock:
                self._no_longer_expected()

    def _no_longer_expected(self) -> None:
        if getattr(self._own, "is_expected", False):
            self._own.is_expected = False
            self._coming -= 1
            self._came.notify()

    def do(self, item: _Item) -> None:
        """Return when the item's work is done, by this thread or by another; raises what the work raised for it."""
        turn = _Turn(item)
        with self._lock:
            self._waiting.append(turn)
            self._no_longer_expected()
            leads, self._led = not self._led, True
        if not leads:
            turn.called.wait()
        if not turn.done:
            self._lead()
        if turn.error is not None:
            raise turn.error

    def _lead(self) -> None:
        with self._lock:
            self._came.wait_for(lambda: not self._coming or len(self._waiting) >= self._at_most, PATIENCE_S)
            turns, self._waiting = self._waiting[: self._at_most], self._waiting[self._at_most :]
        try:
            self._do(turns)
        finally:
            for turn in turns:
                turn.done = True
                turn.called.set()
            self._hand_on()

    def _do(self, turns: Sequence[_Turn[_Item]]) -> None:
        try:
            self._work([turn.item for turn in turns])
        except Exception as error:  # noqa: BLE001 - handed to whoever asked
            if len(turns) == 1:
                turns[0].error = error
                return
            # One item may be at fault: it must not cost the others theirs.
            for turn in turns:
                self._do([turn])
        except BaseException as error:
            for turn in turns:
                turn.error = error
            raise

    def _hand_on(self) -> None:
        with self._lock:
            self._led = bool(self._waiting)
            if self._waiting:
                self._waiting[0].called.set()
