"""Whether the server lives, and whether each thing it needs is there. Tells no secrets."""

import logging
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask
from obstore.exceptions import BaseError as ObstoreError
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from server.auth import public
from server.db import db
from server.engine import UnsafeDatabase
from server.migrate import current_revision, head_revision
from server.queue import current_queue
from server.storage import current_storage

log = logging.getLogger(__name__)
blueprint = Blueprint("health", __name__)

#: What a thing that is not there raises; anything else is a bug and answered as one.
_ABSENT = (SQLAlchemyError, UnsafeDatabase, RedisError, ObstoreError, OSError)


def install(app: Flask) -> None:
    """Register the two routes."""
    app.register_blueprint(blueprint)


@blueprint.get("/healthz")
@public("a supervisor asks whether the process lives")
def alive() -> dict[str, str]:
    """Answer as long as the process can."""
    return {"status": "ok"}


@blueprint.get("/readyz")
@public("a supervisor asks what is missing; the answer names parts, not data")
def ready() -> tuple[dict[str, Any], int]:
    """Ask each part; 503 when one does not answer."""
    parts = ask_parts()
    fine = all(answer == "ok" for answer in parts.values())
    return {"status": "ok" if fine else "unready", "parts": parts}, 200 if fine else 503


def ask_parts() -> dict[str, str]:
    """Part → `ok`, `pending` or `unreachable`."""
    return {name: _ask(name, question) for name, question in _PARTS.items()}


def _ask(name: str, question: Callable[[], str]) -> str:
    try:
        return question()
    except _ABSENT as error:
        log.warning("not ready: %s: %s", name, error)
        return "unreachable"


def _database() -> str:
    db.session.execute(text("SELECT 1"))
    return "ok"


def _migrations() -> str:
    return "ok" if current_revision(db.session.connection()) == head_revision() else "pending"


def _queue() -> str:
    connection: Redis = current_queue().connection
    connection.ping()
    return "ok"


def _storage() -> str:
    current_storage().check()
    return "ok"


_PARTS: dict[str, Callable[[], str]] = {
    "database": _database,
    "migrations": _migrations,
    "queue": _queue,
    "storage": _storage,
}
