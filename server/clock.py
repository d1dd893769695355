"""What time it is, asked at the edge only: services and rules take the time as an argument."""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, current_app

Clock = Callable[[], datetime]


def install(app: Flask, clock: Clock | None = None) -> None:
    """Give `app` its clock; by default the machine's."""
    app.extensions["qianshao_clock"] = clock or _machine


def now() -> datetime:
    """The present instant, aware, in UTC."""
    clock: Clock = current_app.extensions["qianshao_clock"]
    return clock()


def _machine() -> datetime:
    return datetime.now(UTC)
