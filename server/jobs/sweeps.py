"""What is looked after without anybody asking. Every sweep is idempotent and finds again what a crash left undone."""

from flask import current_app

from server import clock
from server.arrival import arrive
from server.db import transaction
from server.services import retention


def notice_rollback() -> str | None:
    """Look whether the database came back from an older copy while the server ran; returns why, if so."""
    return arrive(current_app.extensions["qianshao_config"], clock.now())


def forget_refused() -> int:
    """Remove refused pushes that nobody has to understand any more."""
    with transaction():
        return retention.forget_refused(clock.now())


def forget_secrets() -> int:
    """Remove tokens, sessions, links and codes that open nothing any more."""
    with transaction():
        return retention.forget_secrets(clock.now())
